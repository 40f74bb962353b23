#!/usr/bin/env bats
# Who is erased from the registry is gone from what its followers keep too: from every byte of it.

load helpers

scenario_setup() {
    followers=()
    start_daemon
}

scenario_teardown() {
    if [ ${#followers[@]} -gt 0 ]; then
        kill -9 "${followers[@]}" 2>/dev/null || true
        wait "${followers[@]}" 2>/dev/null || true
    fi
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

# What each keeps and makes, in a folder of its own.
notify_() { plenary-notify --state "$work/notify" --jsonl "$work/notify.jsonl" "$@"; }
calendar_() { plenary-calendar --state "$work/calendar" -O "$work/calendar.ics" "$@"; }
report_() { plenary-report --state "$work/report" --html "$work/report.html" --csv "$work/report.csv" "$@"; }

catch_up_all() {
    notify_ --once "$@"
    calendar_ --once "$@"
    report_ --once "$@"
}

kept() { # all that they keep: a state folder each, and files
    echo "$work"/{notify,calendar,report} "$work"/{notify.jsonl,calendar.ics,report.html,report.csv}
}

names_jane() { grep -rqaiE 'jane|doe' $(kept) 2>/dev/null; }
is_clean() { ! names_jane; }

erase_jane() { plenary erase --person "Jane Doe" --text "a participant" --yes; }

@test "followers that run: no byte of who was erased is left in what they keep" {
    notify_ 2>"$work/err.notify" 3>&- &
    followers+=($!)
    calendar_ 2>"$work/err.calendar" 3>&- &
    followers+=($!)
    report_ 2>"$work/err.report" 3>&- &
    followers+=($!)
    eventually grep -q 'begins with' "$work/err.notify"
    register_jane
    part_with_jane
    eventually grep -q '"sequence":8,' "$work/notify.jsonl"
    eventually grep -q 'Former meeting cut short' "$work/calendar.ics"
    eventually grep -q 'Former meeting cut short' "$work/report.csv"
    names_jane
    before=$(wc -l <"$work/notify.jsonl")
    erase_jane
    eventually is_clean
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
    prints "" notify_ --once
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
    plenary-notify --once --state "$work/notify" --jsonl "$work/notify.jsonl" --person "Jane Doe"
    register_jane
    plenary-notify --once --state "$work/notify" --jsonl "$work/notify.jsonl" --person "Jane Doe"
    plenary-calendar --once --state "$work/calendar" -O "$work/calendar.ics" --person "Jane Doe"
    prints 4 grep -c BEGIN:VEVENT "$work/calendar.ics"
    erase_jane
    plenary-notify --once --state "$work/notify" --jsonl "$work/notify.jsonl" --person "Jane Doe"
    plenary-calendar --once --state "$work/calendar" -O "$work/calendar.ics" --person "Jane Doe"
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
