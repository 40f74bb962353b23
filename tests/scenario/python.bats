#!/usr/bin/env bats
# Programs that are not C: examples/python on the broadcast and on the stream.

load helpers

python=/usr/bin/python3 # Debian's own: it is the one that has python3-zmq and python3-protobuf

scenario_setup() {
    listeners=()
    mkdir "$work/generated"
    protoc --proto_path="$EXAMPLES/../proto" --python_out="$work/generated" \
        "$EXAMPLES"/../proto/plenary/v1/*.proto
    export PYTHONPATH=$work/generated PYTHONDONTWRITEBYTECODE=1
    start_daemon
}

scenario_teardown() {
    local pid
    for pid in "${listeners[@]}"; do
        kill -9 "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
}

# write_events COUNT WORDS: as many clear events, each with a description of so many words.
write_events() {
    jq -nc --argjson count "$1" --argjson words "$2" 'range($count) | {event: {
        kind: "meeting", title: "Meeting \(.)", uid: "m\(.)@caricc.example",
        schedule: {start: "2022-03-03"}, handling: {tlp: "clear"},
        description: ("text " * $words)}}'
}

logged() { grep -qF "$1" "$PLENARY_HOME/plenaryd.log"; }

# hears FILE TOPIC...: a listener that writes into FILE, and is known to the daemon.
hears() {
    local file=$1
    shift
    "$python" "$EXAMPLES/python/hear_broadcast.py" "$@" >"$file" 2>&1 3>&- &
    listeners+=($!)
    eventually logged "broadcast is listened to"
}

# follows FILE FACET=VALUE...: a follower that appends to FILE, its cursor beside it; its pid is
# $follower.
follows() {
    local file=$1
    shift
    "$python" "$EXAMPLES/python/follow_stream.py" "$file.cursor" "$@" \
        >>"$file" 2>>"$file.errors" 3>&- &
    follower=$!
    listeners+=("$follower")
}

kill_follower() {
    kill -9 "$follower"
    wait "$follower" 2>/dev/null || true
}

has_line() { grep -qxF "$2" "$1"; }

# kept FILE SEQUENCE: the follower has dealt with that change, and its cursor says so.
kept() {
    protoc --proto_path="$EXAMPLES/../proto" --decode=plenary.v1.Cursor plenary/v1/stream.proto \
        <"$1.cursor" | grep -qx "sequence: $2"
}

# heard_each FILE LAST AGAIN: every change up to the last one, in order; whenever it was killed,
# fewer than AGAIN came a second time.
heard_each() {
    cut -d' ' -f1 "$1" | awk -v last="$2" -v again="$3" '
        $1 > heard + 1 || $1 + again <= heard { exit 1 }
        { heard = $1 }
        END { if (heard != last) exit 1 }'
}

@test "a ten-line listener hears a move where the event was and where it is" {
    hears "$work/heard" 'country='
    id=$(add_meeting "A meeting" --start 2022-03-03 --country UZ --tlp clear)
    plenary update "$id" --country KZ
    eventually has_line "$work/heard" "country=KZ; 2 0 revised A meeting"
    prints "country=UZ; 1 0 registered A meeting
country=UZ; 2 1 revised A meeting
country=KZ; 2 0 revised A meeting" cat "$work/heard"
}

@test "a listener of everything hears nothing of what is not clear, and a protected record leave" {
    hears "$work/heard" ''
    add_meeting "Green" --start 2022-03-03 --country UZ
    add_meeting "Amber" --start 2022-03-03 --country UZ --tlp amber
    add_meeting "Ours" --start 2022-03-03 --country UZ --tlp clear --audience police
    hidden=$(add_meeting "Hidden" --start 2022-03-03 --tlp amber)
    id=$(add_meeting "Shown" --start 2022-03-03 --country KZ --tlp clear --part-of "$hidden" \
        --participant 'Ada <ada@example.org>')
    plenary update "$id" --tlp amber --title Protected --city Astana
    plenary update "$id" --title "Protected too"
    add_meeting "Last" --start 2022-04-03 --tlp clear
    eventually grep -qF "month=2022-04; 8" "$work/heard"
    run cat "$work/heard"
    for word in Green Amber Ours Hidden Protected UZ astana part_of audience tlp ada police; do
        [[ $output != *"$word"* ]] || fails 0 echo "$word was heard"
    done
    says "country=KZ; 5 0 registered Shown" "country=KZ; 6 5 withdrawn " "month=2022-03; 6 5 withdrawn "
    [ "$(grep -c '; 6 ' "$work/heard")" -eq "$(grep -c '; 5 ' "$work/heard")" ]
}

@test "after a restart what was before on a topic is not known" {
    hears "$work/heard" 'all;'
    add_meeting "One" --start 2022-03-03 --tlp clear
    eventually has_line "$work/heard" "all; 1 0 registered One"
    stop_daemon
    mv "$PLENARY_HOME/plenaryd.log" "$work/old.log"
    start_daemon
    eventually logged "broadcast is listened to"
    add_meeting "Two" --start 2022-03-03 --tlp clear
    eventually has_line "$work/heard" "all; 2 0 registered Two"
    add_meeting "Three" --start 2022-03-03 --tlp clear
    eventually has_line "$work/heard" "all; 3 2 registered Three"
}

@test "a listener that is too slow sees by the numbers what it missed" {
    stop_daemon
    printf 'broadcast\n    queue = 1\n' >"$PLENARY_HOME/plenaryd.zpl"
    start_daemon
    cat >"$work/slow.py" <<'PYTHON'
import os, struct, sys, time, zmq
listener = zmq.Context().socket(zmq.SUB)
listener.rcvhwm = 1
listener.connect(f"ipc://{os.environ['PLENARY_HOME']}/run/broadcast.ipc")
listener.subscribe("all;")
while not os.path.exists(sys.argv[1]):
    time.sleep(0.05)
heard, missed, last = 0, 0, 0
while True:
    _, numbers, packed = listener.recv_multipart()
    sequence, previous = struct.unpack("<QQ", numbers)
    assert previous == sequence - 1, (sequence, previous)  # every change here is on the topic
    missed += previous - last
    heard += 1
    last = sequence
    print(heard, missed, last, b"Awake" in packed, flush=True)
PYTHON
    "$python" "$work/slow.py" "$work/awake" >"$work/heard" 2>&1 3>&- &
    listeners+=($!)
    eventually logged "broadcast is listened to"
    write_events 400 1600 >"$work/events.jsonl"
    plenary import "$work/events.jsonl"
    touch "$work/awake"
    is_awake() {
        add_meeting "Awake" --start 2022-03-03 --tlp clear
        grep -q True "$work/heard"
    }
    eventually is_awake
    read -r heard missed last _ < <(grep -m1 True "$work/heard")
    [ "$missed" -gt 0 ]
    [ $((heard + missed)) -eq "$last" ]
}

@test "a broadcast that is switched off has no socket" {
    [ -S "$PLENARY_HOME/run/broadcast.ipc" ]
    stop_daemon
    [ ! -e "$PLENARY_HOME/run/broadcast.ipc" ]
    printf 'broadcast\n    on = 0\n' >"$PLENARY_HOME/plenaryd.zpl"
    start_daemon
    [ ! -e "$PLENARY_HOME/run/broadcast.ipc" ]
    add_meeting "One" --start 2022-03-03 --tlp clear
}

@test "a follower that is killed hears each change in order, whatever happened to the daemon" {
    follows "$work/heard"
    seed
    eventually kept "$work/heard" 44
    kill_follower
    for i in 1 2 3; do plenary update un-delegation@caricc.example --capacity "$i"; done
    crash_daemon
    follows "$work/heard" # before there is a daemon
    start_daemon
    plenary cancel rocb-webinar@caricc.example --reason "None"
    eventually kept "$work/heard" 48
    crash_daemon # under a follower that hears
    start_daemon
    add_meeting "Last" --start 2022-03-03
    eventually kept "$work/heard" 49
    prints "$(seq 49)" cut -d' ' -f1 "$work/heard"
    says_so() { grep -q "is away" "$work/heard.errors" && grep -q "is back" "$work/heard.errors"; }
    eventually says_so
}

@test "a follower that is killed amid what it hears hears the rest, and leaves nothing out" {
    cat >"$work/slowly.py" <<'PYTHON'
import sys, time
sys.path.insert(0, sys.argv[1])
import follow_stream
deal = follow_stream.on_change
def deal_slowly(relation, change):
    time.sleep(0.001)
    deal(relation, change)
follow_stream.on_change = deal_slowly
follow_stream.main(sys.argv[2])
PYTHON
    write_events 1500 1 >"$work/events.jsonl"
    plenary import "$work/events.jsonl"
    hear_some() {
        "$python" "$work/slowly.py" "$EXAMPLES/python" "$work/heard.cursor" \
            >>"$work/heard" 2>&1 3>&- &
        follower=$!
        listeners+=("$follower")
    }
    touch "$work/heard"
    local before
    for _ in 1 2 3; do
        before=$(wc -l <"$work/heard")
        hear_some
        heard_more() { [ "$(wc -l <"$work/heard")" -ge $((before + 100)) ]; }
        eventually heard_more
        kill_follower
    done
    hear_some
    eventually kept "$work/heard" 1500
    heard_each "$work/heard" 1500 500
}

@test "a follower of a country hears an event come, change and go" {
    id=$(add_meeting "A meeting" --start 2022-03-03 --country KZ)
    follows "$work/heard" country=UZ country=TJ
    plenary update "$id" --country UZ
    plenary update "$id" --country TJ
    plenary update "$id" --country KZ
    eventually grep -q "^4 left" "$work/heard"
    uid=$(plenary show "$id" -o json | jq -r .uid)
    prints "2 entered revised A meeting
3 changed revised A meeting
4 left withdrawn $uid" cat "$work/heard"
}

@test "a follower whose cursor is of another registry takes a snapshot and goes on" {
    seed
    follows "$work/heard" country=UZ
    eventually kept "$work/heard" 44
    kill_follower
    stop_daemon
    rm -r "$PLENARY_HOME/data"
    start_daemon
    seed
    : >"$work/heard"
    follows "$work/heard" country=UZ
    eventually grep -q ^snapshot "$work/heard"
    prints "$(plenary count --country UZ)" grep -c ^snapshot "$work/heard"
    add_meeting "New" --start 2022-03-03 --country UZ
    eventually has_line "$work/heard" "45 entered registered New"
}

@test "a follower is told why its query is refused" {
    fails 1 timeout 20 "$python" "$EXAMPLES/python/follow_stream.py" "$work/cursor" colour=red
    says "follow_stream: " colour
    [ ! -e "$work/cursor" ]
    fails 1 "$python" "$EXAMPLES/python/follow_stream.py"
    says "CURSOR_FILE"
}
