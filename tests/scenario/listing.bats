#!/usr/bin/env bats
# How lists are printed, for people and for programs; and what a watcher can run.

load helpers

@test "every form of a list" {
    plenary add meeting 'Plain, "quoted"' --start 2022-03-03 --end 2022-03-04 --city Tashkent --country UZ
    prints '1 3–4 Mar 2022 Plain, "quoted" meeting Tashkent, UZ confirmed' \
        bash -c "plenary list | tail -n 1 | tr -s ' ' | sed 's/^ //'"
    prints array bash -c 'plenary list -o json | jq -r type'
    prints object bash -c 'plenary show 1 --json | jq -r type'
    prints 1 bash -c 'plenary list -o jsonl | wc -l'
    prints '"Plain, ""quoted"""' bash -c "plenary list -o csv | tail -n 1 | grep -o '\"Plain.*\"\"\"'"
    prints 36 bash -c 'plenary list -o ids | tr -d "\n" | wc -c'
    run plenary list -o yaml
    says "- id:" "title: Plain"
    fails 2 plenary list -o xml
    fails 2 plenary count -o csv
}

@test "an empty list is empty, and says so beside" {
    run --separate-stderr plenary list
    [ -z "$output" ]
    [ -n "$stderr" ]
    prints '[]' plenary list -o json
    prints '' plenary list -o ids
}

@test "-n is the total wanted, over all pages" {
    for i in $(seq 1100); do
        echo "{\"event\":{\"uid\":\"$i@example.org\",\"kind\":\"meeting\",\"title\":\"M $i\",\"schedule\":{\"start\":\"2022-03-03\"}}}"
    done >"$work/many.jsonl"
    plenary import "$work/many.jsonl"
    prints 1100 bash -c 'plenary list -o ids | sort -u | wc -l'
    prints 1050 bash -c 'plenary list -n 1050 -o ids | sort -u | wc -l'
    prints 3 bash -c 'plenary list --limit=3 -o ids | wc -l'
    prints '1100 1099 ' bash -c "plenary list --sort number --reverse -n 2 -o jsonl | jq -r .number | tr '\n' ' '"
    fails 6 plenary list -n 0
    fails 6 plenary list -n many
}

@test "options stand before or after the verb and its words" {
    plenary --json add meeting --start 2022-03-03 -- "--dashes--"
    prints '--dashes--' bash -c "plenary -o json show 1 | jq -r .title"
    prints 1 plenary --text dashes count --kind=meeting
}

@test "a command is run for each change, with its JSON, and its failure is told" {
    seed
    plenary watch --since 42 --no-follow --exec 'jq -c "[.sequence, .action]"' >"$work/ran"
    prints '[43,"registered"] [44,"registered"] ' bash -c "tr '\n' ' ' <'$work/ran'"
    fails 1 plenary watch --since 43 --no-follow --exec 'exit 3'
    says 44 3
}

@test "a watcher with a cursor goes on from it" {
    seed
    watch() { plenary watch --since 0 --cursor "$work/cursor" -o jsonl --no-follow; }
    prints 44 bash -c "$(declare -f watch); work='$work' watch | wc -l"
    plenary update un-delegation@caricc.example --title "Visit"
    prints 45 bash -c "$(declare -f watch); work='$work' watch | jq .sequence"
    prints '' watch
}

@test "a readable line says what changed" {
    plenary add meeting "A meeting" --start 2022-03-03
    plenary update 1 --start 2022-03-04
    plenary withdraw 1 --yes
    prints "#1 registered  1 A meeting
#2 revised  1 A meeting: when 3 Mar 2022 → 4 Mar 2022
#3 withdrawn  1 A meeting" plenary watch --since 0 --no-follow
}

somebody_follows() { [ "$(plenary status -o json | jq .streams)" -gt 0 ]; }

@test "a watcher ends quietly with its reader and with a signal" {
    seed
    prints 1 bash -c 'set -o pipefail; plenary watch --since 0 | head -n 1 | wc -l'
    plenary watch 3>&- &
    watcher=$!
    eventually somebody_follows
    kill -TERM "$watcher"
    wait "$watcher"
}
