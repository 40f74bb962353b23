"""An honest client: asks for a record, a page, and registers, one after the other, all the time.

    honest.py PORT SERVER_KEY PUBLIC_KEY SECRET_KEY EVENT_ID

After each line on its input it prints, as JSON, how long its requests took since the line before.
Where an answer does not come within ANSWER_S, or is none, it says so and ends.
"""
import json
import os
import select
import sys
import time

import zmq

import wire

ANSWER_S = float(os.environ.get("ATTACK_ANSWER_S", "5"))
PAUSE_S = 0.002


def summary(times):
    times = sorted(times)
    if not times:
        return {"count": 0, "p50": 0, "p99": 0, "max": 0}
    pick = lambda part: round(1000 * times[min(len(times) - 1, int(part * len(times)))], 2)
    return {"count": len(times), "p50": pick(.5), "p99": pick(.99), "max": pick(1)}


def connect(port, server, public, secret):
    dealer = zmq.Context().socket(zmq.DEALER)
    dealer.curve_serverkey, dealer.curve_publickey, dealer.curve_secretkey = server, public, secret
    dealer.linger = 0
    dealer.connect(f"tcp://127.0.0.1:{port}")
    return dealer


def main():
    port, *keys, event_id = (word.encode() for word in sys.argv[1:])
    dealer = connect(port.decode(), *keys)
    makers = {
        "get": lambda number: wire.get(number, event_id),
        "list": lambda number: wire.list_events(number, 10),
        "register": lambda number: wire.register(number, f"Honest {number}"),
    }
    times = {name: [] for name in makers}
    number = 0
    while True:
        for name, make in makers.items():
            number += 1
            begun = time.monotonic()
            dealer.send(wire.VERSION + make(number))
            if not dealer.poll(1000 * ANSWER_S):
                print(json.dumps({"failure": f"{name}: no answer within {ANSWER_S} s"}), flush=True)
                return
            reply = wire.body_of(dealer.recv())
            times[name].append(time.monotonic() - begun)
            if wire.correlation_of(reply) != number or wire.code_of(reply) != wire.OK:
                print(json.dumps({"failure": f"{name}: {reply[:300]!r}"}), flush=True)
                return
            time.sleep(PAUSE_S)
        if select.select([sys.stdin], [], [], 0)[0]:
            if not sys.stdin.readline():
                return
            of_all = [one for some in times.values() for one in some]
            told = {name: summary(some) for name, some in times.items()}
            print(json.dumps({"all": summary(of_all), **told}), flush=True)
            times = {name: [] for name in makers}


if __name__ == "__main__":
    main()
