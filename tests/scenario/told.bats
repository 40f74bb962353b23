#!/usr/bin/env bats
# Who was told: how far named subscribers have come, and which changes they had acknowledged.

load helpers

scenario_teardown() {
    [ -z "${watcher:-}" ] || kill "$watcher" 2>/dev/null || true
}

# hear NAME FILTERS...: hears all that there is by that name, and ends.
hear() {
    local name=$1
    shift
    plenary watch --name "$name" --since 0 --no-follow "$@" >/dev/null
}

told() { plenary history "$1" --told -o json | jq -c '[.[] | .told]'; }

acknowledged() {
    plenary status -o json |
        jq -r --arg name "$1" '.subscribers[] | select(.name == $name) | .acknowledgedSequence'
}

@test "the history says who had acknowledged each change that they hear" {
    meeting=$(add_meeting "Border talks" --start 2022-03-03)
    training=$(plenary add training "Border training" --start 2022-03-05 -o ids)
    hear desk
    hear trainings --kind training
    plenary update "$training" --title "Border training, moved"
    prints '[["desk"]]' told "$meeting"
    prints '[[],["desk","trainings"]]' told "$training"
    run plenary history "$training" --told
    says TOLD "desk, trainings"
    run plenary history "$training"
    [[ $output != *TOLD* ]]
}

@test "the status lists named subscribers with how far they are" {
    add_meeting "Border talks" --start 2022-03-03
    plenary watch --name desk --since 0 >"$work/heard" 3>&- &
    watcher=$!
    eventually grep -q Border "$work/heard"
    eventually bash -c "plenary status | grep -q 'subscriber desk *connected, has acknowledged up to 1'"
    kill "$watcher"
    eventually bash -c "plenary status | grep -q 'subscriber desk *away since .*, had acknowledged up to 1'"
}

@test "what was acknowledged is known after a restart, and soon after a crash" {
    meeting=$(add_meeting "Border talks" --start 2022-03-03)
    hear desk
    eventually [ "$(acknowledged desk)" = 1 ]
    stop_daemon
    start_daemon
    prints '[["desk"]]' told "$meeting"
    plenary update "$meeting" --title "Border talks, moved"
    hear desk
    written() { [ "$PLENARY_HOME/data/subscribers" -nt "$work/mark" ]; }
    touch "$work/mark"
    hear desk
    eventually written
    crash_daemon
    start_daemon
    prints '[["desk"],["desk"]]' told "$meeting"
}

@test "a note of another registry, or none at all, is passed over" {
    meeting=$(add_meeting "Border talks" --start 2022-03-03)
    hear desk
    stop_daemon
    echo nonsense >"$PLENARY_HOME/data/subscribers"
    start_daemon
    prints '[[]]' told "$meeting"
}
