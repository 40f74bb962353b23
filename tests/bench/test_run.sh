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

"$bench" --generate 50 --seed 7 -O "$folder/one" 2>/dev/null
"$bench" --generate 50 --seed 7 -O "$folder/two" 2>/dev/null
"$bench" --generate 50 --seed 8 -O "$folder/other" 2>/dev/null
[ "$(wc -l <"$folder/one")" = 50 ] || fail "50 events are not 50 lines"
cmp -s "$folder/one" "$folder/two" || fail "the same seed gives other events"
! cmp -s "$folder/one" "$folder/other" || fail "another seed gives the same events"
jq -es 'all(keys == ["event"] and .event.uid)' "$folder/one" >/dev/null ||
    fail "what is generated is not what plenary import reads"
