#!/usr/bin/env bats
# The exit code tells a script what happened.

load helpers

@test "0: done" {
    plenary add meeting "A meeting" --start 2022-03-03
    plenary list
    plenary --help
}

@test "2: an unknown verb, kind or option, with the nearest name" {
    fails 2 plenary lst
    says list
    fails 2 plenary add meetng "A meeting" --start 2022-03-03
    says meeting
    fails 2 plenary list --contry UZ
    says country
    fails 2 plenary
    prints 0 sequence
}

@test "3: not found" {
    fails 3 plenary show 99
    fails 3 plenary show nobody@example.org
    fails 3 plenary history 0190a5b0-0000-7000-8000-000000000000
    fails 3 plenary cancel nobody@example.org --reason "None"
    fails 3 plenary org show nowhere
}

@test "5: a revision that is not the expected one, and a uid that is taken" {
    id=$(add_meeting "First" --start 2022-03-03)
    plenary update "$id" --title "Second"
    fails 5 plenary update "$id" --if-rev 1 --title "Third"
    says revision 2
    plenary update "$id" --if-rev 2 --title "Third"
    printf 'uid: taken@example.org\nkind: meeting\ntitle: T\nschedule: {start: 2022-03-03}\n' |
        sed 's/^/  /; 1i event:' >"$work/taken.yaml"
    plenary add -f "$work/taken.yaml"
    fails 5 plenary add -f "$work/taken.yaml"
    says taken@example.org
}

@test "6: a value or a transition that is not valid" {
    id=$(add_meeting "A meeting" --start 2022-03-03)
    fails 6 plenary update "$id" --start yesterday-ish
    fails 6 plenary reinstate "$id"
    says cancelled
}

@test "7: the daemon is not there" {
    stop_daemon
    fails 7 plenary status
    fails 7 plenary list
}

@test "help opens with an example and names every verb" {
    run plenary --help
    for verb in add list count search show update cancel reinstate hold withdraw history diff \
        watch import export "org update" "outcome add" rsvp attend status verify completion; do
        says "  $verb "
    done
    run plenary add --help
    says "plenary add"
}

@test "help explains what begins with one word, and what was meant by another" {
    run plenary help outcome
    says "outcome add" "outcome list" "outcome update"
    run plenary org --help
    [ "$status" -eq 0 ]
    says "org update"
    fails 2 plenary org
    says "org update"
    fails 2 plenary outcom add 1
    says 'did you mean "outcome"?'
    run plenary help org update
    says --add-standing --remove- --no-FIELD "  \$ plenary org update"
    run plenary help org add
    [[ $output != *--remove-* ]]
}

@test "data goes to stdout and messages to stderr" {
    run --separate-stderr plenary show nobody@example.org
    [ -z "$output" ]
    [ -n "$stderr" ]
}
