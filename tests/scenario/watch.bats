#!/usr/bin/env bats
# A watcher hears every change, from wherever it starts.

load helpers

# Sequences of the lines in a file, joined by blanks.
sequences() { jq -r .sequence "$1" | tr '\n' ' '; }

@test "every change from the first, without a gap, and then the end" {
    seed
    plenary watch --since 0 -o jsonl --no-follow >"$work/heard"
    [ "$(sequences "$work/heard")" = "$(seq 44 | tr '\n' ' ')" ]
    prints 12 bash -c "jq -r 'select(.event) | .action' '$work/heard' | grep -c registered"
}

@test "a watcher starts after any change" {
    seed
    plenary watch --since 40 -o jsonl --no-follow >"$work/heard"
    [ "$(sequences "$work/heard")" = "41 42 43 44 " ]
}

@test "what is filtered for is heard, and nothing else" {
    seed
    plenary watch --since 0 --country TJ -o jsonl --no-follow >"$work/heard"
    prints 2 bash -c "wc -l <'$work/heard'"
    prints TJ bash -c "jq -r .event.venue.country '$work/heard' | sort -u"
}

@test "a change is heard as it is made" {
    seed
    plenary watch -o jsonl >"$work/heard" 3>&- &
    watcher=$!
    sleep 0.5
    plenary update dushanbe-dca@caricc.example --start 2022-02-24 --end 2022-02-24
    eventually grep -q 2022-02-24 "$work/heard"
    kill "$watcher"
    prints revised bash -c "head -n 1 '$work/heard' | jq -r .action"
}

@test "a watcher that was killed goes on after the last line that it wrote" {
    seed
    for round in 1 2 3 4 5; do
        plenary watch --since "$(wc -l <"$work/heard" 2>/dev/null || echo 0)" -o jsonl \
            >>"$work/heard" 2>/dev/null 3>&- &
        watcher=$!
        plenary update un-delegation@caricc.example --title "Visit $round"
        sleep "0.$round"
        kill -9 "$watcher"
        wait "$watcher" 2>/dev/null || true
        plenary update un-delegation@caricc.example --title "Visit $round, again"
    done
    plenary watch --since "$(wc -l <"$work/heard")" -o jsonl --no-follow >>"$work/heard"
    [ "$(sequences "$work/heard")" = "$(seq 54 | tr '\n' ' ')" ]
}

@test "a watcher outlives the daemon and misses nothing" {
    seed
    plenary watch --since 0 -o jsonl >"$work/heard" 2>/dev/null 3>&- &
    watcher=$!
    eventually grep -q '"sequence": *44' "$work/heard"
    crash_daemon
    start_daemon
    plenary update un-delegation@caricc.example --title "Visit"
    eventually grep -q '"sequence": *45' "$work/heard"
    kill "$watcher"
    [ "$(sequences "$work/heard")" = "$(seq 45 | tr '\n' ' ')" ]
}
