#!/usr/bin/env bats
# Questions that look at very much: answered whole, while others go on being served.

load helpers

events=6000

# Every event has all words of the phrase; every third has them in its order.
import_many() {
    seq "$events" | jq -c '{event: {uid: "e\(.)@example.org", kind: "meeting",
        title: (if . % 3 == 0 then "The training course \(.)" else "The course: training \(.)" end),
        topics: ["topic \(. % 700)"], schedule: {start: "2022-03-\(. % 28 + 101 | tostring[1:])"}}}' \
        >"$work/many.jsonl"
    plenary import "$work/many.jsonl" >/dev/null
}

# Asks for what takes longest, over and over, each time another phrase so that nothing is known yet.
ask_on() {
    local words=(the training course topic meeting) first second
    while true; do
        for first in "${words[@]}"; do
            for second in "${words[@]}"; do
                plenary count --text "\"$first $second\""
                plenary list --text "\"$second $first\"" --limit 1000
                plenary list --on 2022-03 --limit 1000
                plenary count --by topic
                plenary search 't*' --limit 1000
                plenary list --as-of "$known" --limit 1000
            done
        done
    done >/dev/null 2>"$work/asking"
}

@test "a phrase that very many events may have is answered, exactly" {
    import_many
    prints $((events / 3)) plenary count --text '"training course"'
    prints $((events / 3)) plenary count --text '"training course"'
    prints $((events * 2 / 3)) plenary count --text 'training -"training course"'
    prints 84 bash -c 'plenary list --text "\"training course\"" --limit 1 -o jsonl | jq .number'
    plenary cancel 3
    prints 1 plenary count --text '"training course"' --status cancelled
    plenary add meeting "A training course" --start 2022-03-03
    prints $((events / 3 + 1)) plenary count --text '"training course"'
}

@test "others are served while somebody asks what takes long" {
    import_many
    known=$(date -u +%Y-%m-%dT%H:%M:%SZ)
    ask_on 3>&- &
    local asking=$! i
    for i in $(seq 20); do
        prints "e$i@example.org" bash -c "plenary show $i -o json | jq -r .uid"
        plenary add meeting "Meanwhile $i" --start 2023-01-01
    done
    kill "$asking"
    wait "$asking" 2>/dev/null || true
    prints 20 plenary count --on 2023
    ! grep -v "Terminated" "$work/asking"
    plenary verify
}

@test "stopping does not wait for a long question" {
    import_many
    plenary count --text '"course training"' >"$work/count" 2>&1 3>&- &
    local asking=$!
    stop_daemon
    start_daemon
    wait "$asking" || true
    prints $((events * 2 / 3)) plenary count --text '"course training"'
}

@test "a question that asks for too much is refused, and says what" {
    seed
    fails 6 plenary list $(printf ' --topic t%d' $(seq 10000))
    says "--topic: more than 256 values"
    fails 6 plenary count --text "$(printf '"a b" %.0s' $(seq 9))"
    says "more than 8 phrases"
    fails 6 plenary count --text "$(printf 'w%d ' $(seq 65))"
    says "65 words are over the limit of 64"
    fails 6 plenary count --from 2022-03-03 --to 2022-03-02
    says "2022-03-02 is before from 2022-03-03"
    fails 6 plenary count --from 10000-01-01
    says "10000-01-01" "is not a date"
    fails 6 plenary count --from 0000-01-01
    prints 12 plenary count --from 0001-01-01 --to 9999-12-31
}
