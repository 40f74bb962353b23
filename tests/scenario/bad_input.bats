#!/usr/bin/env bats
# Bad input gets an error that names file, record and field, and nothing of it is stored.

load helpers

good='event: {uid: good@example.org, kind: meeting, title: Good, schedule: {start: 2022-03-03}}'

# Imports a file with one good record before the bad one.
import_bad() { # NAME
    { echo "$good"; echo "---"; cat; } >"$work/$1"
    fails 6 plenary import "$work/$1"
    says "$1"
}

# What was refused left nothing behind, and the daemon goes on.
nothing_half_stored() {
    fails 3 plenary show bad@example.org
    kill -0 "$daemon"
    plenary verify
    plenary add meeting "After it" --start 2022-03-03
}

@test "no title" {
    import_bad no-title.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, schedule: {start: 2022-03-03}}
END
    says title "record 2"
    nothing_half_stored
}

@test "an end before the start" {
    import_bad end.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, title: Bad, schedule: {start: 2022-03-03, end: 2022-03-01}}
END
    says "schedule.end" "2022-03-01 is before start 2022-03-03" "record 2"
    nothing_half_stored
}

@test "an unknown zone" {
    import_bad zone.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, title: Bad, schedule: {start: 2022-03-03, time_zone: Asia/Tashkant}}
END
    says "schedule.time_zone" "Asia/Tashkant" "record 2"
    nothing_half_stored
}

@test "a country that there is not" {
    import_bad country.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, title: Bad, schedule: {start: 2022-03-03}, venue: {country: XX}}
END
    says "venue.country" XX "record 2"
    nothing_half_stored
}

@test "a description of 10 MB" {
    {
        echo "event: {uid: bad@example.org, kind: meeting, title: Bad, schedule: {start: 2022-03-03},"
        printf '  description: "%s"}\n' "$(head -c 10000000 /dev/zero | tr '\0' x)"
    } >"$work/long"
    import_bad long.yaml <"$work/long"
    says description "record 2"
    [ "${#output}" -lt 2000 ]
    nothing_half_stored
}

@test "invalid UTF-8" {
    printf 'event: {uid: bad@example.org, kind: meeting, title: "B\xffd", schedule: {start: 2022-03-03}}\n' \
        >"$work/bytes"
    import_bad utf8.yaml <"$work/bytes"
    nothing_half_stored
}

@test "invalid UTF-8 in JSON" {
    printf '{"event": {"uid": "bad@example.org", "kind": "meeting", "title": "B\xffd"}}\n' >"$work/u.json"
    fails 6 plenary import "$work/u.json"
    says u.json
    nothing_half_stored
}

@test "an unknown field, with the nearest name" {
    import_bad field.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, titel: Bad, title: Bad, schedule: {start: 2022-03-03}}
END
    says titel title "record 2"
    nothing_half_stored
}

@test "an unknown value of an enumeration" {
    import_bad value.yaml <<'END'
event: {uid: bad@example.org, kind: meetup, title: Bad, schedule: {start: 2022-03-03}}
END
    says kind meetup "record 2"
    nothing_half_stored
}

@test "broken YAML: the line" {
    import_bad broken.yaml <<'END'
event: {uid: bad@example.org, kind: meeting
  title: [Bad
END
    says line
    nothing_half_stored
}

@test "broken JSON: the line" {
    printf '{"event":\n  {"uid": "bad@example.org",\n  "title": }}\n' >"$work/broken.json"
    fails 6 plenary import "$work/broken.json"
    says broken.json 3
    nothing_half_stored
}

@test "a document that is no record" {
    import_bad other.yaml <<'END'
meeting: {title: Bad}
END
    says "record 2" organisation
    nothing_half_stored
}

@test "a reference to an event that there is not" {
    import_bad reference.yaml <<'END'
event: {uid: bad@example.org, kind: meeting, title: Bad, schedule: {start: 2022-03-03}, part_of: nowhere@example.org}
END
    says part_of nowhere@example.org
    nothing_half_stored
}

@test "a file that is not there" {
    run plenary import "$work/nowhere.yaml"
    [ "$status" -ne 0 ]
    says nowhere.yaml
    prints 0 plenary count
}

@test "a dry run says what is wrong and stores nothing" {
    printf '%s\n' "$good" >"$work/good.yaml"
    run plenary import --dry-run "$work/good.yaml"
    [ "$status" -eq 0 ]
    prints 0 plenary count
    prints 0 sequence
}

@test "values of options are checked like those of files" {
    fails 6 plenary add meeting "Bad" --start 2022-03-03 --end 2022-03-01
    says "schedule.end"
    fails 6 plenary add meeting "Bad" --start 2022-03-03 --tz Asia/Tashkant
    says "schedule.time_zone"
    fails 6 plenary add meeting "Bad" --start 2022-03-03 --country XX
    says "venue.country"
    fails 6 plenary add meeting "" --start 2022-03-03
    says title
    prints 0 plenary count
}
