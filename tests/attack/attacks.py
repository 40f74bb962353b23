"""Attacks a real plenaryd over its network, while an honest client of another key asks all the time.

    attacks.py PLENARYD PLENARY CASE        one attack, twice, as a test
    attacks.py PLENARYD PLENARY --measure [CASE...]    what the honest client waits, as a table
    attacks.py --list

In each case the honest client must get every answer, the daemon's memory and its files must stay
within what docs/security.md says, a second round must not take more memory than the first, and the
daemon must stop well with a store that is whole. What an attack must not get is in its own case.
"""
import itertools
import json
import os
import random
import socket
import subprocess
import sys
import time

import zmq

import wire
from registry import HOST, Crowd, Registry, ask, hear

MEMORY_MIB_MAX = int(os.environ.get("ATTACK_MEMORY_MIB", "1024"))
GROWTH_MIB_MAX = int(os.environ.get("ATTACK_GROWTH_MIB", "64"))
FILES_MAX = 1200  # of one address at most 512, and the second address' in some
ROUND_S = float(os.environ.get("ATTACK_ROUND_S", "0.8"))
RECORDS = 300

cases = {}


def case(function):
    cases[function.__name__] = function
    return function


class World:
    """A registry under attack: mallory's key and eve's are let in, as registrars who see green."""

    def __init__(self, programs, files=None, config=""):
        self.registry = Registry(*programs, files=files, config=config)
        self.crowds = []
        self.raws = []
        self.honest = None

    def prepare(self):
        self.registry.fill(RECORDS)
        for name in ("honest", "mallory", "eve"):
            self.registry.let_in(name)
        with Patient(self, "honest") as one:
            reply = one.ask(wire.register(1, "Asked for"))
            self.event_id = wire.first(wire.first(wire.first(reply, 10), 3), 1).decode()
        words = [str(self.registry.port), self.registry.server.decode()]
        words += [key.decode() for key in self.registry.keys["honest"]]
        self.honest = subprocess.Popen(
            [sys.executable, "-B", os.path.join(os.path.dirname(__file__), "honest.py"), *words,
             self.event_id], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def mark(self):
        """What the honest client has waited since the last mark."""
        self.honest.stdin.write("mark\n")
        self.honest.stdin.flush()
        told = json.loads(self.honest.stdout.readline() or '{"failure": "it ended"}')
        assert "failure" not in told, f"the honest client: {told['failure']}"
        return told

    def crowd(self, number=2):
        """Clients that come from 127.0.0.number."""
        self.crowds.append(Crowd(self.registry, f"127.0.0.{number}"))
        return self.crowds[-1]

    def raw(self, number=2, door=0):
        self.raws.append(wire.Raw((HOST, self.registry.port + door), f"127.0.0.{number}"))
        return self.raws[-1]

    def end_attack(self):
        for one in self.crowds + self.raws:
            one.close()
        self.crowds, self.raws = [], []

    def close(self):
        self.end_attack()
        if self.honest:
            self.honest.kill()
            self.honest.wait()
        self.registry.close()


class Patient:
    """A client that does nothing wrong, for what an attack must not disturb."""

    def __init__(self, world, name, door=0, number=1, routing_id=None):
        self.crowd = Crowd(world.registry, f"127.0.0.{number}")
        self.dealer = self.crowd.add(name, door, routing_id)
        self.dealer.rcvhwm = 1000

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.crowd.close()

    def ask(self, body, seconds=10):
        reply = ask(self.dealer, body, seconds)
        assert reply is not None, "a client that does nothing wrong got no answer"
        return reply

    def hear_all(self, seconds, most=1.5):
        """All that comes until nothing comes for that long, or until `most` has passed."""
        heard = []
        until = time.monotonic() + most
        while time.monotonic() < until and (one := hear(self.dealer, seconds)) is not None:
            heard.append(one)
        return heard


def bodies(make):
    """Messages without end, of what make(n) gives."""
    return ([wire.VERSION + make(number)] for number in itertools.count(1))


def wait_s(seconds=None):
    time.sleep(ROUND_S if seconds is None else seconds)


# Who is who --------------------------------------------------------------------------------------


@case
def forged_routing_ids(world):
    """A client that chooses another one's routing id gets none of its replies and changes."""
    chosen = b"\0" + os.urandom(4)
    with Patient(world, "eve", routing_id=chosen) as eve, \
            Patient(world, "eve", door=1, routing_id=chosen) as hears:
        eve.ask(wire.status(7))
        hears.dealer.send(wire.VERSION + wire.subscribe(1, now=True))
        assert hear(hears.dealer) is not None, "the subscriber heard nothing"
        crowd = world.crowd()
        ids = [chosen, b"A", b"\0", bytes(5), b"\0" * 255, b"\xff" * 255, b"\0\0\0\0\1x"]
        forgers = [crowd.add("mallory", door, one) for door in (0, 1) for one in ids]
        for forger in forgers:
            forger.sndtimeo = 100
            try:
                forger.send(wire.VERSION + wire.status(666))
                forger.send(wire.VERSION + wire.credit(1, 1000, 1 << 20))
            except zmq.Again:
                pass
        for number in range(8, 24):
            reply = eve.ask(wire.register(number, f"Eve's {number}"))
            assert wire.correlation_of(reply) == number, "it got somebody else's answer"
        wait_s(0.3)
        heard = b"".join(hears.hear_all(0.3))
        assert b"Eve's 23" in heard, "the subscriber lost its stream to a forger"
        for forger in forgers:
            while (stolen := hear(forger, 0.01)) is not None:
                assert b"Eve's" not in stolen, "a forger got another one's message"


@case
def replayed_request_ids(world):
    """A request id belongs to who used it: to others it is another request, with another body none."""
    request_id = wire.uuid7()
    with Patient(world, "eve") as eve, Patient(world, "mallory", number=2) as mallory:
        first = eve.ask(wire.register(1, "Eve's own", request_id))
        other = mallory.ask(wire.register(2, "Mallory's own", request_id))
        assert wire.code_of(first) == wire.OK and wire.code_of(other) == wire.OK, (first, other)
        assert b"Eve's own" not in other, "another principal's answer was given out"
        assert b"Mallory's own" in other, "it was taken for another principal's request"
        again = eve.ask(wire.register(3, "Something else", request_id))
        assert wire.code_of(again) != wire.OK, "the same id did two things"
        assert b"Mallory" not in again
        same = eve.ask(wire.register(4, "Eve's own", request_id))
        assert wire.first(same, 10) is not None and wire.code_of(same) == wire.OK, same
        listed = eve.ask(wire.list_events(5, 1000, wire.field(2, '"Eve\'s own"')))
        assert listed.count(b"Eve's own") >= 1 and b"Something else" not in listed
    flood = world.crowd()
    flood.add("mallory", count=4)
    flood.flood(bodies(lambda n: wire.register(n, f"Again {n}", request_id)), ROUND_S)


@case
def unseen_records(world):
    """What may not be seen is not told by a get, list, count, search, subscription or error."""
    seen = world.registry
    if "cleared" not in seen.keys:
        seen.let_in("cleared", "registrar", "--clearance", "red", "--group", "inner circle")
    with Patient(world, "cleared") as cleared, Patient(world, "mallory", number=2) as mallory, \
            Patient(world, "mallory", door=1, number=2) as hears:
        query = wire.field(2, "Zanzibar")
        uid = f"zanzibar-uid-{os.urandom(4).hex()}"
        hears.dealer.send(wire.VERSION + wire.subscribe(1, after=0))
        hears.dealer.send(wire.VERSION + wire.subscribe(2, after=0, query=query))
        reply = cleared.ask(wire.register(1, "Zanzibar secret", tlp=wire.RED,
                                          audience=["inner circle"],
                                          more=wire.field(10, uid)))
        assert wire.code_of(reply) == wire.OK, reply
        hidden = wire.first(wire.first(wire.first(reply, 10), 3), 1).decode()
        number = wire.first(wire.first(wire.first(reply, 10), 3), 2)
        absent = mallory.ask(wire.get(1, wire.uuid7()))
        for name in (hidden, hidden[:20], hidden[:30], uid, str(number)):
            reply = mallory.ask(wire.get(1, name))
            assert wire.code_of(reply) == wire.code_of(absent) == wire.NOT_FOUND, reply
        tries = [wire.list_events(2, 1000), wire.list_events(3, 1000, query),
                 wire.request(4, 18, wire.field(1, query)),
                 wire.request(5, 18, wire.field(2, "tlp")),
                 wire.request(6, 19, wire.field(1, hidden)),
                 wire.request(7, 30, wire.field(1, wire.field(1, 1000))),
                 wire.request(8, 30, wire.field(8, 3)),
                 wire.request(9, 43), wire.request(10, 42, wire.field(1, "honest")),
                 wire.request(11, 41, wire.field(1, "honest"), wire.uuid7()),
                 wire.request(12, 27, wire.field(1, "/tmp/x"), wire.uuid7()),
                 wire.request(13, 14, wire.field(1, hidden), wire.uuid7()),
                 wire.request(14, 26)]
        for body in tries:
            reply = mallory.ask(body)
            for secret in (b"Zanzibar", b"zanzibar-uid", b"inner circle", hidden.encode(),
                           world.registry.keys["honest"][0], b'"honest"', b"\x04eve"):
                told = reply.replace(hidden.encode(), b"") if hidden.encode() in body else reply
                assert secret not in told, (secret, body, reply[:500])
        assert wire.code_of(mallory.ask(wire.request(15, 43))) == wire.DENIED
        heard = b"".join(hears.hear_all(0.4))
        for secret in (b"Zanzibar", b"zanzibar-uid", b"inner circle", hidden.encode()):
            assert secret not in heard, f"a stream told {secret}"


@case
def revoked_keys(world):
    """Who is revoked hears nothing from then on, however often they ask; so do shrunken rights."""
    number = len(world.registry.keys)
    gone, less = f"gone{number}", f"less{number}"
    world.registry.let_in(gone)
    world.registry.let_in(less, "registrar", "--clearance", "amber")
    with Patient(world, gone, number=2) as asks, Patient(world, gone, door=1, number=2) as hears, \
            Patient(world, less, door=1, number=2) as shrinks, Patient(world, less) as writes:
        for one in (hears, shrinks):
            one.dealer.send(wire.VERSION + wire.subscribe(1, now=True))
            assert hear(one.dealer) is not None
        assert wire.code_of(asks.ask(wire.status(1))) == wire.OK
        world.registry.plenary("principal", "revoke", gone, "--yes")
        world.registry.plenary("principal", "update", less, "--clearance", "green")
        reply = writes.ask(wire.register(1, "After that"))
        assert wire.code_of(reply) == wire.OK, reply
        world.registry.plenary("add", "meeting", "Amber later", "--start", "2030-03-03", "--end",
                               "2030-03-04", "--tlp", "amber")
        crowd = world.crowd()
        crowd.add(gone, count=20)
        until = time.monotonic() + ROUND_S
        while time.monotonic() < until:
            for body in (wire.status(2), wire.list_events(3, 10), wire.register(4, "Gone's")):
                assert wire.code_of(asks.ask(body)) == wire.UNAUTHENTICATED, "it was let ask"
            hears.dealer.send(wire.VERSION + wire.subscribe(9, after=0))
            hears.dealer.send(wire.VERSION + wire.credit(1, 1000, 1 << 20))
        for heard in (b"".join(hears.hear_all(0.3)), b"".join(shrinks.hear_all(0.3))):
            assert b"Amber later" not in heard, "a change was heard that may not be"
            assert b"After that" not in heard, "a stream went on with the rights of before"
        for one in crowd.dealers:
            assert not one.poll(0), "a revoked key was let in"


# Too much ----------------------------------------------------------------------------------------


@case
def request_flood(world):
    """Who asks for all that there is, on many connections at once, waits for themselves."""
    crowd = world.crowd()
    crowd.add("mallory", count=80)
    query = wire.field(2, "word") + wire.field(5, 4)
    makers = [lambda n: wire.list_events(n, 100), lambda n: wire.list_events(n, 1000, query),
              lambda n: wire.request(n, 18, wire.field(2, "month"))]
    for dealer in crowd.dealers:
        dealer.rcvhwm = 1000
    crowd.flood_and_read(bodies(lambda n: makers[n % 3](n)), ROUND_S)


@case
def register_flood(world):
    """Who registers without a pause, on many connections, does not stop others from registering."""
    crowd = world.crowd()
    crowd.add("mallory", count=60)
    crowd.flood_and_read(bodies(lambda n: wire.register(n, f"Flood {n}")), ROUND_S)


@case
def replies_never_read(world):
    """Who asks for large pages and never reads gets no more memory than is theirs."""
    crowd = world.crowd()
    crowd.add("mallory", count=80)
    crowd.flood(bodies(lambda n: wire.list_events(n, 1000)), ROUND_S)
    wait_s(0.3)


@case
def subscription_flood(world):
    """Thousands of subscriptions of one key leave room for others'."""
    crowd = world.crowd()
    crowd.add("mallory", door=1, count=80)
    crowd.flood(bodies(lambda n: wire.subscribe(n % 5000, 10, 1 << 20, after=0)), ROUND_S)
    with Patient(world, "eve", door=1) as eve:
        eve.dealer.send(wire.VERSION + wire.subscribe(1, now=True))
        told = hear(eve.dealer)
        assert told is not None and wire.first(told, 7) is None, f"no room for others: {told}"


@case
def subscriptions_of_one_connection(world):
    """Thousands on one connection are refused above its bound."""
    with Patient(world, "mallory", door=1, number=2) as one:
        one.dealer.sndtimeo = 5000
        for number in range(4000):
            one.dealer.send(wire.VERSION + wire.subscribe(number, 1, 1 << 20, now=True))
        heard = one.hear_all(0.5, most=20)
        refused = sum(wire.first(message, 7) is not None for message in heard)
        assert refused >= 3900, f"only {refused} were refused"
    wait_s()


@case
def credit_never_given(world):
    """Subscribers without credit are sent nothing, and cost little."""
    crowd = world.crowd()
    crowd.add("mallory", door=1, count=60)
    for dealer in crowd.dealers:
        dealer.sndtimeo = 1000
        for stream in range(8):
            dealer.send(wire.VERSION + wire.subscribe(stream, 0, 0, after=0))
    wait_s()
    changes = 0
    for dealer in crowd.dealers[:10]:
        while (message := hear(dealer, 0)) is not None:
            changes += wire.first(message, 2) is not None
    assert changes == 0, "changes were sent without credit"


@case
def credit_without_reading(world):
    """Subscribers who give all the credit there is, give it back at once, and never read."""
    crowd = world.crowd()
    crowd.add("mallory", door=1, count=60)

    def lies(number):
        if number % 4 == 0:
            return wire.subscribe(number // 4 % 8, 100000, 256 << 20, after=0)
        return wire.credit(number // 4 % 8, 100000, 256 << 20)
    crowd.flood(bodies(lies), ROUND_S)
    wait_s(0.5)


# What is no message ------------------------------------------------------------------------------


@case
def enormous_frames(world):
    """Frames of 64 MB, and those that only say so, end their connection and nothing else."""
    crowd = world.crowd()
    large = bytes(64 << 20)
    for door in (0, 1):
        one = crowd.add("mallory", door)
        one.sndtimeo = 2000
        one.send(wire.VERSION + large, copy=False)
    for number in range(20):
        raw = world.raw(door=number % 2)
        assert raw.log_in(world.registry, "mallory"), "a good key was not let in"
        raw.send(wire.VERSION)
        said = 1 << 40 if number % 4 < 2 else 500 << 10  # the second kind is let begin
        try:
            raw.socket.sendall(b"\x02" + said.to_bytes(8, "big") + bytes(400 << 10))
        except OSError:
            pass  # it was hung up on
    wait_s()


@case
def large_requests(world):
    """Requests as large as they may be, on many connections, are taken no faster than they cost."""
    crowd = world.crowd()
    crowd.add("mallory", count=60)
    large = [wire.VERSION + wire.register(1, "x" * 500000)]
    crowd.flood(itertools.repeat(large), ROUND_S)
    for dealer in crowd.dealers:
        while dealer.poll(0):
            assert wire.code_of(wire.body_of(dealer.recv())) in (wire.INVALID, wire.EXHAUSTED)


@case
def many_parts_and_none(world):
    """Messages of ten thousand parts, of none, and of empty ones are passed over."""
    crowd = world.crowd()
    crowd.add("mallory", 0, count=5)
    crowd.add("mallory", 1, count=5)
    shapes = [[b""], [b"", b""], [wire.VERSION], [wire.VERSION, b""], [wire.VERSION, b"", b""],
              [b"\0" * 5, wire.VERSION + wire.status(1)], [wire.VERSION] * 10000, [b""] * 10000,
              [wire.VERSION, wire.status(1)], [wire.VERSION + wire.status(1), wire.status(2)]]
    dice = random.Random(1)
    crowd.flood((dice.choice(shapes) for _ in itertools.count()), ROUND_S)


def deep(depth, inner=b""):
    """Groups within groups, of a field that nobody knows."""
    return b"\xbb\x06" * depth + inner + b"\xbc\x06" * depth


def bad_bodies(dice):
    """Protobuf that is deep, cut, or lies."""
    inner = field = wire.status(1)
    for _ in range(3000):
        field = wire.field(10, field)
    violations = wire.field(10, wire.field(1, wire.field(29, b"") * 10000))
    yield from (deep(100000), deep(500000)[:-7], b"\xbb\x06" * 200000, field)
    yield from (b"\xff" * 11, b"\x08" + b"\xff" * 300, inner[:-1] + b"\xff")
    yield from (b"\x52\xff\xff\xff\xff\x0f" + bytes(100), b"\x52\xff\xff\xff\xff\xff\xff\xff\xff\x7f")
    yield from (wire.field(2, 5) + violations, wire.field(1, wire.uuid7()) + wire.field(2, 5) + violations)
    yield wire.field(2, 9) + wire.field(17, wire.field(1, wire.field(1, b"") * 60000))
    yield wire.field(2, 9) + b"\x9a\x06\x00" * 150000  # unknown fields
    yield wire.field(2, 9) + wire.field(17, wire.field(1, wire.field(2, b"\xff\xfe\xc0\x80" * 1000)))
    yield wire.register(1, "x" * 200000)
    yield wire.list_events(1, 1 << 31)
    while True:
        yield dice.randbytes(dice.choice([1, 10, 1000, 100000]))


@case
def bad_protobuf(world):
    """Bodies that are deep, cut, or say wrong lengths are refused at the cost of reading them."""
    worst = list(itertools.islice(bad_bodies(random.Random(2)), 40))
    with Patient(world, "mallory", number=2) as one:
        reply = one.ask(wire.field(1, wire.uuid7()) + wire.field(2, 5) +
                        wire.field(10, wire.field(1, wire.field(29, b"") * 1000)))
        assert wire.code_of(reply) == wire.INVALID and len(reply) < 100000, reply[:300]
    crowd = world.crowd()
    crowd.add("mallory", 0, count=10)
    crowd.add("mallory", 1, count=5)
    crowd.flood(([wire.VERSION + worst[n % len(worst)]] for n in itertools.count()), ROUND_S)


# Connections -------------------------------------------------------------------------------------

MANY = 2000


def stay(world, number=2):
    """They stay for the round; somebody who comes now from elsewhere is served."""
    wait_s(ROUND_S / 2)
    files = world.registry.files_open()
    assert files < FILES_MAX, f"{files} files are open"
    with Patient(world, "eve") as eve:
        assert wire.code_of(eve.ask(wire.status(1))) == wire.OK
    wait_s(ROUND_S / 2)


@case
def connections_of_a_good_key(world):
    """A key has as many connections as it may have, and no more."""
    crowd = world.crowd()
    crowd.add("mallory", count=MANY // 2)
    crowd.add("mallory", door=1, count=MANY // 2)
    for dealer in crowd.dealers:
        try:
            dealer.send(wire.VERSION + wire.status(1))
        except zmq.Again:
            pass
    stay(world)


@case
def connections_of_an_unknown_key(world):
    """Keys that are nobody's are not let in, however many come."""
    crowd = world.crowd()
    crowd.add(keys=zmq.curve_keypair(), count=MANY)
    stay(world)


@case
def connections_to_another_server(world):
    """Clients that take it for another server get nowhere."""
    crowd = world.crowd()
    crowd.add("mallory", server=zmq.curve_keypair()[0], count=MANY)
    stay(world)


@case
def connections_without_curve(world):
    """Clients without CURVE get nowhere."""
    crowd = world.crowd()
    crowd.add(count=MANY)
    stay(world)


def connect_quietly(world, count, then=lambda raw: None):
    for number in range(count):
        try:
            then(world.raw(2, number % 2))
        except OSError:
            pass


@case
def connections_that_say_nothing(world):
    """TCP connections that stay silent are ended, and leave room."""
    connect_quietly(world, MANY)
    stay(world)


@case
def half_a_handshake(world):
    """So are those that stop amid the handshake."""
    def begin(raw):
        raw.greet()
        raw.hello(world.registry.server_raw)
    connect_quietly(world, MANY, begin)
    stay(world)


def is_open(raw):
    raw.socket.setblocking(False)
    try:
        return bool(raw.socket.recv(1))
    except BlockingIOError:
        return True
    except OSError:
        return False


@case
def let_in_and_silent(world):
    """Who is let in and says nothing counts, and makes room for others."""
    let_in, refused = [], 0
    while len(let_in) < 160 and refused < 3:
        try:
            raw = world.raw(2, refused % 2)
            raw.socket.settimeout(0.5)
            if raw.log_in(world.registry, "mallory"):
                let_in.append(raw)
            else:
                refused += 1
        except OSError:
            refused += 1
    wait_s(0.2)
    still = sum(map(is_open, let_in))
    assert still <= 100, f"{still} connections that say nothing at a time"
    stay(world)


@case
def few_files(world):
    """With few files to be had the daemon keeps enough of them, and goes on."""
    connect_quietly(world, MANY)
    crowd = world.crowd(3)
    crowd.add("mallory", count=500)
    stay(world)
    assert world.registry.files_open() < 1024


few_files.files = 1024

# The run -----------------------------------------------------------------------------------------


def open_world(programs, function):
    return World(programs, getattr(function, "files", None), getattr(function, "config", ""))


def settle(registry):
    """Until what was held for clients that are gone is given back."""
    time.sleep(0.3)
    return registry.memory_mib()


def run_round(world, function):
    function(world)
    told = world.mark()
    world.registry.must_live()
    world.end_attack()
    peak = world.registry.memory_mib("VmHWM")
    return told, settle(world.registry), peak


def run_test(programs, name):
    function = cases[name]
    world = open_world(programs, function)
    try:
        world.prepare()
        before = world.registry.memory_mib()
        results = [run_round(world, function) for _ in range(2)]
        for told, memory, peak in results:
            print(f"{name}: honest {told['all']}, {before} MiB before, {memory} MiB after, "
                  f"{peak} MiB at most", flush=True)
        assert results[1][2] <= MEMORY_MIB_MAX, f"it took {results[1][2]} MiB"
        grown = results[1][1] - results[0][1]
        assert grown <= GROWTH_MIB_MAX, f"the second round left {grown} MiB more than the first"
        world.mark()
        world.registry.stop()
    finally:
        world.close()


def row(name, told, memory):
    of_all = told["all"]
    cells = [name, of_all["count"], of_all["p50"], of_all["p99"], of_all["max"]]
    cells += [told[verb]["p99"] for verb in ("get", "list", "register")]
    return "| " + " | ".join(str(cell) for cell in cells + [memory]) + " |"


def spin(world):
    """No attack: a process of the same machine that is busy."""
    until = time.monotonic() + ROUND_S
    while time.monotonic() < until:
        pass


def measure_one(programs, name):
    function = cases.get(name, spin)
    world = open_world(programs, function)
    try:
        world.prepare()
        time.sleep(0.3)
        world.mark()
        time.sleep(ROUND_S)
        print(row(f"{name}: before", world.mark(), world.registry.memory_mib("VmHWM")))
        os.setpriority(os.PRIO_PROCESS, 0, 19)  # attackers have machines of their own
        told, _, peak = run_round(world, function)
        print(row("during", told, peak), flush=True)
    except AssertionError as failure:
        print(f"| {name} | {str(failure)[:300]} |", flush=True)
    finally:
        world.close()


def measure(programs, names):
    """Each in a process of its own, as an attacker yields to all others from then on."""
    print("| attack | answers | p50 ms | p99 ms | most | get p99 | list p99 | register p99 "
          "| MiB at most |")
    print("|---|---|---|---|---|---|---|---|---|", flush=True)
    for name in names or ["a busy neighbour", *cases]:
        subprocess.run([sys.executable, "-B", __file__, *programs, "--measure-one", name],
                       check=False)


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(cases))
        return
    programs, what = sys.argv[1:3], sys.argv[3]
    if what == "--measure":
        measure(programs, sys.argv[4:])
    elif what == "--measure-one":
        measure_one(programs, sys.argv[4])
    else:
        run_test(programs, what)


if __name__ == "__main__":
    main()
