#!/usr/bin/env bats
# What recurs: found by each of its instances, and listed one by one.

load helpers

# register <<YAML: records of the schema of import.
register() { cat >"$work/records.yaml" && plenary import "$work/records.yaml"; }

# instances FILTERS...: "start number", one a line.
instances() { plenary list --expand "$@" -o jsonl | jq -r '"\(.schedule.start) \(.number)"'; }

# A weekly meeting in Vienna over the change of the clocks, and one beside it that does not recur.
vienna() {
    register <<'YAML'
event:
  uid: weekly@example.org
  kind: meeting
  title: Weekly call
  schedule: {start: "2026-03-16T09:00:00", end: "2026-03-16T10:30:00", time_zone: Europe/Vienna}
  recurrence: {rrule: "FREQ=WEEKLY;COUNT=5"}
---
event:
  uid: single@example.org
  kind: training
  title: Course
  schedule: {start: "2026-03-24", end: "2026-03-26"}
YAML
}

@test "an instance keeps its time of day while the clocks change, and finds its series" {
    vienna
    prints $'2026-03-23T09:00:00 1\n2026-03-24 2\n2026-03-30T09:00:00 1' \
        instances --from 2026-03-20 --to 2026-04-05
    prints 1 plenary count --on 2026-03-30
    prints 0 plenary count --on 2026-03-31
    prints 1 plenary count --from 2026-04-13
    prints 0 plenary count --from 2026-04-14
    prints '2026-03 2 2026-04 1' bash -c \
        "plenary count --by month -o json | jq -r '.buckets[] | \"\(.value) \(.count)\"' | xargs"
}

@test "what is left out and what is added" {
    register <<'YAML'
event:
  uid: days@example.org
  kind: meeting
  title: Committee
  schedule: {start: "2026-05-04", end: "2026-05-05"}
  recurrence: {rrule: "FREQ=MONTHLY;COUNT=3", rdate: ["2026-05-20"], exdate: ["2026-06-04"]}
YAML
    prints $'2026-05-04 1\n2026-05-20 1\n2026-07-04 1' instances --on 2026
    prints $'2026-07-04 1\n2026-05-20 1\n2026-05-04 1' instances --on 2026 --reverse
    prints 2026-05-21 bash -c \
        "plenary list --expand --on 2026-05-20 -o json | jq -r '.[].schedule.end'"
    prints 0 plenary count --on 2026-06-04
    prints 1 plenary count --on 2026-05-21
}

@test "a moved instance is where it is now, a cancelled one is cancelled, a withdrawn one is back" {
    vienna
    register <<'YAML'
event:
  uid: weekly@example.org
  recurrence_id: "2026-03-23T09:00:00"
  kind: meeting
  title: Weekly call, moved
  schedule: {start: "2026-03-25T15:00:00", end: "2026-03-25T16:00:00", time_zone: Europe/Vienna}
---
event:
  uid: weekly@example.org
  recurrence_id: "2026-03-30T09:00:00"
  kind: meeting
  title: Weekly call
  schedule: {start: "2026-03-30T09:00:00", end: "2026-03-30T10:30:00", time_zone: Europe/Vienna}
YAML
    plenary cancel 4
    prints $'2026-03-24 2\n2026-03-25T15:00:00 3\n2026-03-30T09:00:00 4' \
        instances --from 2026-03-20 --to 2026-03-30
    prints cancelled bash -c \
        "plenary list --expand --on 2026-03-30 -o json | jq -r '.[].status'"
    prints 0 plenary count --on 2026-03-23
    plenary withdraw 3 --yes
    prints $'2026-03-23T09:00:00 1\n2026-03-24 2\n2026-03-30T09:00:00 4' \
        instances --from 2026-03-20 --to 2026-03-30
    stop_daemon
    start_daemon
    prints $'2026-03-23T09:00:00 1\n2026-03-24 2\n2026-03-30T09:00:00 4' \
        instances --from 2026-03-20 --to 2026-03-30
}

@test "the list as of a time knows which instances were replaced then" {
    vienna
    before=$(plenary log -n 1 -o json | jq -r '.[0].time')
    register <<'YAML'
event:
  uid: weekly@example.org
  recurrence_id: "2026-03-23T09:00:00"
  kind: meeting
  title: Weekly call, moved
  schedule: {start: "2026-05-01T15:00:00", end: "2026-05-01T16:00:00", time_zone: Europe/Vienna}
YAML
    prints 0 plenary count --on 2026-03-23
    prints 1 plenary count --on 2026-03-23 --as-of "$before"
    prints 0 plenary count --on 2026-05-01 --as-of "$before"
}

@test "a series without an end is listed as far as is asked for, page by page" {
    register <<'YAML'
event:
  uid: daily@example.org
  kind: meeting
  title: Every day
  schedule: {start: "2020-01-01T08:00:00", end: "2020-01-01T08:15:00"}
  recurrence: {rrule: "FREQ=DAILY"}
YAML
    prints 1461 bash -c "plenary list --expand --from 2060 --to 2063 -o ids | wc -l"
    prints '2063-12-31T08:00:00 1' bash -c \
        "plenary list --expand --from 2060 --to 2063 --reverse -n 1 -o jsonl |
            jq -r '\"\(.schedule.start) \(.number)\"'"
    prints 1 plenary count --from 2999-01-01
    run plenary help list
    says "--expand  "
    fails 2 plenary list --expand
    says "needs an end"
    fails 2 plenary list --expand --from 2022-01-01
    fails 2 plenary list --expand --on 2022 --sort number
    fails 2 plenary list --expand --on 2022 --as-of 2022-01-01
}

@test "a table says that it recurs, and each instance by itself" {
    vienna
    run plenary list
    says "16 Mar 2026 09:00–10:30, weekly" "24–26 Mar 2026"
    run plenary show 1
    says "Repeats" "weekly, 5 times"
    run plenary list --expand --from 2026-03-20 --to 2026-03-24
    says "23 Mar 2026 09:00–10:30 " "24–26 Mar 2026"
    prints $'2026-03-23T09:00:00\nnull' bash -c \
        "plenary list --expand --from 2026-03-20 --to 2026-03-24 -o jsonl | jq -r .recurrenceId"
}

@test "a series and what replaces an instance are written by options" {
    plenary add meeting "Weekly" --uid weekly@example.org --start 2026-03-02T09:00 \
        --tz Europe/Vienna --rrule "FREQ=WEEKLY;COUNT=4" --exdate 2026-03-09T09:00
    plenary add meeting "Moved" --uid weekly@example.org --recurrence-id 2026-03-16T09:00 \
        --start 2026-03-17T11:00 --tz Europe/Vienna
    starts() { plenary list --expand --on 2026-03 -o jsonl | jq -r .schedule.start; }
    prints $'2026-03-02T09:00:00\n2026-03-17T11:00:00\n2026-03-23T09:00:00' starts
    prints "1 revised (revision 2): recurrence exdate + 2026-03-23T09:00:00" \
        plenary update 1 --add-exdate 2026-03-23T09:00
    fails 6 plenary update 1 --rrule FREQ=WEKLY
    says "recurrence.rrule"
}
