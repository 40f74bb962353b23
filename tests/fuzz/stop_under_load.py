"""A daemon that is told to stop answers what it has taken, and every answer is in its journal.

    stop_under_load.py PLENARYD
"""
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile

import zmq

from fuzz_sockets import VERSION, Daemon, register_request

SENT = 500
STOPPED_AFTER = 20  # answers


def answers_of(dealer, process):
    """Correlations that were answered; the daemon is told to stop among the first."""
    done = set()
    while dealer.poll(3000):
        reply = dealer.recv()[len(VERSION):]
        assert re.match(rb"\x08.{1,2}\x52", reply, re.S), reply  # a correlation, then a write
        done.add(reply.split(b"\x52", 1)[0])
        if len(done) == STOPPED_AFTER:
            process.terminate()
    return done


def main():
    program = sys.argv[1]
    home = pathlib.Path(tempfile.mkdtemp(prefix="plenary-stop-"))
    daemon = Daemon(program, home)
    try:
        dice = random.Random(1)
        context = zmq.Context()
        dealer = context.socket(zmq.DEALER)
        dealer.connect("ipc://" + daemon.path("requests.ipc"))
        for number in range(1, SENT + 1):
            dealer.send(VERSION + register_request(dice, number))
        answered = answers_of(dealer, daemon.process)
        assert daemon.process.wait(30) == 0
        assert not list((home / "run").iterdir()), "its sockets are still there"
        context.destroy(0)
        check = subprocess.run([program, "--home", str(home), "--check"], capture_output=True,
                               text=True, check=False)
        assert check.returncode == 0, check.stdout + check.stderr
        kept = int(re.search(r"journal: (\d+) changes read, 0 faults", check.stdout).group(1))
        print(f"{SENT} sent, {len(answered)} answered, {kept} kept")
        assert STOPPED_AFTER <= len(answered) == kept, "some were done and not answered"
    finally:
        if daemon.process.poll() is None:
            daemon.process.kill()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
