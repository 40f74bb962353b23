# For scenarios over the network: a daemon that listens there, and who is let in.

# A port that was free a moment ago, and the next one.
free_port() {
    python3 - <<'PY'
import socket
for _ in range(100):
    one, other = socket.socket(), socket.socket()
    try:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", one.getsockname()[1] + 1))
        print(one.getsockname()[1])
        break
    except (OSError, OverflowError):
        pass
    finally:
        one.close()
        other.close()
PY
}

# The daemon's address is $address, where nothing else is said this machine's own.
listen_at() {
    address=$1
    port=$2
    printf 'network\n    requests = "tcp://%s:%s"\n    stream = "tcp://%s:%s"\n' \
        "$address" "$port" "$address" "$((port + 1))" >plenaryd.zpl
    plenaryd init >init.out
    server=$PLENARY_HOME/data/server.key.pub
    start_daemon --config plenaryd.zpl
    plenary org add unodc --name "Office on Drugs and Crime" --acronym UNODC --kind international
}

# let_in NAME ROLE...: with a key, and a context of that name on "another machine".
let_in() {
    plenary key generate "$1.key" >/dev/null
    plenary principal add "$1" --role "$2" --org unodc --key "@$1.key.pub" "${@:3}"
    context "$1"
}
context() {
    plenary context add "$1" "tcp://$address:$port" --server-key "@$server" --key "$1.key"
}
as() { plenary --context "$@"; }

log_has() { grep -q "$@" "$PLENARY_HOME/plenaryd.log"; }

has_ended() { ! kill -0 "$1"; }

# ends_with CODE PID: that process of ours ends by itself, and so.
ends_with() {
    local code=0
    eventually has_ended "$2"
    wait "$2" || code=$?
    [ "$code" -eq "$1" ] || { echo "exit code $code, expected $1"; return 1; }
}

# at_most_ms MS COMMAND...: it takes no longer.
at_most_ms() {
    local most=$1 began=${EPOCHREALTIME/[.,]/} took
    shift
    "$@" || return
    took=$(((${EPOCHREALTIME/[.,]/} - began) / 1000))
    [ "$took" -le "$most" ] || { echo "it took $took ms: $*"; return 1; }
}
