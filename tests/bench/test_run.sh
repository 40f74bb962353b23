#!/bin/sh
# test_run.sh BENCH PLENARYD: a short run reports every figure as JSON; what is wrong is told.
set -eu
bench=$1 plenaryd=$2
folder=$(mktemp -d /var/tmp/plenary-bench-test-XXXXXX)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "test_run: $*" >&2
    exit 1
}

"$bench" --records 300 --in-flight 8 -o json --home "$folder" --plenaryd "$plenaryd" \
    >"$folder/report.json" || fail "a short run ends with $?"
for measure in registrations_per_second one_in_flight_reply_p50_us reply_to_subscriber_p50_us \
    replay_changes_per_second page_one_facet_p99_us page_three_facets_p99_us \
    page_facet_and_month_p99_us start_after_kill_ms journal_mebibytes views_mebibytes \
    deliveries_per_second_1 deliveries_per_second_100 deliveries_per_second_10_in_batches \
    beside_5_bad_send_to_subscriber_p99_us beside_5_bad_reply_to_subscriber_p50_us \
    others_during_long_queries_p50_us others_during_long_queries_p99_us \
    resident_mebibytes; do
    grep -q "{\"measure\": \"$measure\", \"value\": -\{0,1\}[0-9.]*, \"yardstick\": \"\(bare\|without\)_[a-z_0-9]*\", \"yardstick_value\": -\{0,1\}[0-9.]*, \"ratio\": -\{0,1\}[0-9.]*}" \
        "$folder/report.json" ||
        grep -q "{\"measure\": \"$measure\", \"value\": [0-9.]*, \"yardstick\": \"packed_[a-z_]*\"" \
            "$folder/report.json" || fail "$measure is not in the report"
done
[ "$(head -c 1 "$folder/report.json")" = "[" ] || fail "the report is no array"
[ -z "$(find "$folder" -mindepth 1 -maxdepth 1 -type d)" ] || fail "the run left its home behind"

code=0
"$bench" --records 10 --home "$folder" --plenaryd "$folder/absent" >"$folder/out" 2>"$folder/err" || code=$?
[ "$code" = 1 ] || fail "an absent plenaryd ends with $code"
grep -q "No such file" "$folder/err" || fail "an absent plenaryd is told as: $(cat "$folder/err")"
[ ! -s "$folder/out" ] || fail "a run that failed reports figures"
code=0
"$bench" --records many 2>/dev/null || code=$?
[ "$code" = 2 ] || fail "a bad option ends with $code"

# Questions, at Plenary alone: the databases need not be there.
ask() { # RECORDS OPTIONS...
    records=$1
    shift
    "$bench" --questions --alone --records "$records" --keep "$folder/kept" --plenaryd "$plenaryd" "$@"
}
ask 1500 --only page_two_words_best >"$folder/questions" 2>"$folder/err" || fail "questions end with $?: $(cat "$folder/err")"
grep -q '^| two words, the best first | | [0-9.]* / [0-9.]* |' "$folder/questions" || fail "no table of the questions"
ask 2000 -o json >"$folder/more.json" 2>"$folder/err" || fail "a kept home is not used again: $(cat "$folder/err")"
jq -e '[.[] | .question] == ["page_one_facet", "page_three_facets", "page_facet_and_month",
        "page_two_words", "page_prefix_and_country", "page_negation", "page_overlap", "page_latest",
        "page_two_words_best", "count_by_month", "count_by_country"]' "$folder/more.json" >/dev/null ||
    fail "not every question was asked once"
jq -e 'all(.answerer == "Plenary" and .found > 0 and .total > 0 and .reply_bytes > 0
           and .own_p50_us <= .own_p99_us and .p50_us > 0 and .p50_us <= .p99_us)' \
    "$folder/more.json" >/dev/null || fail "a figure of the questions is missing or odd"
jq -e '.[] | select(.question == "count_by_month") | .total == 300 * 2000' "$folder/more.json" >/dev/null ||
    fail "a kept home does not grow to as many events as are asked for"
code=0
ask 1500 >"$folder/out" 2>"$folder/err" || code=$?
[ "$code" = 1 ] && grep -q "holds 2000 events" "$folder/err" || fail "more events than asked for: $code"
code=0
ask 2000 --varied >"$folder/out" 2>"$folder/err" || code=$?
[ "$code" = 1 ] && grep -q "holds other events: seed 1" "$folder/err" || fail "other events: $code"
code=0
"$bench" --keep "$folder/kept" --records 10 2>/dev/null || code=$?
[ "$code" = 2 ] || fail "--keep without --questions ends with $code"

"$bench" --generate 50 --seed 7 -O "$folder/one" 2>/dev/null
"$bench" --generate 50 --seed 7 -O "$folder/two" 2>/dev/null
"$bench" --generate 50 --seed 8 -O "$folder/other" 2>/dev/null
[ "$(wc -l <"$folder/one")" = 50 ] || fail "50 events are not 50 lines"
cmp -s "$folder/one" "$folder/two" || fail "the same seed gives other events"
! cmp -s "$folder/one" "$folder/other" || fail "another seed gives the same events"
"$bench" --generate 50 --seed 7 --varied -O "$folder/varied" 2>/dev/null
! cmp -s "$folder/one" "$folder/varied" || fail "--varied varies nothing"
jq -es 'all(keys == ["event"] and .event.uid)' "$folder/one" >/dev/null ||
    fail "what is generated is not what plenary import reads"
