#!/usr/bin/env bats
# Calendars and sheets: what export writes others can read, and import takes back.

load helpers

# libical, python3-icalendar and python3-vobject.
readers() {
    strict_calendar "$1" && /usr/bin/python3 -B "$BATS_TEST_DIRNAME/read_calendar.py" "$@"
}

generated=${CALENDAR_EVENTS:-300}

# The same registry, emptied.
start_anew() {
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    start_daemon
}

# All events without what a registry gives, ids as uids, sorted.
events() {
    plenary export --as json | jq -cS '[.[].event] | (map({(.id): .uid}) | add) as $uids
        | map(walk(if type == "string" then $uids[.] // . else . end)
              | del(.id, .number, .revision, .icalSequence, .created, .updated, .createdBy, .updatedBy))
        | sort_by(.uid)'
}

@test "3 to 4 March are whole days until the 5th" {
    seed
    plenary export --as ics >"$work/seed.ics"
    run grep -A 20 "^UID:tashkent-conference" "$work/seed.ics"
    says "DTSTART;VALUE=DATE:20220303" "DTEND;VALUE=DATE:20220305" "STATUS:CONFIRMED"
}

@test "the seed's calendar is read by libraries of others, its lines short, its zones right" {
    seed
    plenary update tashkent-conference@caricc.example --start 2022-03-03T09:00 --end 2022-03-04T18:00
    plenary add meeting "Встреча экспертов по анализу обстановки с наркотиками в регионе Центральной Азии" \
        --start 2022-03-27T09:00 --end 2022-03-27T18:00 --tz Europe/Vienna
    plenary export --as ics -O "$work/seed.ics"
    run readers "$work/seed.ics" --zones
    [ "$status" -eq 0 ]
    says "libical: 13 events" "icalendar: 13 events" "vobject: 13 events" "zones: "
}

@test "generated events' calendar is read by libraries of others and comes back whole" {
    seed
    plenary-bench --generate "$generated" -O "$work/generated.jsonl"
    plenary import "$work/generated.jsonl"
    total=$(plenary count)
    plenary export --as ics -O "$work/all.ics"
    run readers "$work/all.ics" --zones
    [ "$status" -eq 0 ]
    says "libical: $total events" "icalendar: $total events" "vobject: $total events"
    run plenary import "$work/all.ics"
    says "no change" "$total unchanged"
}

@test "the seed comes back whole from a calendar and from a sheet" {
    seed
    events >"$work/before.json"
    for form in ics csv; do
        plenary export --as $form -O "$work/all.$form"
        start_anew
        run plenary import "$work/all.$form"
        [ "$status" -eq 0 ]
        says "12 registered"
        events >"$work/after.json"
        cmp "$work/before.json" "$work/after.json"
    done
}

@test "a calendar can carry the directory" {
    seed
    plenary export --as ics --directory -O "$work/all.ics"
    start_anew
    run plenary import "$work/all.ics"
    says "12 registered" "organisations: 32 registered"
    prints 2 plenary count --org unodc:sponsor
    run readers "$work/all.ics"
    says "icalendar: 12 events"
}

@test "a calendar of others is taken: zones by other names, unknown properties kept" {
    printf '%s\r\n' BEGIN:VCALENDAR VERSION:2.0 PRODID:x \
        BEGIN:VEVENT UID:outlook@example.org 'DTSTART;TZID=West Asia Standard Time:20220303T090000' \
        'DTEND;TZID=West Asia Standard Time:20220303T100000' 'SUMMARY:Встреча\, первая' \
        'X-MICROSOFT-CDO-BUSYSTATUS:BUSY' 'ORGANIZER;CN=Ana:mailto:ana@example.org' \
        'ATTENDEE;CN=Bek;PARTSTAT=ACCEPTED:mailto:bek@example.org' END:VEVENT \
        END:VCALENDAR >"$work/outlook.ics"
    plenary import "$work/outlook.ics"
    prints '"Asia/Tashkent"' bash -c 'plenary show outlook@example.org -o json | jq .schedule.timeZone'
    prints '"Встреча, первая"' bash -c 'plenary show outlook@example.org -o json | jq .title'
    prints '"accepted"' bash -c 'plenary show outlook@example.org -o json | jq .participants[0].response'
    run plenary export --as ics
    says X-MICROSOFT-CDO-BUSYSTATUS:BUSY "ORGANIZER;CN=Ana:mailto:ana@example.org"
    plenary export --as ics | plenary import -
}

@test "what is wrong in a calendar names file, record, uid and field, and nothing is sent" {
    printf '%s\n' BEGIN:VCALENDAR BEGIN:VEVENT UID:good@example.org DTSTART:20220303 SUMMARY:T END:VEVENT \
        BEGIN:VEVENT UID:bad@example.org 'DTSTART;TZID=Nowhere/Land:20220303T090000' SUMMARY:T END:VEVENT \
        END:VCALENDAR >"$work/wrong.ics"
    fails 6 plenary import "$work/wrong.ics"
    says "wrong.ics, record 2 (line 7, UID \"bad@example.org\"): schedule.start" "Nowhere/Land"
    prints 0 plenary count
    fails 6 plenary import "$work/wrong.ics" --errors "$work/rejects.jsonl"
    prints 1 plenary count
    prints bad@example.org jq -r .document.event.uid "$work/rejects.jsonl"
}

@test "a rule that its RFC forbids, or that gives nothing, is named and leaves the rest of a calendar alone" {
    printf '%s\n' BEGIN:VCALENDAR BEGIN:VEVENT UID:good@example.org DTSTART:20220303 SUMMARY:T \
        'RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13' END:VEVENT \
        BEGIN:VEVENT UID:week@example.org DTSTART:20220303 SUMMARY:T 'RRULE:FREQ=WEEKLY;BYMONTHDAY=3' END:VEVENT \
        BEGIN:VEVENT UID:never@example.org DTSTART:20220303 SUMMARY:T \
        'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30' END:VEVENT END:VCALENDAR >"$work/rules.ics"
    fails 6 plenary import "$work/rules.ics"
    says 'week@example.org"): recurrence.rrule' "BYMONTHDAY does not go with FREQ=WEEKLY"
    says 'never@example.org"): recurrence.rrule' "never gives an instance"
    fails 6 plenary import "$work/rules.ics" --errors "$work/rejects.jsonl"
    prints 1 plenary count
}

@test "add takes a calendar and a sheet too" {
    printf '%s\n' BEGIN:VCALENDAR BEGIN:VEVENT DTSTART:20220303 SUMMARY:One END:VEVENT END:VCALENDAR \
        >"$work/one.ics"
    plenary add -f "$work/one.ics"
    printf 'title;kind;start\nOther;webinar;2022-03-04\n' | plenary add -f -
    prints 2 plenary count
    prints 1 plenary count --kind webinar
}

@test "a sheet as a spreadsheet saves it: byte order mark, semicolons, CRLF, quotes" {
    printf '\xEF\xBB\xBFUID;Kind;Title;Start;End;Time_zone;City;Country;Organisations;Participants;Topics\r\n' \
        >"$work/plan.csv"
    printf '%s\r\n' \
        'a@example.org;meeting;"Один; ""два""";2022-03-03;2022-03-04;Asia/Tashkent;Ташкент;UZ;"unodc:organiser; Others:participant";"Ana Lee <ana@example.org>; role=speaker
Bek";"x; y"' \
        ';;;;;;;;;;' \
        'b@example.org;training;T;2022-04-01;;;;;;;' >>"$work/plan.csv"
    run plenary import "$work/plan.csv"
    [ "$status" -eq 0 ]
    says "2 registered"
    plenary show a@example.org -o json >"$work/a.json"
    prints 'Один; "два"' jq -r .title "$work/a.json"
    prints '[["unodc","organiser"],["Others","participant"]]' \
        jq -c '[.organisations[] | [.id // .name, .role]]' "$work/a.json"
    prints '[["Ana Lee","ana@example.org","speaker"],["Bek",null,null]]' \
        jq -c '[.participants[] | [.name, .email, .role]]' "$work/a.json"
    prints '["x","y"]' jq -c .topics "$work/a.json"
    run plenary import "$work/plan.csv"
    says "no change"
}

@test "what is wrong in a sheet names file, line and column" {
    printf 'uid,kind,title,start\na@example.org,meeting,T,03.03.2022\nb@example.org,gathering,T,2022-03-03\n' \
        >"$work/wrong.csv"
    fails 6 plenary import "$work/wrong.csv"
    says "wrong.csv, record 1 (line 2): column start: " "wrong.csv, record 2 (line 3): column kind: "
    printf 'uid,tittle\na@example.org,T\n' >"$work/names.csv"
    fails 6 plenary import "$work/names.csv"
    says 'names.csv: line 1: column "tittle" is unknown; did you mean "title"?'
    printf 'uid,title\na@example.org,"T\n' >"$work/open.csv"
    fails 6 plenary import "$work/open.csv"
    says "open.csv: line 2"
    prints 0 plenary count
}

@test "export says what it can write, and a sheet has no directory" {
    fails 2 plenary export --as pdf
    says ics csv
    fails 2 plenary export --as csv --directory
    says "events alone"
}
