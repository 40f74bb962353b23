#!/usr/bin/env bats
# An agency on another host: its own machine, its own home, and a cable to the registry's.

load helpers
load network
load hosts

scenario_setup() {
    registry_host= agency_host= follower=
    cd "$work"
    make_hosts
    agency_home=$work/agency
    mkdir "$agency_home"
    enter "$registry_host"
    daemon_host=("${entered[@]}")
    listen_at "$registry_address" 5570
    join azamat registrar
}

scenario_teardown() {
    [ -z "$follower" ] || kill -9 "$follower" 2>/dev/null || true
    remove_hosts
}

# agency COMMAND...: on the other host, with its own home.
agency() { PLENARY_HOME=$agency_home on_agency "$@"; }

# join NAME ROLE...: the agency makes a key and says its public part; the registry lets it in.
join() {
    agency plenary key generate "$agency_home/$1.key" >/dev/null
    plenary principal add "$1" --role "$2" --org unodc --key "@$agency_home/$1.key.pub" "${@:3}"
    agency plenary context add office "tcp://$registry_address:5570" --server-key "@$server" \
        --key "$agency_home/$1.key"
    agency plenary context use office
}

# In the background; its pid is $follower.
agency_follows() {
    local entered
    enter "$agency_host"
    PLENARY_HOME=$agency_home "${entered[@]}" "$@" 3>&- &
    follower=$!
}
agency_watches() { agency_follows plenary watch --since 0 -o jsonl >>heard 2>watch.err; }

meeting() { plenary add meeting "$1" --start 2030-03-03 --end 2030-03-04 -o ids; }
# Of events no change is left out, and none is heard twice.
heard_each_once() {
    prints "$(plenary log --record event -o jsonl | jq .sequence | sort -n)" \
        jq 'select(.event).sequence' heard
}

@test "it registers, watches, is revoked, and gets nothing more" {
    id=$(agency plenary add meeting "Workshop" --start 2030-03-03 --end 2030-03-04 \
        --org unodc:organiser -o ids)
    prints "$id" agency plenary list -o ids
    prints '["azamat"]' jq -c '[.byPrincipal]' <(plenary log --record event -o jsonl)
    agency_watches
    eventually grep -q Workshop heard
    meeting "First" >/dev/null
    eventually grep -q First heard
    plenary principal revoke azamat --yes
    meeting "Second" >/dev/null
    ends_with 4 "$follower"
    grep -q "the key was revoked" watch.err
    run grep -c Second heard
    [ "$output" = 0 ]
    fails 4 agency plenary list
    says "tcp://$registry_address:5570 (context office) does not let this key in" "was revoked"
    fails 4 agency plenary watch --no-follow
    says "does not let this key in"
    prints 3 plenary count
    log_has "last_address=$agency_address"
}

@test "there is no other way in from there" {
    # The registry's own sockets are files of its machine; the agency's home has none.
    fails 7 agency plenary --context local status
    says "no plenaryd answers at $agency_home"
    prints "" on_agency sh -c "ip -o address | grep -F $registry_address || true"
}

@test "the cable is out for some seconds: the watch goes on, and a request is done once" {
    agency_watches
    meeting "Before" >/dev/null
    eventually grep -q Before heard
    pull_out
    meeting "Meanwhile" >/dev/null
    agency plenary add meeting "From there" --start 2030-03-03 --end 2030-03-04 \
        --org unodc:organiser -o ids >added 2>add.err 3>&- &
    adding=$!
    sleep 3
    run grep -c Meanwhile heard
    [ "$output" = 0 ]
    kill -0 "$adding"
    plug_in
    wait "$adding"
    meeting "After" >/dev/null
    eventually grep -q After heard
    heard_each_once
    prints 4 plenary count
    prints "$(cat added)" plenary list --text "From there" -o ids
    kill -0 "$follower"
}

@test "the cable is out for longer than silence is borne: the watch says so, and goes on" {
    agency_watches
    meeting "Before" >/dev/null
    eventually grep -q Before heard
    pull_out
    for number in 1 2 3; do meeting "Meanwhile $number" >/dev/null; done
    eventually grep -q "LOST nothing was heard from tcp://$registry_address:5571" watch.err
    plug_in
    meeting "After" >/dev/null
    eventually grep -q After heard
    heard_each_once
    prints 1 grep -c LOST watch.err
    prints 1 grep -c BACK watch.err
}

@test "the registry is killed and started again: the watch goes on" {
    agency_watches
    for round in 1 2 3; do
        meeting "Before $round" >/dev/null
        crash_daemon
        start_daemon --config plenaryd.zpl
        meeting "After $round" >/dev/null
        eventually grep -q "After $round" heard
    done
    heard_each_once
    grep -q LOST watch.err
    grep -q BACK watch.err
}

@test "the registry is away: that is told soon, with the reason" {
    stop_daemon
    at_most_ms 4000 fails 7 agency plenary list
    says "no plenaryd listens at tcp://$registry_address:5570 (context office)"
}

@test "a calendar there is kept current, and left as it is when its key is revoked" {
    agency_follows plenary-calendar -O "$agency_home/live.ics" 2>calendar.err
    meeting "First" >/dev/null
    eventually grep -q SUMMARY:First "$agency_home/live.ics"
    plenary principal revoke azamat --yes
    meeting "Second" >/dev/null
    ends_with 4 "$follower"
    grep -q "plenary-calendar: the key was revoked" calendar.err
    grep -q SUMMARY:First "$agency_home/live.ics"
    run grep -c Second "$agency_home/live.ics"
    [ "$output" = 0 ]
    fails 4 agency plenary-calendar -O "$agency_home/live.ics" --once
    says "does not let this key in"
}
