#!/usr/bin/env bats
# Over the network: CURVE, the ZAP handler, contexts; who is let in, and who is shut out.

load helpers
load network

scenario_setup() {
    watcher=
    proxy=
    cd "$work"
    listen_at 127.0.0.1 "$(free_port)"
}

scenario_teardown() {
    for each in $watcher $proxy; do kill "$each" 2>/dev/null || true; done
}

# In the foreground, so that SIGTERM goes to the watcher alone, not to the process by which
# LeakSanitizer looks at its end: it would wait for that one for ever.
start_watching() {
    timeout --foreground 60 plenary --context azamat watch --since 0 >heard 2>watch.err 3>&- &
    watcher=$!
}

# Request{correlation = 1, get_status = {}}, packed.
status_request() { echo 1001ba0100; }

@test "an agency registers and watches from another machine, as what it is" {
    let_in azamat registrar
    id=$(as azamat add meeting "Workshop" --start 2030-03-03 --end 2030-03-04 --org unodc:organiser \
        -o ids)
    prints "$id" as azamat list -o ids
    prints '["azamat"]' jq -c '[.byPrincipal]' <(plenary log --record event -o jsonl)
    as azamat watch --since 0 --no-follow -o jsonl >heard
    prints Workshop jq -r 'select(.event).event.title' heard
    # Not an admin, whatever the machine.
    fails 4 as azamat principal list
    fails 4 as azamat org add other --name "Another one" --kind state
    PLENARY_CONTEXT=azamat fails 4 plenary principal list
    plenary principal list
}

@test "an admin's key is an admin's" {
    mv "$PLENARY_HOME/data/admin.key" .
    context admin
    plenary context use admin
    [ "$(plenary principal list -o ids)" = admin ]
    plenary principal update admin --add-group drugs
    prints '"admin"' jq -c .byPrincipal <(plenary log -o jsonl -n 1)
    plenary context use local
}

@test "who is revoked hears nothing more, and asks nothing more" {
    let_in azamat registrar
    start_watching
    add_meeting "First" --start 2030-03-03 --end 2030-03-04 >/dev/null
    eventually grep -q First heard
    plenary principal revoke azamat --yes
    add_meeting "Second" --start 2030-03-03 --end 2030-03-04 >/dev/null
    code=0
    wait "$watcher" || code=$?
    [ "$code" -eq 4 ]
    grep -q "the key was revoked" watch.err
    run grep -c Second heard
    [ "$output" = 0 ]
    fails 4 as azamat list
    says "does not let this key in"
    eventually log_has 'event="connections refused".*unknown_key=[1-9]'
}

@test "a connection that is there is refused with its next request" {
    let_in azamat reader
    cat >hold.py <<'PY'
import sys, time, zmq
port, server, path = sys.argv[1:]
def key(file, name):
    return [l.split('"')[1] for l in open(file) if name in l][0].encode()
socket = zmq.Context().socket(zmq.DEALER)
socket.curve_serverkey = key(server, "public-key")
socket.curve_publickey, socket.curve_secretkey = key(path, "public-key"), key(path, "secret-key")
socket.linger, socket.rcvtimeo = 0, 20000
socket.connect("tcp://127.0.0.1:" + port)
for number in (1, 2):
    socket.send(b"PLN1" + bytes.fromhex(sys.stdin.readline().strip()))
    print(repr(socket.recv()[4:]), flush=True)
PY
    coproc held { /usr/bin/python3 hold.py "$port" "$server" azamat.key 2>hold.err 3>&-; }
    echo "$(status_request)" >&"${held[1]}"
    read -r -t 20 first <&"${held[0]}"
    [[ $first == b* && $first != *revoked* ]]
    plenary principal revoke azamat --yes
    echo "$(status_request)" >&"${held[1]}"
    read -r -t 20 second <&"${held[0]}"
    [[ $second == *"the key was revoked"* ]]
}

@test "other rights begin a stream anew" {
    let_in azamat reader
    start_watching
    add_meeting "Green" --start 2030-03-03 --end 2030-03-04 >/dev/null
    eventually grep -q Green heard
    plenary principal update azamat --clearance amber
    eventually grep -q "does not fit" watch.err
    grep -q "what you may see has changed" watch.err
    kill "$watcher"
}

@test "a new key does not disturb a stream; a dropped one ends it" {
    let_in azamat reader
    start_watching
    add_meeting "First" --start 2030-03-03 --end 2030-03-04 >/dev/null
    eventually grep -q First heard
    plenary key generate new >/dev/null
    plenary principal rotate azamat --key @new.pub
    add_meeting "Second" --start 2030-03-03 --end 2030-03-04 >/dev/null
    eventually grep -q Second heard
    [ ! -s watch.err ]
    plenary principal rotate azamat --drop \
        "$(plenary key show azamat.key -o json | jq -r .fingerprint)"
    code=0
    wait "$watcher" || code=$?
    [ "$code" -eq 4 ]
    plenary context add new "tcp://127.0.0.1:$port" --server-key "@$server" --key new
    as new list
}

@test "a key that nobody registered is not let in" {
    plenary key generate stranger.key >/dev/null
    context stranger
    fails 4 as stranger list
    says "does not let this key in"
    fails 4 as stranger watch
    eventually log_has "last_key=$(plenary key show stranger.key -o json | jq -r .fingerprint)"
    # As soon as it is registered, it is.
    plenary principal add olga --role reader --key @stranger.key.pub
    as stranger list
}

@test "a server with another key is not believed" {
    let_in azamat reader
    plenary key generate other.key >/dev/null
    plenary context add wrong "tcp://$address:$port" --server-key @other.key.pub --key azamat.key
    at_most_ms 5000 fails 7 as wrong list
    says "tcp://$address:$port (context wrong) hangs up before anything is said" \
        "its key is not the one that is known here"
    at_most_ms 5000 fails 7 as wrong watch --no-follow
    says "hangs up before anything is said"
}

@test "where nobody listens, that is said soon" {
    let_in azamat reader
    stop_daemon
    at_most_ms 4000 fails 7 as azamat list
    says "no plenaryd listens at tcp://$address:$port (context azamat), or no way leads there"
    at_most_ms 4000 fails 7 as azamat watch --no-follow
    says "no plenaryd listens at tcp://$address:$((port + 1)) (context azamat)"
    at_most_ms 4000 fails 7 env PLENARY_CONTEXT=azamat plenary-notify --once
    says "no plenaryd listens at"
    plenary context add lost "tcp://no..where:$port" --server-key "@$server" --key azamat.key
    at_most_ms 4000 fails 7 as lost list
    says "tcp://no..where:$port (context lost): there is no host of that name"
    # Who follows goes on trying, and says so once.
    start_watching
    eventually grep -q "LOST no plenaryd listens at" watch.err
    start_daemon --config plenaryd.zpl
    add_meeting "First" --start 2030-03-03 --end 2030-03-04 >/dev/null
    eventually grep -q First heard
    prints 1 grep -c LOST watch.err
}

@test "of a host's name each family of addresses is tried" {
    let_in azamat reader
    plenary context add both "tcp://both:$port" --server-key "@$server" --key azamat.key
    # It listens at the one of IPv4 alone. Names of our own are in a mount namespace.
    printf '127.0.0.1 both\n::1 both\n' >hosts
    own_names=(unshare --mount)
    "${own_names[@]}" true 2>/dev/null || own_names+=(--user --map-root-user)
    "${own_names[@]}" mount --bind hosts /etc/hosts 2>/dev/null ||
        skip "no mount namespace can be made here"
    at_most_ms 4000 prints 0 \
        "${own_names[@]}" sh -c 'mount --bind hosts /etc/hosts && plenary --context both count'
    at_most_ms 4000 prints "" "${own_names[@]}" \
        sh -c 'mount --bind hosts /etc/hosts && plenary --context both watch --no-follow'
    stop_daemon
    at_most_ms 4000 fails 7 "${own_names[@]}" \
        sh -c 'mount --bind hosts /etc/hosts && plenary --context both count'
    says "no plenaryd listens at tcp://both:$port"
}

@test "a server that is slow or far is no absent one" {
    let_in azamat reader
    cat >proxy.py <<'PY'
import socket, sys, threading, time
to, wait_s = int(sys.argv[1]), float(sys.argv[2])
def pump(one, other):
    while data := one.recv(65536):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
def serve(near):
    time.sleep(wait_s)
    far = socket.create_connection(("127.0.0.1", to))
    threading.Thread(target=pump, args=(near, far), daemon=True).start()
    pump(far, near)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
PY
    python3 proxy.py "$port" 3 >proxy.port 2>proxy.err 3>&- &
    proxy=$!
    eventually test -s proxy.port
    plenary context add far "tcp://127.0.0.1:$(cat proxy.port)" --server-key "@$server" \
        --key azamat.key
    add_meeting "First" --start 2030-03-03 --end 2030-03-04 >/dev/null
    prints 1 as far count
}

@test "without CURVE nobody is heard" {
    cat >plain.py <<'PY'
import sys, zmq
socket = zmq.Context().socket(zmq.DEALER)
socket.linger, socket.rcvtimeo = 0, 1500
socket.connect("tcp://127.0.0.1:" + sys.argv[1])
socket.send(b"PLN1" + bytes.fromhex(sys.argv[2]))
try:
    print(socket.recv_multipart())
except zmq.Again:
    print("nothing")
PY
    prints nothing /usr/bin/python3 plain.py "$port" "$(status_request)"
    plenary status
}

@test "without the server's key there is no network" {
    stop_daemon
    mv "$PLENARY_HOME/data/server.key" "$work/kept"
    fails 6 timeout 20 plenaryd --config plenaryd.zpl
    says "plenaryd init" "server.key"
    mv "$work/kept" "$PLENARY_HOME/data/server.key"
    chmod 644 "$PLENARY_HOME/data/server.key"
    fails 6 timeout 20 plenaryd --config plenaryd.zpl
    says "others may read"
    for bad in ipc:///tmp/x tcp://127.0.0.1 tcp://localhost:5570 tcp://127.0.0.1:0 inproc://a; do
        printf 'network\n    requests = "%s"\n    stream = "tcp://127.0.0.1:5571"\n' "$bad" >bad.zpl
        fails 6 timeout 20 plenaryd --config bad.zpl
        says "network/requests" "tcp://ADDRESS:PORT"
    done
    printf 'network\n    requests = "tcp://127.0.0.1:5570"\n' >bad.zpl
    fails 6 timeout 20 plenaryd --config bad.zpl
    says "network/stream"
    # Of the broadcast there is none on the network at all.
    printf 'network\n    broadcast = "tcp://127.0.0.1:5572"\n' >bad.zpl
    fails 6 timeout 20 plenaryd --config bad.zpl
    says "there is no key network/broadcast"
}

@test "contexts are kept, chosen and forgotten" {
    plenary key generate mine >/dev/null
    key=$(plenary key show mine -o json | jq -r .publicKey)
    run plenary context add office tcp://registry.example.org:5570 --server-key "$key" --key mine
    [ "$status" -eq 0 ]
    says "tcp://registry.example.org:5571"
    [ "$(stat -c %a "$PLENARY_HOME/state/contexts/office")" = 600 ]
    run grep -cF -- "$(sed -n 's/.*secret-key = "\(.*\)"/\1/p' mine)" "$PLENARY_HOME/state/contexts/office"
    [ "$output" = 0 ]
    fails 5 plenary context add office tcp://a:1 --server-key "$key" --key mine
    prints "[\"office\",false,\"tcp://registry.example.org:5570\",\"$work/mine\"]" \
        jq -c '[.name, .inUse, .requests, .key]' <(plenary context show office -o json)
    plenary context use office
    run plenary context list
    says "* office" "  local"
    prints true jq .inUse <(plenary context show -o json)
    plenary --context local status
    plenary context remove office
    plenary status
    fails 3 plenary --context office status
    says 'no context "office"'
    fails 3 plenary context use office
    fails 3 plenary context remove office
    fails 6 plenary context add ../evil tcp://a:1 --server-key "$key" --key mine
    fails 6 plenary context add local tcp://a:1 --server-key "$key" --key mine
    fails 6 plenary context add a ipc:///tmp/a --server-key "$key" --key mine
    fails 6 plenary context add a tcp://a --server-key "$key" --key mine
    fails 6 plenary context add a tcp://a:65535 --server-key "$key" --key mine
    says "--stream"
    fails 6 plenary context add a.new tcp://a:1 --server-key "$key" --key mine
    fails 6 plenary context add a tcp://a:1 --server-key nonsense --key mine
    fails 2 plenary context add a tcp://a:1 --key mine
    fails 3 plenary context add a tcp://a:1 --server-key "$key" --key nothing
    # A file that somebody spoiled is told by its line; so is the choice.
    plenary context add office tcp://a:1 --server-key "$key" --key mine
    sed -i 's/^stream = .*/stream = "a:2"/' "$PLENARY_HOME/state/contexts/office"
    fails 6 plenary --context office status
    says "/state/contexts/office: line 2: stream: it is no tcp://HOST:PORT"
    run plenary context list
    says "office" "(cannot be read)"
    echo "the office" >"$PLENARY_HOME/state/context"
    fails 6 plenary status
    says "/state/context: it names no context"
    plenary context use local
    plenary status
    # Nor is a key used that others may read.
    plenary context remove office
    plenary context add office tcp://a:1 --server-key "$key" --key mine
    chmod 640 mine
    fails 6 plenary --context office status
    says "others may read $work/mine" "chmod 600"
}
