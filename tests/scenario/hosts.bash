# For scenarios with two hosts: each is a network namespace, and a cable (veth) joins them.
#
# A host is a process that does nothing but hold its namespace: it goes with the process, and the
# cable with either end. Nothing of it is on the machine itself, so that nothing is left behind.

host_lives_s=600 # should a scenario be killed and not tidy up
registry_address=10.77.0.1
agency_address=10.77.0.2

# Why two hosts cannot be made here; no word: they can. Root makes them, or else a user who may
# have namespaces of their own.
hosts_missing() {
    command -v ip >/dev/null || { echo "ip (iproute2) is not there"; return; }
    host_user=()
    if ! unshare --net true 2>/dev/null; then
        host_user=(--user)
        unshare --user --map-root-user --net true 2>/dev/null ||
            { echo "neither root, nor may this user make network namespaces"; return; }
    fi
}

# Until the process has a namespace of its own.
has_own_network() {
    local own
    own=$(readlink "/proc/$1/ns/net") && [ "$own" != "$(readlink /proc/self/ns/net)" ] &&
        [ "$own" != "${2:-}" ]
}

# on_host PID COMMAND...; `enter` gives the words alone, for what runs in the background.
enter() {
    local pid=$1
    entered=(nsenter "--target=$pid" --net "${host_user[@]}")
    [ ${#host_user[@]} -eq 0 ] || entered+=(--preserve-credentials)
}
on_host() {
    local entered
    enter "$1"
    "${entered[@]}" "${@:2}"
}
on_registry() { on_host "$registry_host" "$@"; }

# Hosts are in $registry_host and $agency_host; where there cannot be any, the test is skipped.
make_hosts() {
    local why entered
    hosts_missing >"$work/missing"
    why=$(cat "$work/missing")
    [ -z "$why" ] || skip "$why"
    unshare --net ${host_user:+--user --map-root-user} sleep "$host_lives_s" 3>&- &
    registry_host=$!
    eventually has_own_network "$registry_host"
    enter "$registry_host"
    "${entered[@]}" unshare --net sleep "$host_lives_s" 3>&- &
    agency_host=$!
    eventually has_own_network "$agency_host" "$(readlink "/proc/$registry_host/ns/net")"
    on_registry ip link add cable type veth peer name cable netns "$agency_host" ||
        skip "this system has no veth"
    on_registry ip address add "$registry_address/24" dev cable
    on_agency ip address add "$agency_address/24" dev cable
    on_registry ip link set lo up
    on_agency ip link set lo up
    plug_in
}
on_agency() { on_host "$agency_host" "$@"; }

plug_in() {
    on_registry ip link set cable up
    on_agency ip link set cable up
}
# At the registry's end: the agency's sees that nothing is at the other one.
pull_out() { on_registry ip link set cable down; }

remove_hosts() {
    for host in $registry_host $agency_host; do
        kill -9 "$host" 2>/dev/null || true
        wait "$host" 2>/dev/null || true
    done
}
