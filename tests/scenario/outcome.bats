#!/usr/bin/env bats
# What an event led to, and what becomes of it.

load helpers

scenario_setup() {
    start_daemon
    plenary org add unodc --name "Office on Drugs and Crime" --acronym UNODC --kind international
    add_meeting "A meeting" --start 2022-03-03
    add_meeting "Its follow-up" --start 2022-06-03
}

@test "an outcome is added with all that is said of it" {
    prints '1 revised (revision 2): outcome 1 added: action_item "Share the lists"' \
        plenary outcome add 1 --kind action_item --title "Share the lists" --text "All of them" \
        --org UNODC --org "Somebody else" --date 2022-03-03 --due 2022-06-30 --state open
    prints '[{"kind":"action_item","title":"Share the lists","text":"All of them","date":"2022-03-03","organisations":["unodc","Somebody else"],"due":"2022-06-30","state":"open","number":1}]' \
        bash -c "plenary outcome list 1 -o json | jq -c ."
    run plenary show 1
    says "Share the lists" unodc "due 30 Jun 2022"
}

@test "an outcome is closed by another event, by its number in the list" {
    plenary outcome add 1 --kind decision --title One
    plenary outcome add 1 --kind action_item --title Two --state open --due 2022-06-30
    prints '1 revised (revision 4): outcome 2: action_item "Two", done' \
        plenary outcome update 1 2 --state done --closed-by 2 --no-due
    follow_up=$(plenary show 2 -o ids)
    prints "[\"done\",\"$follow_up\",null]" \
        bash -c "plenary outcome list 1 -o json | jq -c '.[1] | [.state, .closedBy, .due]'"
    run plenary outcome list 1
    says One Two NO STATE
    prints '1 unchanged (revision 4)' plenary outcome update 1 2 --state done
}

@test "what is wrong with an outcome is said, and nothing is changed" {
    fails 2 plenary outcome add 1 --title One
    says --kind
    fails 2 plenary outcome add 1 --kind decisn --title One
    says "did you mean decision?"
    fails 6 plenary outcome add 1 --kind decision
    says title
    fails 6 plenary outcome add 1 --kind decision --title One --due soon
    says due
    fails 6 plenary outcome add 1 --kind decision --title One --closed-by 99
    says closed_by 99
    fails 3 plenary outcome update 1 1 --state done
    says "there is no outcome 1"
    fails 6 plenary outcome update 1 first --state done
    fails 2 plenary outcome
    says "outcome add"
    prints 1 bash -c "plenary show 1 -o json | jq .revision"
    run plenary outcome list 1
    says "no outcomes"
}

@test "outcomes added at the same time are all there" {
    for i in $(seq 8); do
        plenary outcome add 1 --kind decision --title "Decision $i" >/dev/null 2>&1 3>&- &
    done
    wait $(jobs -p | grep -v "^$daemon$")
    prints 8 bash -c "plenary outcome list 1 -o json | jq length"
}
