#!/usr/bin/env bats
# The daemon's own life: one for each folder, a clean stop, a crash, checking and rebuilding.

load helpers

# Changes bytes of a file behind the daemon's back, in every copy of the page.
tamper() { # FOLDER FROM TO
    local file=$PLENARY_HOME/data/$1/data.mdb
    grep -qaF "$2" "$file"
    LC_ALL=C sed -i "s/$2/$3/g" "$file"
}

@test "a home has one daemon; a second one is told which" {
    fails 6 timeout 10 plenaryd
    says "$daemon" "$PLENARY_HOME"
    plenary status
}

@test "data has one daemon, wherever its sockets are" {
    mkdir "$work/other"
    printf 'folders\n    data = "%s"\n' "$PLENARY_HOME/data" >"$work/other/plenaryd.zpl"
    fails 6 timeout 10 plenaryd --home "$work/other"
    says "$daemon"
    plenary status
}

@test "sockets have one daemon, wherever its data are" {
    mkdir "$work/other"
    printf 'folders\n    run = "%s"\n' "$PLENARY_HOME/run" >"$work/other/plenaryd.zpl"
    fails 6 timeout 10 plenaryd --home "$work/other"
    says another "$PLENARY_HOME/run"
    plenary status
}

@test "everything is there after a clean stop" {
    seed
    stop_daemon
    start_daemon
    prints 12 plenary count
    prints 44 sequence
    prints 2 plenary count --org unodc:sponsor
}

@test "a clean stop leaves nothing to replay" {
    seed
    stop_daemon
    start_daemon
    prints 44 bash -c 'plenary status -o json | jq .checkpointSequence'
}

@test "everything is there after a crash" {
    seed
    crash_daemon
    start_daemon
    prints 12 plenary count
    prints 44 sequence
    plenary search Душанбе
    plenary verify
}

@test "a daemon that stops finishes, and those who ask meanwhile are told" {
    seed
    stop_daemon
    fails 7 plenary status
    [ ! -e "$PLENARY_HOME/run/requests.ipc" ] || fails 7 plenary count
}

@test "--check finds nothing wrong after work, a clean stop and a crash" {
    seed
    plenary cancel un-delegation@caricc.example --reason "None"
    plenary withdraw rocb-webinar@caricc.example --yes
    crash_daemon
    run plenaryd --check
    [ "$status" -eq 0 ]
    start_daemon
    stop_daemon
    run plenaryd --check
    [ "$status" -eq 0 ]
}

@test "--check finds a view that does not fit the journal" {
    seed
    stop_daemon
    tamper views city=tashkent city=tushkent
    run plenaryd --check
    [ "$status" -ne 0 ]
    run plenaryd --reindex
    [ "$status" -eq 0 ]
    run plenaryd --check
    [ "$status" -eq 0 ]
    start_daemon
    prints 3 plenary count --city tashkent
}

@test "--check finds a journal that was tampered with" {
    seed
    stop_daemon
    tamper journal "Serena Hotel" "Selena Hotel"
    run plenaryd --check
    [ "$status" -ne 0 ]
}

@test "--check and --reindex leave a folder alone that is in use" {
    fails 6 timeout 10 plenaryd --check
    says "$daemon"
    fails 6 timeout 10 plenaryd --reindex
    says "$daemon"
    plenary status
}

@test "--reindex rebuilds views that are gone" {
    seed
    stop_daemon
    rm -r "$PLENARY_HOME/data/views"
    plenaryd --reindex
    start_daemon
    prints 12 plenary count
    prints 3 plenary count --city Ташкент
    stop_daemon
    plenaryd --check
}

@test "views that are gone are rebuilt at the start" {
    seed
    crash_daemon
    rm -r "$PLENARY_HOME/data/views"
    start_daemon
    prints 12 plenary count
    prints 2 plenary count --org unodc:sponsor
}

@test "verify reads the whole journal" {
    seed
    run plenary verify
    [ "$status" -eq 0 ]
    says 44
}
