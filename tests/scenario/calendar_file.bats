#!/usr/bin/env bats
# plenary-calendar: a file that is always the calendar of what may be seen, and only then replaced.

load helpers

calendar=

scenario_teardown() {
    if [ -n "$calendar" ]; then kill -9 "$calendar" 2>/dev/null || true; fi
}

# Starts it, and waits for its first file.
follow() {
    plenary-calendar -O "$work/live.ics" "$@" 2>>"$work/log" 3>&- &
    calendar=$!
    eventually test -e "$work/live.ics"
}

# Its exit code is the function's.
stop_following() {
    local pid=$calendar code=0
    calendar=
    kill -TERM "$pid"
    wait "$pid" || code=$?
    return "$code"
}

has() { grep -q "$1" "$work/live.ics"; }
has_not() { ! has "$1"; }
count_is() { [ "$(grep -c '^BEGIN:VEVENT' "$work/live.ics")" -eq "$1" ]; }

# What was known about an event's status, in its own lines.
status_of() { sed -n "/^UID:$1/,/^END:VEVENT/s/^STATUS:\([A-Z]*\).*/\1/p" "$work/live.ics"; }

@test "the file follows the registry: a move, a cancellation, a withdrawal" {
    seed
    follow
    count_is 12
    strict_calendar "$work/live.ics"
    plenary update tashkent-conference@caricc.example --start 2022-03-04 --end 2022-03-05
    plenary cancel rocb-webinar@caricc.example --reason "no quorum"
    plenary withdraw dushanbe-training@caricc.example --yes
    eventually has_not '^UID:dushanbe-training'
    eventually has '^STATUS:CANCELLED'
    count_is 11
    has '^DTSTART;VALUE=DATE:20220304'
    has '^DTEND;VALUE=DATE:20220306'
    [ "$(status_of rocb-webinar)" = CANCELLED ]
    strict_calendar "$work/live.ics"
    stop_following
    [ "$(cat "$work/log")" != "" ]
}

@test "what changes nothing in the calendar leaves the file as it is" {
    seed
    follow --country UZ
    before=$(stat -c '%i %Y %Z' "$work/live.ics")
    plenary add meeting "Elsewhere" --start 2022-05-05 --country KZ
    plenary add meeting "Here" --start 2022-05-05 --country UZ --uid here@example.org
    eventually has '^UID:here@example.org'
    after=$(stat -c '%i' "$work/live.ics")
    [ "${before%% *}" != "$after" ]
    before=$(stat -c '%i %Y %Z' "$work/live.ics")
    stop_following
    plenary-calendar --once -O "$work/live.ics" --country UZ
    [ "$before" = "$(stat -c '%i %Y %Z' "$work/live.ics")" ]
}

@test "an organisation's new name and an event that leaves the view are followed" {
    seed
    follow --tlp clear
    plenary org update caricc-council --name "Council of Coordinators"
    eventually has 'CN="Council of Coordinators"'
    plenary update council-coordinators@caricc.example --tlp green
    eventually has_not '^UID:council-coordinators'
    plenary update council-coordinators@caricc.example --tlp clear
    eventually has '^UID:council-coordinators'
}

@test "stopped, killed or without a daemon: in the end the file is the same" {
    seed
    follow
    kill -9 "$calendar"
    wait "$calendar" 2>/dev/null || true
    plenary add meeting "While it was away" --start 2022-05-05 --uid away@example.org
    follow
    eventually has '^UID:away@example.org'
    crash_daemon
    start_daemon
    plenary add meeting "After the crash" --start 2022-05-06 --uid after@example.org
    eventually has '^UID:after@example.org'
    stop_following
    plenary-calendar --once --state "$work/other" -O "$work/fresh.ics"
    cmp "$work/live.ics" "$work/fresh.ics"
}

@test "without -O it is kept with what the program remembers; a folder is no file" {
    seed
    plenary-calendar --once
    [ -s "$PLENARY_HOME/state/calendar/calendar.ics" ]
    mkdir "$work/folder"
    fails 6 plenary-calendar --once -O "$work/folder"
    says folder
    fails 6 plenary-calendar -O "$work/none/live.ics"
    says "--output-file" none
    run plenary-calendar --help
    says "output-file" "only when what is in it changes"
}
