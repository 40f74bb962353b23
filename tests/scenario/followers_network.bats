#!/usr/bin/env bats
# Programs that follow the registry from another machine, with a reader's key.

load helpers
load network

programs="notify calendar report"

scenario_setup() {
    followers=
    cd "$work"
    listen_at 127.0.0.1 "$(free_port)"
    let_in reader reader --clearance amber
    meeting "Open" --tlp green >/dev/null
    secret=$(meeting "Whisper" --tlp amber)
    meeting "Sealed" --tlp red --audience "somebody else" >/dev/null
}

scenario_teardown() {
    for each in $followers; do kill -9 "$each" 2>/dev/null || true; done
}

meeting() { add_meeting "$@" --start 2030-03-03 --end 2030-03-04; }

# Its command, with its state and its files in folders of its own.
command_of() {
    mkdir -p "$work/$1"
    command=("plenary-$1" --context reader --state "$work/$1.state")
    case $1 in
    notify) command+=(--jsonl "$work/notify/changes.jsonl") ;;
    calendar) command+=(-O "$work/calendar/live.ics") ;;
    report) command+=(--html "$work/report/page.html" --csv "$work/report/sheet.csv") ;;
    esac
}

catch_up() {
    local command
    command_of "$1"
    "${command[@]}" --once >>"$1.out" 2>>"$1.err"
}

# In the background; its pid is $NAME_pid.
begin() {
    local command
    command_of "$1"
    "${command[@]}" >>"$1.out" 2>>"$1.err" 3>&- &
    followers+=" $!"
    declare -g "$1_pid=$!"
    eventually grep -q "begins with" "$1.err"
}

# Anywhere in the files that it makes, or in its own copy.
holds() { grep -rqaF "$2" "$work/$1" "$work/$1.state"; }
holds_not() { ! holds "$@"; }

@test "each of them follows with what its key may see" {
    for program in $programs; do
        begin "$program"
    done
    meeting "Morning" --tlp amber >/dev/null
    meeting "Evening" --tlp red --audience "somebody else" >/dev/null
    for program in $programs; do
        eventually holds "$program" Morning
        holds_not "$program" Evening
        holds_not "$program" Sealed
    done
    holds calendar Whisper
    PLENARY_CONTEXT=reader plenary-calendar --once --state "$work/other" -O "$work/other.ics"
    cmp "$work/other.ics" "$work/calendar/live.ics"
}

@test "who is revoked stops with exit code 4 and says why; its files stay as they were" {
    for program in $programs; do
        begin "$program"
    done
    meeting "Morning" >/dev/null
    for program in $programs; do eventually holds "$program" Morning; done
    plenary principal revoke reader --yes
    meeting "Evening" >/dev/null
    for program in $programs; do
        pid=${program}_pid
        ends_with 4 "${!pid}"
        grep -q "plenary-$program: the key was revoked" "$program.err"
        fails 4 "plenary-$program" --context reader --state "$work/$program.state" --once
        says "does not let this key in"
        holds "$program" Morning
        holds_not "$program" Evening
    done
}

@test "rights that were lowered while it was away: what it may not see any more leaves its files" {
    for program in $programs; do
        catch_up "$program"
    done
    meeting "Morning" --tlp amber >/dev/null
    for program in $programs; do
        catch_up "$program"
        holds "$program" Morning
    done
    plenary principal update reader --clearance green
    meeting "Evening" --tlp green >/dev/null
    for program in $programs; do
        catch_up "$program"
        grep -q "or the rights have changed; taking a fresh snapshot" "$program.err"
        holds "$program" Evening
    done
    for word in Whisper Morning; do
        holds_not calendar "$word"
        holds_not report "$word"
    done
    # What was told was told; now it tells that they left.
    prints '["left",2]|["left",4]' bash -c "jq -c 'select(.relation == \"left\") |
        [.relation, .event.number]' notify/changes.jsonl | sort | paste -sd '|'"
    # Raised again, they come back.
    plenary principal update reader --clearance amber
    for program in $programs; do catch_up "$program"; done
    holds calendar Whisper
    holds report Whisper
}

@test "rights that are lowered while it runs: the same" {
    for program in $programs; do begin "$program"; done
    holds calendar Whisper
    plenary principal update reader --clearance green
    eventually holds_not calendar Whisper
    eventually holds_not report Whisper
    eventually grep -q '"left"' notify/changes.jsonl
    plenary update "$secret" --tlp green
    for program in $programs; do eventually holds "$program" Whisper; done
}
