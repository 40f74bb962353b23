#!/usr/bin/env bats
# Taking a person out of every record, as an operator does it.

load helpers

scenario_setup() {
    start_daemon
    plenary add meeting "Border meeting" --start 2022-03-03 --uid border@example.org \
        --participant "Jane Doe <jane@example.org>;role=speaker" --participant "Ann Lee" \
        --description "Opened by Jane Döe of the office."
    plenary add training "Border training" --start 2022-04-03 --participant "JANE DOE;role=trainer"
    plenary update 2 --remove-participant "JANE DOE"
    plenary update 1 --room "Hall 2"
    plenary add webinar "Another" --start 2022-05-03 --participant "Ann Lee"
}

erase() { plenary erase --person "Jane Doe" "$@"; }

# The name, in any of the ways in which it was written.
names() { grep -a -i -E "jane[ ]?d(o|ö)e|jane@"; }

@test "what names a person is shown before anything is done" {
    run erase --dry-run
    says "Border meeting" "participants[0]" "description" "Opened by Jane Döe of the office." \
        "Border training" "3 images of 2 events would be written anew" "--text TEXT"
    prints 1 plenary count --person "jane doe"
    fails 2 erase --no-input
    says "say --yes"
    prints 1 plenary count --person "jane doe"
    prints 5 sequence
}

@test "nobody is named any more: not now, not in what was, not by who heard it" {
    erase --text "a guest" --yes
    for verb in "show 1" "show 1 --at 1" "show 2 --at 1" "history 1" "history 2" "diff 2 1 2" \
        "list -o json" "export --as jsonl" "list --as-of 2100-01-01 -o json" "log -o json" \
        "watch --since 0 --no-follow -o jsonl"; do
        run plenary $verb
        [ "$status" -eq 0 ]
        if names <<<"$output"; then
            echo "still named by: plenary $verb"
            return 1
        fi
    done
    run plenary show 1
    says "Opened by a guest of the office." "Ann Lee" "Hall 2" "Revision           2"
    prints 0 plenary count --text "jane doe"
    prints 0 plenary count --person "jane doe"
    prints 2 plenary count --person "ann lee"
    fails 3 erase
    says 'no record names "Jane Doe"'
    run plenary verify
    says "the journal is whole"
    run plenary log --action erased
    says "erased local 1, 2"
}

@test "without a text, other texts keep the name and are told" {
    run erase --yes
    says "3 images of 2 events were written anew" "--text TEXT"
    run plenary show 1
    says "Jane Döe of the office"
    prints 0 plenary count --person "jane doe"
    prints '{"events":1,"images":2,"path":"description"}' bash -c \
        'plenary erase --person "Jane Doe" --dry-run --text X -o json |
            jq -c "{events, images, path: .texts[0].path}"'
}

@test "of one event alone, the others stay" {
    erase 2 --yes
    run plenary show 2 --at 1
    [[ $output != *JANE* ]]
    prints 1 plenary count --person "jane doe"
    fails 3 plenary erase 99 --person "Jane Doe" --yes
}

@test "who is named by a part of a name is told to say all of it" {
    run plenary erase --person Doe --dry-run
    says "participants[0].name" "0 images of 2 events" "A participant goes by the whole name"
}

@test "a text that is the name, or no name at all, is refused" {
    fails 6 erase --text "Jane" --yes
    fails 6 plenary erase --person "?" --yes
    fails 2 plenary erase
    says "say who"
    prints 1 plenary count --person "jane doe"
}

@test "after a crash nothing has come back" {
    erase --text "a guest" --yes
    crash_daemon
    start_daemon
    prints 0 plenary count --text "jane"
    prints 0 plenary count --person "jane doe"
    stop_daemon
    run plenaryd --check
    [ "$status" -eq 0 ]
    says "erasures: 3 entries, 0 wrong, 0 missing"
}

@test "a backup made afterwards does not hold the name, and can be restored" {
    erase --text "a guest" --yes
    plenary backup "$PLENARY_HOME/copy"
    ! names <"$PLENARY_HOME/copy/journal/data.mdb" >/dev/null
    stop_daemon
    plenary restore "$PLENARY_HOME/copy"
    start_daemon
    prints 0 plenary count --text "jane"
    run plenary verify
    says "the journal is whole"
}

@test "who watches for the person by name sees the record go" {
    plenary watch --person "jane doe" --since 0 -o jsonl >"$work/heard" 3>&- &
    watcher=$!
    eventually grep -q Border "$work/heard"
    erase --text "a guest" --yes
    eventually bash -c "tail -n 1 '$work/heard' | grep -q left"
    kill "$watcher"
}

@test "after compacting, no file of the daemon has a byte of the name" {
    plenary watch --name desk --text "jane" --since 0 --no-follow >/dev/null
    stop_daemon # with a note of the query
    start_daemon
    erase --text "a guest" --yes
    grep -r -a -q -i jane "$PLENARY_HOME/data"
    plenary compact
    stop_daemon
    if grep -r -a -i -l -E "jane|döe" "$PLENARY_HOME/data"; then return 1; fi
    run plenaryd --check
    [ "$status" -eq 0 ]
    start_daemon
    run plenary show 1
    says "a guest" "Ann Lee"
}
