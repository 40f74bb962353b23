#!/usr/bin/env bats
# A program that follows the stream goes on where it was, whatever happened meanwhile. What holds
# for all of them is shown with plenary-notify.

load helpers
load followers

# A file of so many meetings, in Tashkent, whose texts have this word.
meetings() {
    seq "$1" | jq -c --arg word "$2" \
        '{event: {uid: "m\(.)@example.org", kind: "meeting", title: "Meeting \(.) \($word)",
          schedule: {start: "2022-03-03"}, venue: {city: "Tashkent", country: "UZ"}}}'
}

@test "other filters are another view: what differs is told, and then it goes on" {
    add_meeting "Talks" --start 2022-03-03 --country UZ
    add_meeting "Course" --start 2022-03-03 --country KZ
    catch_up --country UZ
    run catch_up --country KZ
    says "the query, what its names mean, or the rights have changed; taking a fresh snapshot" \
        "#2 left  1 Talks" "#2 entered  2 Course"
    plenary update 2 --title "Longer course"
    prints "#3 revised  2 Longer course: title Course → Longer course (by local; plenary diff 2 1 2)" \
        catch_up --country KZ
}

@test "stopped, 1,000 changes made, started again: the file is that of one that never stopped" {
    begin_notify --jsonl "$work/always.jsonl" --state "$work/always"
    catch_up --jsonl "$work/stopped.jsonl" --state "$work/stopped"
    meetings 400 "planned" >"$work/a.jsonl"
    meetings 400 "confirmed" >"$work/b.jsonl"
    meetings 200 "moved" >"$work/c.jsonl"
    plenary import "$work/a.jsonl"
    catch_up --jsonl "$work/stopped.jsonl" --state "$work/stopped"
    plenary import "$work/b.jsonl"
    plenary import "$work/c.jsonl"
    catch_up --jsonl "$work/stopped.jsonl" --state "$work/stopped"
    eventually grep -q '"sequence": *1000,' "$work/always.jsonl"
    stop_notify
    prints 1000 bash -c "wc -l <'$work/always.jsonl'"
    cmp "$work/always.jsonl" "$work/stopped.jsonl"
}

@test "a daemon that is away is told, and that it is back; nothing is missed" {
    begin_notify
    crash_daemon
    eventually grep -q 'LOST' "$work/err"
    start_daemon
    add_meeting "Talks" --start 2022-03-03
    eventually grep -q 'BACK' "$work/err"
    eventually grep -q '^#1 registered' "$work/out"
    stop_notify
    prints 1 bash -c "grep -c LOST '$work/err'"
}

@test "without a daemon it waits, saying so; with --once it says why not" {
    stop_daemon
    fails 7 catch_up
    says "no plenaryd answers at"
    start_notify
    eventually grep -q 'LOST no plenaryd answers' "$work/err"
    start_daemon
    eventually grep -q 'begins with 0 events' "$work/err"
    stop_notify
}

@test "SIGTERM and SIGINT end it cleanly, and it goes on after what it told" {
    for signal in TERM INT; do
        : >"$work/err"
        start_notify
        add_meeting "Talks" --start 2022-03-03
        eventually grep -q "$signal\|Talks\|begins" "$work/out" "$work/err"
        kill -s "$signal" "$notify"
        wait "$notify"
        notify=
    done
    add_meeting "Last talks" --start 2022-03-03
    catch_up >>"$work/out"
    [ "$(grep -c . "$work/out")" = "$(sort -u "$work/out" | grep -c .)" ]
    run tail -n 1 "$work/out"
    says "Last talks"
}

@test "two processes on one state folder are refused, and so is another program's folder" {
    begin_notify
    fails 6 catch_up
    says "is in use by another process (pid $notify)"
    stop_notify
    echo -n plenary-calendar >"$PLENARY_HOME/state/notify/program"
    fails 6 catch_up
    says "--state:" "is the folder of plenary-calendar"
}

@test "damaged or removed state: it says so and starts from a fresh snapshot" {
    seed
    catch_up
    truncate -s 9000 "$PLENARY_HOME/state/notify/mirror.mdb"
    run catch_up
    [ "$status" = 0 ]
    says "could not be read; it is kept as mirror.mdb.damaged" "starting from a fresh snapshot" \
        "begins with 12 events"
    rm "$PLENARY_HOME/state/notify/mirror.mdb"
    run catch_up
    says "mirror.mdb is not there any more" "starting from a fresh snapshot" "begins with 12 events"
    run catch_up
    [ "$output" = "" ]
}

@test "another journal in the registry's place: the differences are told, then it goes on" {
    add_meeting "Talks" --start 2022-03-03
    stop_daemon
    cp -r "$PLENARY_HOME/data" "$work/data"
    start_daemon
    add_meeting "Course" --start 2022-03-03
    plenary update 1 --title "Talks, first day"
    catch_up --jsonl "$work/out.jsonl"
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    mv "$work/data" "$PLENARY_HOME/data"
    start_daemon
    for day in 4 5 6; do
        plenary update 1 --start "2022-03-0$day"
    done
    run catch_up --jsonl "$work/out.jsonl"
    says "the change at the cursor is another one; taking a fresh snapshot"
    prints '["left",null,2]|["changed",null,1]' bash -c \
        "jq -c '[.relation, .action, .event.number]' '$work/out.jsonl' | sort -r | paste -sd '|'"
    plenary update 1 --title "Talks, sixth of March"
    catch_up --jsonl "$work/out.jsonl"
    prints revised bash -c "tail -n 1 '$work/out.jsonl' | jq -r .action"
}
