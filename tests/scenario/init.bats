#!/usr/bin/env bats
# plenaryd init: the server's key and the first admin.

load helpers

scenario_setup() { cd "$work"; }

data() { echo "$PLENARY_HOME/data/$1"; }
admins() { plenary principal list -o json | jq -c '[.[] | [.name, .role, (.keys|length)]]'; }

@test "it makes the server's key and an admin with a key" {
    run plenaryd init
    [ "$status" -eq 0 ]
    says "admin: admin, registered by change 1" "server key: made" "admin.key" "server.key.pub"
    for key in server.key admin.key; do
        [ "$(stat -c %a "$(data $key)")" = 600 ]
        secret=$(sed -n 's/.*secret-key = "\(.*\)"/\1/p' "$(data $key)")
        [ ${#secret} = 40 ]
        [[ $output != *"$secret"* ]]
    done
    start_daemon
    prints '[["admin","admin",1]]' admins
    prints '["registered","local","admin"]' jq -c '[.action, .byPrincipal, .principal.name]' \
        <(plenary log -o jsonl)
    prints admin plenary principal show \
        "$(plenary key show "$(data admin.key)" -o json | jq -r .fingerprint)" -o ids
}

@test "run again it changes nothing" {
    plenaryd init --admin ada
    before=$(sha256sum "$PLENARY_HOME"/data/*.key*)
    for again in "" "--admin ada" "--key @$(data ada.key)"; do
        # shellcheck disable=SC2086 # words
        run plenaryd init $again
        [ "$status" -eq 0 ]
        says "admin: ada is there" "server key: is there"
    done
    [ "$(sha256sum "$PLENARY_HOME"/data/*.key*)" = "$before" ]
    # The admin's pair belongs elsewhere; the server's public part is made anew.
    mv "$(data ada.key)" "$work"
    rm "$(data server.key.pub)"
    plenaryd init
    [ ! -e "$(data ada.key)" ]
    grep -q public-key "$(data server.key.pub)"
    start_daemon
    prints 1 sequence
}

@test "an admin brings their own key" {
    plenary key generate mine >/dev/null
    plenaryd init --admin ada --key @mine.pub
    [ ! -e "$(data ada.key)" ]
    start_daemon
    prints '[["ada","admin",1]]' admins
    prints ada plenary principal show "$(plenary key show mine -o json | jq -r .fingerprint)" -o ids
}

@test "what it cannot do it says, and does nothing" {
    fails 6 plenaryd init --key nonsense
    fails 6 plenaryd init --admin "../evil"
    says name
    fails 6 plenaryd init --admin local
    fails 2 plenaryd --admin ada
    says "plenaryd init"
    fails 2 plenaryd init more
    fails 2 plenaryd init --check
    fails 3 plenaryd init --key @nothing
    [ ! -e "$(data server.key)" ]
    plenaryd init --admin ada
    fails 6 plenaryd init --admin olga
    says "ada is the registry's admin already"
    plenary key generate other >/dev/null
    fails 6 plenaryd init --key @other
    says "with another key"
    start_daemon
    fails 6 plenaryd init
    says "in use by another plenaryd"
    prints 1 sequence
    stop_daemon
    chmod 640 "$(data server.key)"
    fails 6 plenaryd init
    says "others may read"
}

@test "who was admin and is revoked is no admin" {
    plenaryd init
    start_daemon
    plenary principal revoke admin --yes
    stop_daemon
    fails 6 plenaryd init
    says "was revoked"
    plenaryd init --admin second
    start_daemon
    prints '[["second","admin",1]]' admins
}
