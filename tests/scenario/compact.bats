#!/usr/bin/env bats
# The daemon's files written anew, so that nothing deleted is left in them, while others go on.

load helpers

# Many meetings as JSON lines, for an import that takes its time.
meetings() { # COUNT
    local n
    for n in $(seq "$1"); do
        printf '{"event":{"uid":"load-%d@example","kind":"meeting","title":"Load %d","schedule":{"start":"2023-05-01"}}}\n' "$n" "$n"
    done
}

# A word is somewhere in the bytes of the views.
in_views() { LC_ALL=C grep -qa "$1" "$PLENARY_HOME/data/views/data.mdb"; }
not_in_views() { if in_views "$1"; then return 1; fi; }

bytes_of() { stat -c %s "$PLENARY_HOME/data/$1/data.mdb"; }

nothing_is_left() { [ -z "$(find "$PLENARY_HOME/data" -name '*.new')" ]; }

scenario_teardown() { umount "$PLENARY_HOME/data" 2>/dev/null || true; }

@test "what was withdrawn is in the views no more" {
    seed
    id=$(add_meeting "Quorumless gathering" --start 2022-05-05)
    stop_daemon # which folds it
    start_daemon
    in_views quorumless
    plenary withdraw "$id" --yes
    stop_daemon
    in_views quorumless # deleted, and still in the file
    start_daemon
    before=$(bytes_of journal)

    run plenary compact
    [ "$status" -eq 0 ]
    says "the journal: " "the views: " " before"
    not_in_views quorumless
    in_views tashkent
    [ "$(bytes_of journal)" -lt "$before" ]
    nothing_is_left
    grep -q 'event="compacting done"' "$PLENARY_HOME/plenaryd.log"

    prints 12 plenary count
    plenary search Tashkent
    add_meeting "After it" --start 2022-06-06
    plenary verify
    stop_daemon
    plenaryd --check
    start_daemon
    prints 13 plenary count
}

@test "what is in memory alone goes the same way" {
    seed
    id=$(add_meeting "Quorumless gathering" --start 2022-05-05)
    plenary compact
    in_views quorumless
    plenary withdraw "$id" --yes
    plenary compact
    not_in_views quorumless
}

@test "others register all the time" {
    meetings 3000 >"$work/load.jsonl"
    plenary import "$work/load.jsonl" >"$work/imported" &
    local import=$! rounds=0
    while kill -0 "$import" 2>/dev/null; do
        plenary compact -o json >"$work/compacted.json"
        jq -e '.journalBytes > 0 and .viewsBytes > 0 and .durationMs >= 0' "$work/compacted.json"
        plenary count >/dev/null
        rounds=$((rounds + 1))
    done
    wait "$import"
    [ "$rounds" -ge 2 ] # of which most came while it went on
    prints 3000 plenary count
    prints 3000 sequence
    plenary verify
    crash_daemon # nothing of it is in memory alone
    start_daemon
    prints 3000 plenary count
    nothing_is_left
    stop_daemon
    plenaryd --check
}

@test "a stream goes on over it" {
    seed
    plenary watch --since 0 -o jsonl >"$work/told" &
    local watch=$!
    eventually bash -c "[ \"\$(wc -l <$work/told)\" -eq 44 ]"
    plenary compact
    add_meeting "After it" --start 2022-06-06
    eventually grep -q "After it" "$work/told"
    kill "$watch"
    [ "$(jq -s 'map(.sequence) == [range(1; 46)]' "$work/told")" = true ]
}

@test "one runs at a time, and no backup beside it" {
    meetings 2000 >"$work/load.jsonl"
    plenary import "$work/load.jsonl"
    # All of them are asked for at once; what is refused says why.
    local n asked=()
    for n in 1 2 3 4 5 6; do
        plenary compact >"$work/out-$n" 2>&1 &
        asked+=($!)
        plenary backup "$work/copy-$n" >"$work/out-copy-$n" 2>&1 &
        asked+=($!)
    done
    for n in "${asked[@]}"; do wait "$n" || [ $? -eq 6 ]; done
    cat "$work"/out-*
    grep -q "the journal: \| are in " "$work"/out-* # whichever came first
    grep -q "under way already\|being compacted" "$work"/out-*
    plenary compact
    nothing_is_left
    prints 2000 plenary count
}

@test "without room on the disk it is refused, and nothing is left of it" {
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    mkdir "$PLENARY_HOME/data"
    mount -t tmpfs -o size=6m,mode=0700 tmpfs "$PLENARY_HOME/data" 2>/dev/null ||
        skip "mounting is not permitted here"
    start_daemon
    seed
    head -c 5400000 /dev/zero >"$PLENARY_HOME/data/ballast"
    run plenary compact
    local code=$status said=$output
    rm "$PLENARY_HOME/data/ballast"
    nothing_is_left
    add_meeting "After it" --start 2022-06-06
    plenary compact
    prints 13 plenary count
    stop_daemon
    umount "$PLENARY_HOME/data"
    [ "$code" -eq 7 ]
    [[ $said == *"no room on the disk"* ]]
}

@test "stopped in the middle of it, the daemon is as it was" {
    meetings 2000 >"$work/load.jsonl"
    plenary import "$work/load.jsonl"
    plenary compact >"$work/out" 2>&1 &
    local asked=$!
    stop_daemon
    wait "$asked" || true
    nothing_is_left
    start_daemon
    prints 2000 plenary count
    stop_daemon
    plenaryd --check
}
