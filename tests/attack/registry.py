"""A real plenaryd on a network of 127.0.0.0/8, with principals, records, and what can be measured."""
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time

import zmq
import zmq.utils.z85

import wire

READY_S = 60
HOST = "127.0.0.1"


def free_port():
    """One that was free a moment ago, and so was the next."""
    for _ in range(100):
        with socket.socket() as one, socket.socket() as other:
            one.bind((HOST, 0))
            port = one.getsockname()[1]
            try:
                other.bind((HOST, port + 1))
                return port
            except (OSError, OverflowError):
                pass
    raise RuntimeError("no two ports are free")


class Registry:
    def __init__(self, plenaryd, plenary, files=None, config=""):
        self.programs = plenaryd, plenary
        self.files = files
        self.keys = {}
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="plenary-attack-", dir="/tmp"))
        self.environment = {**os.environ, "PLENARY_HOME": str(self.home), "NO_COLOR": "1"}
        self.port = free_port()
        (self.home / "config").write_text(
            f'network\n    requests = "tcp://{HOST}:{self.port}"\n'
            f'    stream = "tcp://{HOST}:{self.port + 1}"\n{config}')
        self.run(plenaryd, "init")
        self.server = self.read_key("data/server.key.pub")
        self.server_raw = zmq.utils.z85.decode(self.server)
        self.start()

    def run(self, *command):
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def read_key(self, name, part="public-key"):
        text = (self.home / name).read_text()
        return re.search(part + r' = "(.*)"', text).group(1).encode()

    def limit(self):
        if self.files:
            resource.setrlimit(resource.RLIMIT_NOFILE, (self.files, self.files))

    def start(self):
        self.log = open(self.home / "log", "a")
        self.process = subprocess.Popen(
            [self.programs[0], "--config", str(self.home / "config")], env=self.environment,
            stderr=self.log, preexec_fn=self.limit)
        until = time.monotonic() + READY_S
        while "event=ready" not in self.told():
            self.must_live()
            assert time.monotonic() < until, "it does not become ready: " + self.told()
            time.sleep(0.02)

    def stop(self):
        """Ends well, and what it kept is whole."""
        self.must_live()
        self.process.terminate()
        code = self.process.wait(READY_S)
        assert code == 0, f"it ended with {code}: {self.told()[-4000:]}"
        self.run(self.programs[0], "--check")

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.home, ignore_errors=True)

    def told(self):
        return (self.home / "log").read_text()

    def must_live(self):
        code = self.process.poll()
        assert code is None, f"it ended with {code}: {self.told()[-4000:]}"

    # Who there is.

    def plenary(self, *words):
        return self.run(self.programs[1], *words)

    def let_in(self, name, role="registrar", *more):
        public, secret = zmq.curve_keypair()
        while public.startswith(b"@"):  # to the command line that is a file
            public, secret = zmq.curve_keypair()
        self.keys[name] = public, secret
        self.plenary("principal", "add", name, "--role", role, "--org", "unodc",
                     "--key", public.decode(), *more)

    def raw_keys(self, name):
        return tuple(zmq.utils.z85.decode(key) for key in self.keys[name])

    def fill(self, count, text=2000):
        """Records of some size, by the machine's own socket."""
        self.plenary("org", "add", "unodc", "--name", "Office on Drugs and Crime", "--kind",
                     "international")
        context = zmq.Context()
        dealer = context.socket(zmq.DEALER)
        dealer.connect(f"ipc://{self.home}/run/requests.ipc")
        for number in range(count):
            more = wire.field(15, "word " * (text // 5))
            dealer.send(wire.VERSION + wire.register(number, f"Filled {number}", more=more))
        for number in range(count):
            assert dealer.poll(30000), "the records are not taken"
            reply = wire.body_of(dealer.recv())
            assert wire.code_of(reply) == wire.OK, reply
        context.destroy(0)

    # What it costs.

    def memory_mib(self, what="VmRSS"):
        text = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(what + r":\s+(\d+)", text).group(1)) // 1024

    def files_open(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Crowd:
    """Clients of libzmq's own, each a socket, of one address."""

    def __init__(self, registry, source=None):
        self.registry = registry
        self.source = source
        self.context = zmq.Context()
        self.context.set(zmq.MAX_SOCKETS, 8000)
        self.dealers = []

    def add(self, name=None, door=0, routing_id=None, server=None, keys=None, count=1):
        """`door` 0 takes requests, 1 streams. Without a name or keys: no CURVE. The last one."""
        for _ in range(count):
            dealer = self.context.socket(zmq.DEALER)
            dealer.linger, dealer.sndhwm, dealer.rcvhwm = 0, 2000, 10
            dealer.sndtimeo = 0
            dealer.reconnect_ivl = 200
            if name or keys:
                dealer.curve_serverkey = server or self.registry.server
                dealer.curve_publickey, dealer.curve_secretkey = keys or self.registry.keys[name]
            if routing_id is not None:
                dealer.routing_id = routing_id
            source = f"{self.source}:0;" if self.source else ""
            dealer.connect(f"tcp://{source}{HOST}:{self.registry.port + door}")
            self.dealers.append(dealer)
        return self.dealers[-1]

    def flood(self, bodies, seconds):
        """Every client sends as much as fits, until then; `bodies` gives one message's parts after
        the other."""
        until = time.monotonic() + seconds
        sent = 0
        while time.monotonic() < until:
            before = sent
            for dealer in self.dealers:
                try:
                    for _ in range(8):
                        dealer.send_multipart(next(bodies), copy=False)
                        sent += 1
                except zmq.Again:
                    pass
            if sent == before:
                time.sleep(0.005)
        return sent

    def flood_and_read(self, bodies, seconds):
        """The same by clients that read what they are answered."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.flood(bodies, 0.05)
            for dealer in self.dealers:
                while dealer.poll(0):
                    dealer.recv_multipart(copy=False)

    def close(self):
        self.context.destroy(0)


def ask(dealer, body, seconds=10):
    """One request's reply."""
    dealer.sndtimeo = 5000
    dealer.send(wire.VERSION + body)
    return hear(dealer, seconds)


def hear(dealer, seconds=10):
    """The next message; None: nothing came."""
    if not dealer.poll(seconds * 1000):
        return None
    return wire.body_of(dealer.recv())
