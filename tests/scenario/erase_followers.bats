#!/usr/bin/env bats
# Who is erased from the registry is gone from what its followers keep too: from every byte of it.

load helpers

scenario_setup() {
    followers=()
    always=
    notify=(plenary-notify --state "$work/notify" --jsonl "$work/notify.jsonl")
    calendar=(plenary-calendar --state "$work/calendar" -O "$work/calendar.ics")
    report=(plenary-report --state "$work/report" --html "$work/report.html" --csv "$work/report.csv")
    start_daemon
}

scenario_teardown() {
    for pid in "${followers[@]}" $always; do
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# A meeting, and so many more participants whose records are of all sizes.
meeting() { # UID TITLE PARTICIPANT [MORE]
    jq -nc --arg uid "$1@example.org" --arg title "$2" --arg name "$3" --argjson more "${4:-0}" \
        '{event: {uid: $uid, kind: "meeting", title: $title,
          schedule: {start: "2022-03-03T09:00:00", timeZone: "Asia/Tashkent"},
          venue: {city: "Tashkent", country: "UZ"},
          participants: ([{name: $name, email: "jane.doe@example.org", role: "speaker"}]
              + [range($more) | {name: "Guest \(.)", position: ("x" * (. * 37 % 400))}]),
          agenda: [{title: "Opening", speakers: [$name, "Guest 1"]}]}}'
}

# Records that name her now, that did before, and that are no more.
register_jane() {
    {
        meeting talks "Talks" "Jane Doe"
        meeting large "Large meeting" "JANE DOE" 300
        meeting former "Former meeting" "Jane Doe"
        meeting gone "Meeting that is gone" "Jane Doe"
        meeting other "Other meeting" "John Roe"
    } | jq -c 'if .event.uid == "other@example.org" then .event.participants[0].email = "john@example.org"
               else . end' >"$work/meetings.jsonl"
    plenary import "$work/meetings.jsonl"
    plenary add conference "Conference with Jane Doe" --start 2022-04-01 --country KZ \
        --description "Opened by Jane Doe's colleagues"
}

part_with_jane() {
    meeting former "Former meeting cut short" "John Roe" |
        jq -c '.event |= del(.participants, .agenda)' >"$work/former.jsonl"
    plenary import "$work/former.jsonl"
    plenary withdraw 4 --yes
}

catch_up_all() {
    "${notify[@]}" --once "$@"
    "${calendar[@]}" --once "$@"
    "${report[@]}" --once "$@"
}

# Each in the background; what they say goes to files of their names.
start_all() {
    "${notify[@]}" 2>"$work/err.notify" 3>&- &
    followers+=($!)
    "${calendar[@]}" 2>"$work/err.calendar" 3>&- &
    followers+=($!)
    "${report[@]}" 2>"$work/err.report" 3>&- &
    followers+=($!)
}

kept() { # all that they keep: a state folder each, and files
    echo "$work"/{notify,calendar,report} "$work"/{notify.jsonl,calendar.ics,report.html,report.csv}
}

# Which of it names her. Digests are written in base64, where any letters may stand beside each other.
naming_jane() {
    local file
    for file in $(find $(kept) -type f 2>/dev/null); do
        sed -E 's/"(requestHash|salt|contentDigest|digest)": ?"[^"]*"//g' "$file" | grep -qaiE 'jane|doe' &&
            echo "$file"
    done
    true
}
names_jane() { [ -n "$(naming_jane)" ]; }
is_clean() { ! names_jane || { naming_jane; false; }; }

# Within a minute and a half: a mirror is written anew once a minute where it is never quiet.
becomes_clean() {
    ready_timeout_s=90
    eventually is_clean && return
    is_clean || true
    tail -n 20 "$work"/err.*
    return 1
}

erase_jane() { plenary erase --person "Jane Doe" --text "a participant" --yes; }

@test "followers that run: no byte of who was erased is left in what they keep" {
    start_all
    eventually grep -q 'begins with' "$work/err.notify"
    register_jane
    part_with_jane
    eventually grep -q '"sequence":8,' "$work/notify.jsonl"
    eventually grep -q 'Former meeting cut short' "$work/calendar.ics"
    eventually grep -q 'Former meeting cut short' "$work/report.csv"
    names_jane
    before=$(wc -l <"$work/notify.jsonl")
    erase_jane
    becomes_clean
    grep -q 'Conference with a participant' "$work/calendar.ics"
    grep -q 'Conference with a participant' "$work/report.csv"
    grep -q 'Guest 299' <(plenary show 2 -o json)

    # Lines are where they were, those that told of her are short, and readers hear of it.
    [ "$(head -n "$before" "$work/notify.jsonl" | jq -r .sequence | paste -sd' ')" = "1 2 3 4 5 6 7 8" ]
    prints '"Other meeting"' jq -c 'select(.sequence == 5) | .event.title' "$work/notify.jsonl"
    prints '["registered",{"id":true,"number":1,"revision":1}]' jq -c \
        'select(.sequence == 1) | [.action, (.event | .id = (.id | length == 36))]' "$work/notify.jsonl"
    [ "$(jq -r 'select(.action == "erased" and .event) | .event.number' "$work/notify.jsonl" | sort -u | paste -sd' ')" = "1 2 3 6" ]

    # They go on.
    plenary update 1 --title "Better talks"
    eventually grep -q 'Better talks' "$work/notify.jsonl"
    eventually grep -q 'Better talks' "$work/report.csv"
    eventually grep -q 'Better talks' "$work/calendar.ics"
    is_clean
}

@test "followers that did not run hear of it at the next start" {
    register_jane
    catch_up_all
    part_with_jane
    catch_up_all
    names_jane
    erase_jane
    names_jane
    catch_up_all
    is_clean
    prints "" "${notify[@]}" --once
}

# All three live for a quarter of a second at most.
live_and_die() {
    start_all
    sleep "0.$((RANDOM % 16 + 10))"
    kill -9 "${followers[@]}"
    wait "${followers[@]}" 2>/dev/null || true
    followers=()
}

@test "killed at any moment, they forget all the same, and each line is there once" {
    plenary-notify --state "$work/always" --jsonl "$work/always.jsonl" 2>"$work/err" 3>&- &
    always=$!
    eventually grep -q 'begins with' "$work/err"
    catch_up_all
    register_jane
    for round in {1..12}; do
        plenary add meeting "Meeting $round" --start 2022-05-01
        [ "$round" != 4 ] || part_with_jane
        # What is heard for the first time after the erasure has other lines, which are shorter.
        [ "$round" != 7 ] || { catch_up_all; erase_jane; }
        live_and_die
    done
    plenary add meeting "The last meeting" --start 2022-05-01
    catch_up_all
    is_clean
    eventually grep -q 'The last meeting' "$work/always.jsonl"
    eventually cmp "$work/always.jsonl" "$work/notify.jsonl"
}

@test "a follower of part of the registry hears of what it may see" {
    catch_up_all --country UZ
    register_jane
    catch_up_all --country UZ
    part_with_jane
    catch_up_all --country UZ
    erase_jane
    names_jane
    catch_up_all --country UZ
    is_clean
    prints '"Other meeting"' jq -c 'select(.event.number == 5) | .event.title' "$work/notify.jsonl"
}

@test "a follower of who was erased loses the records with the name" {
    "${notify[@]}" --once --person "Jane Doe"
    register_jane
    "${notify[@]}" --once --person "Jane Doe"
    "${calendar[@]}" --once --person "Jane Doe"
    prints 4 grep -c BEGIN:VEVENT "$work/calendar.ics"
    erase_jane
    "${notify[@]}" --once --person "Jane Doe"
    "${calendar[@]}" --once --person "Jane Doe"
    is_clean
    prints 0 bash -c "grep -c BEGIN:VEVENT '$work/calendar.ics' || true"
    prints 4 bash -c "grep -c '\"action\":\"erased\",\"relation\":\"left\"' '$work/notify.jsonl'"
}

@test "people and commands are told nothing of it, watchers are" {
    register_jane
    plenary-notify --once --state "$work/words"
    plenary-notify --once --state "$work/exec" --exec "cat >>'$work/told'"
    erase_jane
    prints "" plenary-notify --once --state "$work/words"
    prints "" plenary-notify --once --state "$work/exec" --exec "cat >>'$work/told'"
    [ ! -e "$work/told" ]
    run plenary watch --since 6 --no-follow
    says "erased  1 Talks: a person was taken out; copies must follow"
    run plenary watch --since 6 --no-follow -o jsonl
    prints '["again","erased","Talks"]' jq -c 'select(.event.number == 1) | [.relation, .action, .event.title]' <<<"$output"
}
