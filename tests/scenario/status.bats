#!/usr/bin/env bats
# An event's status moves by one table.

load helpers

status_of() { plenary show "$1" -o json | jq -r .status; }

@test "an event is cancelled with a reason, and reinstated to what it was" {
    id=$(add_meeting "Talks" --start 2022-03-03 --status tentative)
    plenary cancel "$id" --reason "Snow on the pass"
    prints cancelled status_of "$id"
    prints "Snow on the pass" bash -c "plenary show $id -o json | jq -r .statusReason"
    prints 1 plenary count --status cancelled
    plenary reinstate "$id"
    prints tentative status_of "$id"
    prints 0 plenary count --status cancelled
}

@test "an event without a status is confirmed, and held when it took place" {
    id=$(add_meeting "Talks" --start 2022-03-03)
    prints confirmed status_of "$id"
    plenary hold "$id"
    prints held status_of "$id"
    fails 6 plenary hold "$id"
}

@test "a tentative event is not marked as held" {
    id=$(add_meeting "Talks" --start 2022-03-03 --status tentative)
    fails 6 plenary hold "$id"
    says confirmed
    plenary update "$id" --status confirmed
    plenary hold "$id"
}

@test "a cancelled event does not come back by an update" {
    id=$(add_meeting "Talks" --start 2022-03-03)
    plenary cancel "$id" --reason "None came"
    fails 6 plenary update "$id" --status confirmed
    says status
    fails 6 plenary cancel "$id" --reason "Again"
}

@test "a withdrawn event leaves every view, and its uid stays reserved" {
    seed
    plenary withdraw rocb-webinar@caricc.example --yes
    prints 11 plenary count
    prints 0 plenary count --kind webinar
    fails 3 plenary show rocb-webinar@caricc.example
    before=$(sequence)
    run plenary import "$EXAMPLES/caricc/events/rocb-webinar.yaml"
    [ "$status" -ne 0 ]
    prints 11 plenary count
    prints "$before" sequence
}
