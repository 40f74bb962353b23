#!/usr/bin/env bats
# A copy of the registry while it works, and a registry made of that copy.

load helpers

# Many meetings as JSON lines, for an import that takes its time.
meetings() { # COUNT
    local n
    for n in $(seq "$1"); do
        printf '{"event":{"uid":"load-%d@example","kind":"meeting","title":"Load %d","schedule":{"start":"2023-05-01"}}}\n' "$n" "$n"
    done
}

# What was ever said of the registry up to a change, in one home.
told() { # HOME SEQUENCE
    plenary --home "$1" watch --since 0 --no-follow -o jsonl | jq -c "select(.sequence <= $2)"
}

# Runs a command with a daemon of its own in another home.
in_home() { # HOME COMMAND...
    local home=$1 other
    shift
    plenaryd --home "$home" 2>"$home.log" 3>&- &
    other=$!
    eventually plenary --home "$home" status
    "$@"
    kill -TERM "$other"
    wait "$other"
}

same_export() { [ "$(plenary --home "$1" export --as jsonl --directory)" = "$exported" ]; }
same_told() { [ "$(told "$1" "$2")" = "$(told "$PLENARY_HOME" "$2")" ]; }

@test "a backup restored elsewhere is the same registry" {
    seed
    plenary cancel un-delegation@caricc.example --reason "None"
    exported=$(plenary export --as jsonl --directory)
    cd "$work"
    run plenary backup copy
    [ "$status" -eq 0 ]
    says "45 changes" "$work/copy"
    (cd copy && b2sum --quiet -c B2SUMS)

    run plenary --home "$work/other" restore copy
    [ "$status" -eq 0 ]
    says "up to change 45" "epoch 2"
    in_home "$work/other" same_export "$work/other"
    plenaryd --home "$work/other" --check
}

@test "a backup under load is the registry as it was at its last change" {
    meetings 3000 >"$work/load.jsonl"
    plenary import "$work/load.jsonl" >"$work/imported" &
    local import=$!
    eventually bash -c '[ "$(plenary count)" -gt 100 ]'
    plenary backup "$work/copy" -o json >"$work/backup.json"
    kill -0 "$import" # it is not done yet
    wait "$import"
    prints 3000 plenary count

    last=$(jq .sequence "$work/backup.json")
    [ "$last" -ge 100 ]
    plenary --home "$work/other" restore "$work/copy"
    in_home "$work/other" same_told "$work/other" "$last"
    in_home "$work/other" prints "$last" bash -c "plenary --home $work/other status -o json | jq .sequence"
    plenaryd --home "$work/other" --check
}

@test "a backup goes into no folder that is there, and says what is in the way" {
    mkdir "$work/there"
    fails 5 plenary backup "$work/there"
    says "$work/there is there already"
    fails 6 plenary backup "$work/no/such/place"
    says "$work/no/such"
    [ -z "$(ls "$work/there")" ]
    [ ! -e "$work/no" ]
}

@test "a full disk refuses the backup, and leaves nothing of it" {
    seed
    mkdir "$work/disk"
    mount -t tmpfs -o size=40k tmpfs "$work/disk" 2>/dev/null || skip "mounting is not permitted here"
    run plenary backup "$work/disk/copy"
    local left
    left=$(ls -A "$work/disk")
    umount "$work/disk"
    [ "$status" -eq 7 ]
    says "$work/disk/copy"
    [ -z "$left" ]
    plenary count
}

@test "killed in the middle of a backup, nothing bears its name and the next one succeeds" {
    meetings 400 >"$work/load.jsonl"
    plenary import "$work/load.jsonl"
    local moment
    for moment in 0.00 0.01 0.04; do
        plenary backup "$work/copy-$moment" >/dev/null 2>&1 &
        local asked=$!
        sleep "$moment"
        crash_daemon
        wait "$asked" || true
        if [ -e "$work/copy-$moment" ]; then # it was done just before
            (cd "$work/copy-$moment" && b2sum --quiet -c B2SUMS)
        fi
        start_daemon
    done
    prints 400 plenary count
    plenary backup "$work/copy-0.00.again"
    stop_daemon
    plenaryd --check
}

@test "an older backup takes the registry back, and what was newer is put aside" {
    seed
    plenary backup "$work/copy"
    add_meeting "After the backup" --start 2022-05-05
    prints 13 plenary count
    stop_daemon
    run plenary restore "$work/copy"
    [ "$status" -eq 0 ]
    says "put aside" "$PLENARY_HOME/data/journal.replaced-1"
    start_daemon
    prints 12 plenary count
    prints 44 sequence
    add_meeting "Another life" --start 2022-06-06
    plenary verify
    stop_daemon
    plenaryd --check

    # What was put aside can be put back.
    mv "$PLENARY_HOME/data/journal" "$work/away"
    mv "$PLENARY_HOME/data/journal.replaced-1" "$PLENARY_HOME/data/journal"
    start_daemon
    plenary search "After the backup"
}

@test "who subscribes is told to take the registry anew" {
    seed
    plenary watch --cursor "$work/cursor" --since 0 --no-follow >/dev/null
    plenary watch --cursor "$work/cursor" --no-follow
    plenary backup "$work/copy"
    stop_daemon
    plenary restore "$work/copy"
    start_daemon
    run plenary watch --cursor "$work/cursor" --no-follow
    says "the registry was restored since" "going on after change 44"
}

@test "a restore is refused while a daemon runs" {
    seed
    plenary backup "$work/copy"
    fails 6 plenary restore "$work/copy"
    says "$daemon"
    prints 44 sequence
}

@test "what is no sound backup is refused, and nothing is changed" {
    seed
    plenary backup "$work/copy"
    add_meeting "After the backup" --start 2022-05-05
    stop_daemon
    ls "$PLENARY_HOME/data" >"$work/before"

    fails 6 plenary restore "$work/nothing"
    says "$work/nothing is no backup"
    fails 6 plenary restore "$PLENARY_HOME/data"
    says "no B2SUMS"
    LC_ALL=C sed -i "s/Serena Hotel/Selena Hotel/" "$work/copy/journal/data.mdb"
    fails 6 plenary restore "$work/copy"
    says "damaged"
    (cd "$work/copy" && b2sum journal/data.mdb >B2SUMS) # even where somebody mends the sum
    fails 6 plenary restore "$work/copy"
    says "digests do not hold"

    diff "$work/before" <(ls "$PLENARY_HOME/data")
    start_daemon
    prints 13 plenary count
}

@test "killed in the middle of a restore, it is the old registry or the new one" {
    meetings 300 >"$work/load.jsonl"
    plenary import "$work/load.jsonl"
    plenary backup "$work/copy"
    add_meeting "After the backup" --start 2022-05-05
    stop_daemon
    local moment count
    # In the foreground: else it ends with what it kills, and may be gone before that lets go.
    for moment in 0.01 0.05 0.10 0.20; do
        timeout --foreground -s KILL "$moment" plenary restore "$work/copy" || true
        start_daemon
        count=$(plenary count)
        [ "$count" -eq 301 ] || [ "$count" -eq 300 ]
        plenary verify
        stop_daemon
        plenaryd --check
    done
    plenary restore "$work/copy"
    start_daemon
    prints 300 plenary count
}
