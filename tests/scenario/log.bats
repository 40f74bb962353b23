#!/usr/bin/env bats
# Every change, who made it and to what.

load helpers

scenario_setup() {
    start_daemon
    plenary org add unodc --name "UN Office on Drugs and Crime" --kind international
    first=$(add_meeting "Border talks" --start 2022-03-03)
    second=$(add_meeting "Customs talks" --start 2022-03-05)
    plenary cancel "$first" --reason "no quorum"
    plenary withdraw "$second" --yes
}

actions() { plenary log "$@" -o json | jq -c '[.[] | [.sequence, .action]]'; }

@test "the log has the changes of all records, the latest first, or the first one first" {
    prints '[[5,"withdrawn"],[4,"cancelled"],[3,"registered"],[2,"registered"],[1,"registered"]]' \
        actions
    prints '[[1,"registered"],[2,"registered"]]' actions --reverse -n 2
    run plenary log
    says "CHANGE" "withdrawn" "local" "Border talks" "organisation unodc"
}

@test "the log is filtered by who, what and when" {
    prints '[[5,"withdrawn"],[4,"cancelled"]]' actions --action cancelled --action withdrawn
    prints '[[1,"registered"]]' actions --record organisation
    prints '[[5,"withdrawn"]]' actions --since 4 --principal local
    prints '[]' actions --principal nobody
    prints '[]' actions --to 2000-01-01
    prints '[[5,"withdrawn"]]' actions --from "$(date -d yesterday +%F)" --to "$(date +%F)" -n 1
}

@test "the log comes as lines for programs" {
    prints "$second" bash -c "plenary log -n 1 -o ids"
    prints 5 bash -c "plenary log -o jsonl | wc -l"
    run plenary log -o csv --reverse -n 2
    says "sequence,time,action,principal,organisation,record,number,id,revision,title"
    says ",registered,local,,organisation,,unodc,1,UN Office on Drugs and Crime"
    says ",registered,local,,event,1,$first,1,Border talks"
}

@test "what cannot be asked of the log is said" {
    fails 2 plenary log --action moved
    says "--action" "cancelled"
    fails 2 plenary log --record meeting
    fails 6 plenary log --from yesterweek
    fails 6 plenary log --since then
    fails 2 plenary log --country UZ
}
