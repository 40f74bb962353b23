#!/usr/bin/env bats
# Changing events: update, edit, moves of status; and what is told of it.

load helpers

editor() { # SHELL COMMANDS on "$1", the file that is edited
    printf '#!/bin/sh\n%s\n' "$1" >"$work/editor"
    chmod +x "$work/editor"
    export VISUAL= EDITOR=$work/editor
}

@test "an update says what changed" {
    id=$(add_meeting "A meeting" --start 2022-03-03 --room 5)
    prints "1 revised (revision 2): when 3 Mar 2022 → 4 Mar 2022; where - 5" \
        plenary update "$id" --start 2022-03-04 --no-room
    prints "1 unchanged (revision 2)" plenary update "$id" --start 2022-03-04
    prints "1 would be revised (revision 3): title A meeting → B" \
        plenary update "$id" --title B --dry-run
    prints 2 sequence
    fails 2 plenary update "$id"
}

@test "a time without seconds is the time with them" {
    id=$(add_meeting "A meeting" --start 2022-03-03T09:00 --end 2022-03-03T10:30)
    prints '["2022-03-03T09:00:00","2022-03-03T10:30:00"]' \
        bash -c "plenary show '$id' -o json | jq -c '[.schedule.start, .schedule.end]'"
    prints "1 unchanged (revision 1)" plenary update "$id" --start 2022-03-03T09:00:00
    prints "1 unchanged (revision 1)" plenary update "$id" --start 2022-03-03T09:00
}

@test "an override of a time without seconds is its series' own" {
    series() { # RECURRENCE ID
        printf 'uid: weekly@example.org\nrecurrenceId: %s\nkind: meeting\ntitle: Later\nschedule: {start: 2022-03-10T11:00}\n' "$1"
    }
    series 2022-03-10T09:00 >"$work/one.yaml"
    series 2022-03-10T09:00:00 >"$work/same.yaml"
    plenary add -f "$work/one.yaml"
    fails 5 plenary add -f "$work/same.yaml"
}

@test "lists are replaced, added to and taken from" {
    id=$(add_meeting "A meeting" --start 2022-03-03 --topic a --topic b)
    topics() { plenary show "$id" -o json | jq -c .topics; }
    plenary update "$id" --add-topic c --remove-topic a
    prints '["b","c"]' topics
    plenary update "$id" --topic d
    prints '["d"]' topics
    plenary update "$id" --topic ''
    prints null topics
    fails 6 plenary update "$id" --remove-topic zebra
    says zebra
}

@test "an organisation that the directory knows becomes its id" {
    plenary org add unodc --name "Office on Drugs and Crime" --acronym UNODC --kind international
    id=$(add_meeting "A meeting" --start 2022-03-03 --org UNODC:organiser --org "Someone else:host")
    parts() { plenary show "$id" -o json | jq -c '[.organisations[] | [.id, .name, .role]]'; }
    prints '[["unodc",null,"organiser"],[null,"Someone else","host"]]' parts
    plenary update "$id" --remove-org UNODC
    prints '[[null,"Someone else","host"]]' parts
    fails 5 plenary org add unodc --name "Again" --kind ngo
    fails 2 plenary org add other --name "Other" --kind ngp
    says ngo
}

@test "a participant is read with all that is said" {
    id=$(add_meeting "A meeting" --start 2022-03-03 \
        --participant 'Jane Doe <jane@example.org>;role=speaker;org=unodc;country=UZ;mode=online')
    prints '{"name":"Jane Doe","organisation":"unodc","country":"UZ","email":"jane@example.org","role":"speaker","mode":"online"}' \
        bash -c "plenary show '$id' -o json | jq -c .participants[0]"
    fails 6 plenary add meeting "M" --start 2022-03-03 --participant 'A;rolle=speaker'
    says role
    fails 6 plenary add meeting "M" --start 2022-03-03 --participant 'A;role=speeker'
    says speaker
}

@test "an event is edited as YAML" {
    id=$(add_meeting "A meeting" --start 2022-03-03)
    editor 'sed -i "s/^title: .*/title: Another title/" "$1"'
    prints "1 revised (revision 2): title A meeting → Another title" plenary edit "$id"
    editor true
    run plenary edit "$id"
    [ "$status" -eq 0 ]
    says "nothing was changed"
    prints 2 sequence
    editor false
    fails 1 plenary edit "$id"
    prints 2 sequence
}

@test "an edited text that is not valid is kept, and gone on with" {
    id=$(add_meeting "A meeting" --start 2022-03-03)
    export TMPDIR=$work
    editor 'sed -i "s/^kind: .*/kind: meetup/" "$1"'
    fails 6 plenary edit "$id" --no-input
    says meetup "plenary edit 1 -f"
    text=$(ls "$work"/plenary-1-*.yaml)
    editor 'sed -i "s/^kind: .*/kind: webinar/" "$1"'
    plenary edit "$id" -f "$text"
    prints '"webinar"' bash -c "plenary show '$id' -o json | jq .kind"
}

@test "where somebody else was faster, the text is kept" {
    id=$(add_meeting "A meeting" --start 2022-03-03)
    export TMPDIR=$work
    editor 'plenary update 1 --room 7 >/dev/null; sed -i "s/^title: .*/title: Mine/" "$1"'
    fails 5 plenary edit "$id"
    says "plenary edit 1 -f"
    grep -q "title: Mine" "$work"/plenary-1-*.yaml
    prints '"A meeting"' bash -c "plenary show '$id' -o json | jq .title"
}

@test "an event is withdrawn only where somebody says so" {
    id=$(add_meeting "A meeting" --start 2022-03-03)
    run plenary withdraw "$id" </dev/null
    [ "$status" -ne 0 ]
    says --yes
    prints 1 plenary count
    plenary withdraw "$id" --yes
    prints 0 plenary count
    fails 3 plenary show "$id"
    plenary show "$id" --at 1
}

@test "a copy of a printed event is registered, and what a file says twice is not" {
    plenary add meeting "A meeting" --start 2022-03-03 --uid one@example.org
    plenary show 1 -o yaml | sed 's/^uid: .*/uid: two@example.org/' | plenary add -f -
    prints 2 plenary count
    fails 2 plenary add -f - meeting "Title" </dev/null
}

@test "an event goes back to what it was, and says what that changed" {
    id=$(add_meeting "A meeting" --start 2022-03-03 --room 5)
    plenary update "$id" --title "Another title" --no-room
    plenary update "$id" --topic customs
    prints "1 would be revised (revision 4): title Another title → A meeting; where + 5; topic - customs" \
        plenary revert "$id" --to 1 --dry-run
    prints 3 sequence
    plenary revert "$id" --to 1 --if-rev 3
    prints '["A meeting","5",null,4]' bash -c \
        "plenary show '$id' -o json | jq -c '[.title, .venue.room, .topics, .revision]'"
    prints "1 unchanged (revision 4)" plenary revert "$id" --to 1
    fails 5 plenary revert "$id" --to 2 --if-rev 3
    fails 3 plenary revert "$id" --to 9
    says "revisions 1 to 4, not 9"
    fails 2 plenary revert "$id"
    says "--to 1"
    fails 6 plenary revert "$id" --to first
    run plenary help revert
    says "--to REVISION"
}
