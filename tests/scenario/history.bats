#!/usr/bin/env bats
# What was, and what changed: nothing is overwritten.

load helpers

moved() {
    id=$(add_meeting "Border talks" --start 2022-03-03 --end 2022-03-04 --tz Asia/Tashkent \
        --city Tashkent --country UZ)
    plenary update "$id" --start 2022-03-10 --end 2022-03-11
    plenary update "$id" --city Samarkand
}

@test "an event is shown as it was at any revision" {
    moved
    prints '"2022-03-03"' bash -c "plenary show $id --at 1 -o json | jq .schedule.start"
    prints '"2022-03-10"' bash -c "plenary show $id --at 2 -o json | jq .schedule.start"
    prints '"Tashkent"' bash -c "plenary show $id --at 2 -o json | jq .venue.city"
    prints '"Samarkand"' bash -c "plenary show $id -o json | jq .venue.city"
    prints 3 bash -c "plenary show $id -o json | jq .revision"
    fails 3 plenary show "$id" --at 4
}

@test "an event is shown as it was known at a time" {
    id=$(add_meeting "Border talks" --start 2022-03-03)
    sleep 0.01
    then=$(date -u +%Y-%m-%dT%H:%M:%S.%6NZ)
    sleep 0.01
    plenary update "$id" --title "Border talks, second round"
    prints '"Border talks"' bash -c "plenary show $id --at $then -o json | jq .title"
    fails 3 plenary show "$id" --at 2000-01-01T00:00:00Z
}

# The present instant; what is written next is later.
instant() {
    sleep 0.01
    date -u +%Y-%m-%dT%H:%M:%S.%6NZ
    sleep 0.01
}

@test "the programme is listed, found, counted and exported as it was known at a time" {
    first=$(add_meeting "Border talks" --start 2022-03-03 --country UZ)
    second=$(add_meeting "Customs talks" --start 2022-03-05 --country KZ)
    then=$(instant)
    plenary update "$first" --title "Border talks, moved" --start 2022-04-01
    plenary withdraw "$second" --yes
    add_meeting "Health talks" --start 2022-03-01 --country UZ
    prints "$first"$'\n'"$second" plenary list --as-of "$then" -o ids
    prints "$second"$'\n'"$first" plenary list --as-of "$then" --reverse -o ids
    prints "$first" plenary list --as-of "$then" --country UZ --to 2022-03-04 -o ids
    prints '"Border talks"' bash -c "plenary search border --as-of $then -o json | jq .[].title"
    prints 0 plenary count --as-of "$then" --text moved
    prints 2 plenary count --as-of "$then"
    prints 2 bash -c "plenary export --as jsonl --as-of $then | wc -l"
    prints 0 plenary count --as-of 2000-01-01
    prints 2 plenary count --as-of "$(date -d tomorrow +%F)"
    fails 6 plenary list --as-of yesterweek
    says --as-of
    fails 2 plenary watch --as-of 2022-03-03
}

@test "the history has each change, newest first" {
    moved
    prints '["revised","revised","registered"]' \
        bash -c "plenary history $id -o json | jq -c '[.[].action]'"
}

@test "a diff names the fields that differ" {
    moved
    run plenary diff "$id" 1 2
    [ "$status" -eq 0 ]
    says schedule.start 2022-03-03 2022-03-10 schedule.end
    [[ $output != *Samarkand* ]]
    run plenary diff "$id"
    says venue.city Tashkent Samarkand
    [[ $output != *2022-03-03* ]]
}

@test "a diff compares with what was known at a time" {
    id=$(add_meeting "Border talks" --start 2022-03-03)
    then=$(instant)
    plenary update "$id" --start 2022-03-10
    plenary update "$id" --title "Border talks, second round"
    run plenary diff "$id" "$then"
    says schedule.start 2022-03-03 2022-03-10 "second round"
    run plenary diff "$id" "$then" 2
    says schedule.start
    [[ $output != *round* ]]
    run plenary diff "$id" 3 "$(date +%F)"
    says "both are revision 3"
    fails 3 plenary diff "$id" 2000-01-01
    fails 6 plenary diff "$id" soon
    says soon
}

@test "a move keeps when it was to start before, and raises the iCalendar sequence" {
    moved
    prints '"2022-03-03"' bash -c "plenary show $id --at 2 -o json | jq .previousStart"
    prints 1 bash -c "plenary show $id --at 2 -o json | jq .icalSequence"
    plenary update "$id" --title "Another title"
    prints 2 bash -c "plenary show $id -o json | jq .icalSequence"
}

@test "an update that changes nothing makes no change" {
    moved
    before=$(sequence)
    run plenary update "$id" --city Samarkand
    [ "$status" -eq 0 ]
    prints "$before" sequence
}

@test "an event is found by what it is, not by what it was" {
    moved
    prints 1 plenary count --from 2022-03-10 --to 2022-03-10
    prints 0 plenary count --from 2022-03-03 --to 2022-03-03
    prints 0 plenary count --city Tashkent
    prints 1 plenary count --city Самарканд
    prints 1 plenary count --country UZ
}
