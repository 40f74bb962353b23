# What every scenario has: a home of its own, a daemon in it, and words to say what is expected.
#
# `run` is bats' own: afterwards $status is the exit code and $output what was printed, both streams.

ready_timeout_s=30

bats_require_minimum_version 1.5.0

setup() {
    PLENARY_HOME=$(mktemp -d /tmp/plenary-scenario.XXXXXX) # short: the path of a socket is bounded
    export PLENARY_HOME NO_COLOR=1
    work=$PLENARY_HOME/work
    mkdir "$work"
    daemon=
    daemon_host=() # the command by which the daemon runs on another host (two_hosts)
    if declare -F scenario_setup >/dev/null; then scenario_setup; else start_daemon; fi
}

teardown() {
    if [ -n "${BATS_ERROR_STATUS:-}" ] && [ "$BATS_ERROR_STATUS" != 0 ]; then
        echo "# exit code $status, output:"
        echo "$output" | head -n 40
        echo "# plenaryd:"
        tail -n 20 "$PLENARY_HOME/plenaryd.log" 2>/dev/null
    fi
    if [ -n "$daemon" ]; then
        kill -9 "$daemon" 2>/dev/null || true
        wait "$daemon" 2>/dev/null || true
    fi
    if declare -F scenario_teardown >/dev/null; then scenario_teardown; fi
    rm -rf "$PLENARY_HOME"
}

# Waits until a command succeeds.
eventually() {
    local deadline=$((SECONDS + ready_timeout_s))
    until "$@" >/dev/null 2>&1; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "not within $ready_timeout_s s: $*"
            return 1
        fi
        sleep 0.05
    done
}

start_daemon() {
    "${daemon_host[@]}" plenaryd "$@" >>"$PLENARY_HOME/plenaryd.log" 2>&1 3>&- &
    daemon=$!
    eventually answers_or_ended
    plenary status >/dev/null
}

answers_or_ended() { plenary status || ! kill -0 "$daemon"; }

# Asks the daemon to stop; its exit code is the function's.
stop_daemon() {
    local pid=$daemon code=0
    daemon=
    kill -TERM "$pid"
    wait "$pid" || code=$?
    return "$code"
}

crash_daemon() {
    kill -9 "$daemon"
    wait "$daemon" 2>/dev/null || true
    daemon=
}

# The sequence of the last change.
sequence() { plenary status -o json | jq .sequence; }

seed() { plenary import "$EXAMPLES/caricc"; }

# fails CODE COMMAND...: it ends with that code; $output is what it said.
fails() {
    local expected=$1
    shift
    run "$@"
    if [ "$status" -ne "$expected" ]; then
        echo "exit code $status, expected $expected: $*"
        return 1
    fi
}

# says TEXT...: $output has each of these.
says() {
    local text
    for text in "$@"; do
        if [[ $output != *"$text"* ]]; then
            echo "not said: $text"
            return 1
        fi
    done
}

# prints EXPECTED COMMAND...: exit code 0, and exactly that on stdout.
prints() {
    local expected=$1
    shift
    run --separate-stderr "$@"
    if [ "$status" -ne 0 ] || [ "$output" != "$expected" ]; then
        echo "exit code $status, output \"$output\", expected \"$expected\": $*"
        return 1
    fi
}

# Registers a meeting and prints its id.
add_meeting() { plenary add meeting "$@" -o ids; }
