# For scenarios with plenary-notify in the background: it is ended with the scenario.

scenario_setup() {
    notify=
    start_daemon
}

scenario_teardown() {
    if [ -n "$notify" ]; then
        kill -9 "$notify" 2>/dev/null || true
        wait "$notify" 2>/dev/null || true
    fi
}

# Starts it with these options and waits until it has begun; lines go to $work/out, messages to
# $work/err.
start_notify() {
    plenary-notify "$@" >>"$work/out" 2>>"$work/err" 3>&- &
    notify=$!
}

begin_notify() {
    start_notify "$@"
    eventually grep -q 'begins with' "$work/err"
}

# Asks it to stop; its exit code is the function's.
stop_notify() {
    local pid=$notify code=0
    notify=
    kill -TERM "$pid"
    wait "$pid" || code=$?
    return "$code"
}

catch_up() { plenary-notify "$@" --once; }
