#!/usr/bin/env bats
# A full disk: writes are refused, reading goes on, and writing resumes when there is room.

load helpers

disk_bytes=$((6 * 1024 * 1024))

scenario_setup() {
    mkdir "$PLENARY_HOME/data"
    mount -t tmpfs -o "size=$disk_bytes,mode=0700" tmpfs "$PLENARY_HOME/data" 2>/dev/null ||
        skip "mounting is not permitted here"
    start_daemon
}

scenario_teardown() { umount "$PLENARY_HOME/data" 2>/dev/null || true; }

# A meeting with a long description, as one command.
add_long() { plenary add meeting "Filling $1" --start 2022-03-03 --description "$long"; }

fill() {
    local n
    for n in $(seq 400); do
        run add_long "$n"
        [ "$status" -eq 0 ] || return 0
    done
    echo "the disk never became full"
    return 1
}

@test "refused as unavailable, read on, and resumed" {
    seed
    # Room that can be given back without touching what is the daemon's.
    head -c 2000000 /dev/zero >"$PLENARY_HOME/data/ballast"
    long=$(head -c 60000 /dev/zero | tr '\0' x)
    fill
    [ "$status" -eq 7 ]
    says "disk is full"
    full_at=$(sequence)

    prints 3 plenary count --country UZ
    plenary show un-delegation@caricc.example
    plenary search Ташкент
    fails 7 add_long again
    prints "$full_at" sequence

    rm "$PLENARY_HOME/data/ballast"
    eventually add_long resumed
    prints $((full_at + 1)) sequence
    plenary verify
    stop_daemon
    plenaryd --check
}
