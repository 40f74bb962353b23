#!/usr/bin/env bats
# Who writes what clashes is warned, and never refused.

load helpers

hall=(--venue "Hotel Uzbekistan" --room 5 --city Tashkent --country UZ)

scenario_setup() {
    start_daemon
    add_meeting "First" --start 2022-05-05T09:00 --end 2022-05-05T12:00 --tz Asia/Tashkent \
        "${hall[@]}" --participant "Jane Doe" --participant "John Roe;mode=online"
}

# warned CODE TEXT COMMAND...: ends with 0, and says so on standard error alone.
warned() {
    local text=$1
    shift
    run --separate-stderr "$@"
    [ "$status" -eq 0 ]
    [ "$stderr" = "$text" ] || { echo "warned: $stderr"; return 1; }
}

by_first="by 1 \"First\", 5 May 2022 09:00–12:00"

@test "add says what is taken, and registers all the same" {
    warned "plenary: warning: Hotel Uzbekistan, 5 is taken $by_first" \
        plenary add meeting "Second" --start 2022-05-05 "${hall[@]}" --dry-run
    [[ $output == "would be registered"* ]]
    warned "plenary: warning: Hotel Uzbekistan, 5 and Jane DOE are taken $by_first" \
        plenary add meeting "Second" --start 2022-05-05 "${hall[@]}" --participant "Jane DOE" -o json
    [ "$(jq -r .title <<<"$output")" = Second ]
    prints 2 plenary count
    warned "" plenary add meeting "Third" --start 2022-05-06 "${hall[@]}"
    warned "" plenary add meeting "Fourth" --start 2022-05-05 --format online "${hall[@]}"
}

@test "what need not come to it is told so" {
    warned "plenary: warning: Hotel Uzbekistan, 5 may be taken $by_first" \
        plenary add meeting "Second" --start 2022-05-05 "${hall[@]}" --status tentative
    run --separate-stderr plenary add meeting "Third" --start 2022-05-05 --venue Hall \
        --participant "Jane Doe;mode=in_person" --participant "John Roe"
    [ "$stderr" = "plenary: warning: Jane Doe is taken $by_first" ]
}

@test "update, edit, rsvp, reinstate and revert warn of what is new" {
    plenary add meeting "Second" --start 2022-05-06 "${hall[@]}"
    taken="plenary: warning: Hotel Uzbekistan, 5 is taken $by_first"
    warned "$taken" plenary update 2 --start 2022-05-05 --dry-run
    warned "$taken" plenary update 2 --start 2022-05-05
    warned "" plenary update 2 --title "Second one"
    warned "plenary: warning: Jane Doe is taken $by_first" plenary rsvp 2 "Jane Doe" accepted --add
    warned "" plenary rsvp 2 "Jane Doe" declined
    warned "plenary: warning: Jane Doe may be taken $by_first" plenary rsvp 2 "Jane Doe" tentative
    warned "" plenary cancel 2
    warned "$taken
plenary: warning: Jane Doe may be taken $by_first" plenary reinstate 2
    warned "" plenary update 2 --start 2022-05-07
    warned "$taken" plenary revert 2 --to 2
    warned "" plenary update 2 --start 2022-05-06
    EDITOR="sed -i s/2022-05-06/2022-05-05/" warned "$taken" plenary edit 2
}

@test "there may be more than is told" {
    for i in $(seq 25); do
        plenary add meeting "Meeting $i" --start 2022-06-05 --venue Hall
    done
    run --separate-stderr plenary add meeting "One more" --start 2022-06-05 --venue Hall
    [ "$status" -eq 0 ]
    [ "$(grep -c "Hall is taken by" <<<"$stderr")" -eq 20 ]
    [[ $stderr == *'more may be in its way: see "plenary conflicts 27"' ]]
    prints 25 bash -c "plenary conflicts 27 -o jsonl | wc -l"
}

@test "import warns of nothing: conflicts shows it afterwards" {
    plenary export --as yaml -O "$work/one.yaml"
    sed -i "s/uid: .*/uid: another@example/; /  id: /d; s/title: First/title: Other/" "$work/one.yaml"
    warned "" plenary import "$work/one.yaml"
    prints 1 bash -c "plenary conflicts -o jsonl | wc -l"
}
