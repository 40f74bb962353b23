"""Attacks the sockets of a real plenaryd, then sees that it still answers and has not grown.

    fuzz_sockets.py PLENARYD SECONDS

Random frames, broken and cut messages, wrong versions, too many parts, chosen routing ids, clients
that never read, connections that are no ZeroMQ at all, connections that come and go. The only thing
that it may do in return is to answer with an error, say nothing, or close the connection. What was
registered in between must be there, and the store must be whole.
"""
import os
import pathlib
import random
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import uuid

import zmq

VERSION = b"PLN1"
MEMORY_MIB_MAX = 768  # the daemon's own bounds for clients that do not read, and room for ASan
ANSWER_MS = 20000


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number, value):
    """A field of a protobuf message: an int is a varint, bytes and text have a length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, str):
        value = value.encode()
    return varint(number << 3 | 2) + varint(len(value)) + value


def uuid7(dice):
    number = int(time.time() * 1000) << 80 | dice.getrandbits(80)
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=number))


def status_request(correlation):
    return field(2, correlation) + field(23, b"")


def register_request(dice, correlation):
    schedule = field(1, "2022-03-03") + field(2, "2022-03-04")
    event = field(12, 1) + field(14, "Fuzzed %d" % correlation) + field(22, schedule)
    event += field(41, field(1, dice.choice([1, 2])))  # clear: it is broadcast; green: it is not
    return field(1, uuid7(dice)) + field(2, correlation) + field(10, field(1, event))


def subscribe_request(dice, stream):
    credit = dice.choice([0, 1, 1000, 1 << 31])
    body = field(1, stream) + field(6, credit) + field(7, dice.choice([0, 1, 1 << 20, 1 << 40]))
    if dice.random() < 0.5:
        body += field(4, dice.choice([0, 1, 5, 1 << 40]))
    if dice.random() < 0.3:
        body += field(2, field(1, field(1, "country") + field(2, "UZ")))
    return field(1, body)


def mutated(dice, body):
    body = bytearray(body)
    for _ in range(dice.randint(1, 8)):
        choice = dice.random()
        at = dice.randrange(len(body) + 1)
        if choice < 0.4 and body:
            body[at % len(body)] ^= 1 << dice.randrange(8)
        elif choice < 0.6:
            del body[at:at + dice.randint(1, 16)]
        elif choice < 0.8:
            body[at:at] = dice.randbytes(dice.randint(1, 16))
        else:
            body[at:at] = body[:at]
    return bytes(body[:65536])


def some_body(dice):
    choice = dice.random()
    if choice < 0.2:
        return dice.randbytes(dice.choice([0, 1, 7, 300, 65000]))
    if choice < 0.4:  # empty submessages, which unpack to far more than they are
        return field(10, field(1, b"\x9a\x02\x00" * dice.randint(1, 100000)))
    if choice < 0.5:  # deep nesting
        body = b""
        for _ in range(dice.randint(1, 300)):
            body = field(10, body)[:200000]
        return body
    seed = dice.choice([status_request(3), register_request(dice, 4), subscribe_request(dice, 5),
                        field(2, field(1, 1) + field(2, 5)), field(3, field(1, 1))])
    return mutated(dice, seed) if dice.random() < 0.8 else seed


def some_frames(dice):
    choice = dice.random()
    if choice < 0.7:
        return [VERSION + some_body(dice)]
    if choice < 0.8:
        return [dice.choice([b"", b"PLN2", b"PLN", dice.randbytes(9)]) + some_body(dice)]
    if choice < 0.9:
        return [VERSION, some_body(dice)]
    return [dice.randbytes(dice.randint(0, 30)) for _ in range(dice.randint(1, 400))]


def some_subscription(dice):
    """What a listener of the broadcast may send: topics to hear or to cancel, and what is neither."""
    topic = dice.choice([b"", b"all;", b"country=", dice.randbytes(dice.randint(0, 40)), bytes(9000)])
    return [dice.choice([b"\x01", b"\x01", b"\x00", b"\x02", b""]) + topic]


def hang_up_with_garbage(dice, path):
    """A connection that is not ZeroMQ, or stops being it after the greeting."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as raw:
        raw.settimeout(1)
        try:
            raw.connect(path)
            if dice.random() < 0.6:
                raw.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48))
            if dice.random() < 0.4:  # a frame that says it is enormous
                raw.sendall(b"\x02\xff\xff\xff\xff\xff\xff\xff\xff")
            raw.sendall(dice.randbytes(dice.choice([0, 1, 64, 5000])))
            if dice.random() < 0.5:
                raw.recv(4096)
        except OSError:
            pass


class Daemon:
    def __init__(self, program, home):
        self.home = home
        self.log = open(home / "log", "w+")
        self.process = subprocess.Popen([program, "--home", str(home)], stderr=self.log)
        until = time.monotonic() + 30
        while "event=ready" not in (home / "log").read_text():
            assert self.process.poll() is None, (home / "log").read_text()
            assert time.monotonic() < until, "it does not become ready"
            time.sleep(0.02)

    def path(self, name):
        return str(self.home / "run" / name)

    def memory_mib(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) // 1024

    def lives(self):
        assert self.process.poll() is None, "it died: " + (self.home / "log").read_text()[-4000:]

    def stop(self):
        self.process.terminate()
        code = self.process.wait(60)
        assert code == 0, f"exit {code}: " + (self.home / "log").read_text()[-4000:]


class Attack:
    def __init__(self, daemon, seed):
        self.daemon = daemon
        self.dice = random.Random(seed)
        self.context = zmq.Context()
        self.broadcast = daemon.path("broadcast.ipc")
        self.paths = [daemon.path("requests.ipc"), daemon.path("stream.ipc"), self.broadcast]
        self.open = []
        self.registered = 0
        self.correlation = 1 << 40

    def connect(self, path, routing_id=None):
        dealer = self.context.socket(zmq.XSUB if path == self.broadcast else zmq.DEALER)
        dealer.linger = 0
        dealer.sndtimeo = 50
        dealer.rcvhwm = self.dice.choice([1, 1000])
        if routing_id is not None:
            dealer.routing_id = routing_id
        dealer.connect("ipc://" + path)
        return dealer

    def throw(self):
        path = self.dice.choice(self.paths)
        choice = self.dice.random()
        if choice < 0.15:
            hang_up_with_garbage(self.dice, path)
            return
        if choice < 0.25:
            # Never one that is in use: libzmq 4.3.4 keeps what such a connection sent for ever.
            own = self.connect(path, b"\x00own" + self.dice.randbytes(8))
            self.open.append(own)
        if len(self.open) < 12 or self.dice.random() < 0.05:
            self.open.append(self.connect(path))
        while len(self.open) > 16:
            self.open.pop(self.dice.randrange(len(self.open))).close()
        dealer = self.dice.choice(self.open)
        try:
            for _ in range(self.dice.choice([1, 1, 1, 50])):
                listens = dealer.type == zmq.XSUB and self.dice.random() < 0.9
                frames = some_subscription if listens else some_frames
                dealer.send_multipart(frames(self.dice))
            if self.dice.random() < 0.01:
                dealer.send(VERSION + bytes(5 << 20))
        except zmq.Again:
            pass  # it is not being read: as it may be
        if self.dice.random() < 0.5:  # some never read
            while dealer.poll(0):
                dealer.recv_multipart()

    def ask(self, body):
        """A well-behaved client's request; the reply's bytes."""
        with self.connect(self.paths[0]) as dealer:
            dealer.rcvhwm = 1000
            dealer.send(VERSION + body)
            assert dealer.poll(ANSWER_MS), "it does not answer any more"
            frame = dealer.recv()
        assert frame.startswith(VERSION)
        return frame[len(VERSION):]

    def behave(self):
        self.correlation += 1
        echo = varint(1 << 3) + varint(self.correlation)
        if self.dice.random() < 0.5:
            reply = self.ask(status_request(self.correlation))
            assert field(16, b"")[:2] in reply, reply
        else:
            reply = self.ask(register_request(self.dice, self.correlation))
            assert reply.startswith(echo + varint(10 << 3 | 2)), reply
            self.registered += 1
        assert reply.startswith(echo), reply

    def hear_all(self):
        """A subscriber hears every change from the first on, without a gap."""
        with self.connect(self.paths[1]) as dealer:
            dealer.send(VERSION + field(1, field(1, 7) + field(4, 0) + field(6, 100000) +
                                        field(7, 200 << 20)))
            heard = 0
            while True:
                assert dealer.poll(ANSWER_MS), "the stream is silent"
                body = dealer.recv()[len(VERSION):]
                if body.startswith(b"\x08\x07\x22"):  # CaughtUp
                    return heard
                heard += len(re.findall(rb"Fuzzed 1\d{12}", body))

    def run(self, seconds):
        until = time.monotonic() + seconds
        turns = 0
        while time.monotonic() < until:
            for _ in range(20):
                self.throw()
            self.daemon.lives()
            self.behave()
            turns += 1
        return turns

    def close(self):
        for dealer in self.open:
            dealer.close()
        self.context.destroy(0)


def main():
    program, seconds = sys.argv[1], float(sys.argv[2])
    seed = int(os.environ.get("PLENARY_SEED", time.time_ns() % 1000000))
    print("seed", seed, flush=True)
    home = pathlib.Path(tempfile.mkdtemp(prefix="plenary-fuzz-"))
    daemon = Daemon(program, home)
    try:
        attack = Attack(daemon, seed)
        attack.behave()
        turns = attack.run(seconds)
        memory = daemon.memory_mib()
        heard = attack.hear_all()
        attack.close()
        print(f"{turns} turns, {attack.registered} registered, {heard} heard, {memory} MiB")
        assert attack.registered > 0 and heard == attack.registered, "changes are missing"
        assert memory < MEMORY_MIB_MAX, f"it holds {memory} MiB"
        daemon.stop()
        check = subprocess.run([program, "--home", str(home), "--check"], capture_output=True,
                               text=True, check=False)
        assert check.returncode == 0, check.stdout + check.stderr
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
