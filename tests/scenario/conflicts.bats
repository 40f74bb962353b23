#!/usr/bin/env bats
# What cannot both be: one room, or one person, at one time.

load helpers

hall=(--venue "Hotel Uzbekistan" --room 5 --city Tashkent --country UZ)

pairs() { plenary conflicts -o json "$@" | jq -c '[.[] | [.first.number, .second.number]]'; }

@test "the seed has none, until somebody plans in its way" {
    seed
    prints '[]' pairs
    run plenary conflicts
    [ "$status" -eq 0 ]
    says "nothing conflicts"

    serena=$(plenary show dushanbe-training@caricc.example -o json | jq .number)
    dca=$(plenary show dushanbe-dca@caricc.example -o json | jq .number)
    add_meeting "In the hotel" --start 2021-12-06 --venue "SERENA hotel" --city Душанбе
    add_meeting "With the general" --start 2022-02-22 --participant "Рустам Азиз Мирализода"
    prints "[[$serena,13],[$dca,14]]" pairs
    run plenary conflicts
    says "Serena Hotel" "Rustam Aziz Miralizoda"
}

@test "a room that is taken is told, in a table, as lines and as a sheet" {
    add_meeting "First" --start 2022-05-05T09:00 --end 2022-05-05T12:00 --tz Asia/Tashkent "${hall[@]}"
    add_meeting "Second" --start 2022-05-05T05:30 --end 2022-05-05T06:00 --tz Europe/London \
        --venue "HOTEL Uzbekistan" --room 5
    add_meeting "Elsewhere" --start 2022-05-05 --venue "Hotel Uzbekistan" --room 6
    add_meeting "After" --start 2022-05-05T12:00 --end 2022-05-05T13:00 --tz Asia/Tashkent "${hall[@]}"
    run plenary conflicts
    [ "$status" -eq 0 ]
    says "2 Second" "1 First" "HOTEL Uzbekistan, 5"
    prints '[[2,1]]' pairs
    prints '["venue","HOTEL Uzbekistan, 5"]' bash -c \
        "plenary conflicts -o jsonl | jq -c '.clashes[0] | [.kind, .subject]'"
    run plenary conflicts -o csv
    says "number,id,title" "HOTEL Uzbekistan, 5" ",false"
    plenary cancel 1 --reason "None"
    prints '[]' pairs
}

@test "a person cannot be in two places, but may listen in from one" {
    add_meeting "Here" --start 2022-05-05 --city Osh --participant "Иван Петров"
    add_meeting "There" --start 2022-05-05 --city Termez --participant "Ivan Petrov"
    add_meeting "From afar" --start 2022-05-05 --participant "Ivan Petrov;mode=online"
    prints '[[1,2]]' pairs
    plenary update 2 --status postponed
    run plenary conflicts
    says "possibly Иван Петров"
}

@test "a conference and its sessions share place and people" {
    whole=$(add_meeting "Whole" --start 2022-05-05 --end 2022-05-06 "${hall[@]}" --participant "Jane Doe")
    add_meeting "Morning" --start 2022-05-05T09:00 --end 2022-05-05T12:00 --tz Asia/Tashkent "${hall[@]}" \
        --participant "Jane Doe" --part-of "$whole"
    prints '[]' pairs
    add_meeting "Parallel" --start 2022-05-05T11:00 --end 2022-05-05T12:00 --tz Asia/Tashkent \
        --participant "Jane Doe" --part-of "$whole"
    prints '[[2,3]]' pairs
}

@test "filters say of which events" {
    add_meeting "A" --start 2022-05-05 --venue Hall --city Osh
    add_meeting "B" --start 2022-05-05 --venue Hall
    add_meeting "C" --start 2023-05-05 --venue Hall
    add_meeting "D" --start 2023-05-05 --venue Hall
    prints '[[1,2],[3,4]]' pairs
    prints '[[1,2]]' pairs --city osh
    prints '[[3,4]]' pairs --from 2023-01-01
    prints '[[1,2]]' pairs -n 1
    fails 6 plenary conflicts --from 2023-13-01
    fails 2 plenary conflicts --sort number
    fails 2 plenary conflicts -o yaml
}

@test "an organisation's delegations under two heads at once are worth a look" {
    plenary org add unodc --name "Office on Drugs" --acronym UNODC --kind international
    add_meeting "Here" --start 2022-05-05 --participant "Jane Doe;role=head_of_delegation;org=unodc"
    add_meeting "There" --start 2022-05-05 --participant "John Roe;role=head_of_delegation;org=Office on Drugs"
    add_meeting "Online" --start 2022-05-05 --format online \
        --participant "Ann Poe;role=head_of_delegation;org=UNODC"
    prints '[[1,2]]' pairs
    run plenary conflicts
    says "possibly the head of unodc's delegation"
    prints '["head_of_delegation","unodc",true]' bash -c \
        "plenary conflicts 1 -o json | jq -c '.[0].clashes[0] | [.kind, .subject, .possible]'"
}

@test "of one event all its conflicts are shown" {
    for title in A B C; do add_meeting "$title" --start 2022-05-05 --venue Hall; done
    prints '[[2,1],[2,3]]' pairs 2
    prints '[[2,1]]' pairs 2 -n 1
    fails 3 plenary conflicts 4
    fails 2 plenary conflicts 2 --city Osh
    says "not both"
}

@test "of what recurs the instance that clashes is shown" {
    cat >"$work/weekly.yaml" <<'END'
event:
  kind: meeting
  title: Weekly
  schedule: {start: 2022-05-05T09:00, end: 2022-05-05T10:00, time_zone: Asia/Tashkent}
  recurrence: {rrule: FREQ=WEEKLY}
  venue: {name: Hall}
END
    plenary add -f "$work/weekly.yaml"
    run --separate-stderr plenary add meeting "Once" --start 2023-06-01 --venue Hall
    [ "$stderr" = 'plenary: warning: Hall is taken by 1 "Weekly", 1 Jun 2023 09:00–10:00' ]
    plenary add meeting "Not then" --start 2023-06-02 --venue Hall
    prints '[[1,2]]' pairs
    run plenary conflicts
    says "1 Jun 2023 09:00–10:00" "1 Weekly" "2 Once"
    run plenary conflicts -o csv
    says "Weekly,2023-06-01T09:00:00,2023-06-01T10:00:00"
    prints '["2022-05-05T09:00:00","2023-06-01T09:00:00"]' bash -c \
        "plenary conflicts -o json | jq -c '.[0] | [.first.schedule.start, .firstInstance.start]'"
}
