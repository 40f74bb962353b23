"""Prints what a plenaryd broadcasts: hear_broadcast.py [TOPIC...], such as 'country=UZ;'."""
import os
import signal
import struct
import sys
import zmq
from plenary.v1 import change_pb2

signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
listener = zmq.Context().socket(zmq.SUB)
listener.connect(f"ipc://{os.environ['PLENARY_HOME']}/run/broadcast.ipc")
for topic in sys.argv[1:] or ["all;"]:
    listener.subscribe(topic)
while True:
    topic, numbers, packed = listener.recv_multipart()
    sequence, previous = struct.unpack("<QQ", numbers)
    change = change_pb2.Change.FromString(packed)
    record = change.event.title or change.organisation.name or change.event.uid
    action = change_pb2.Change.Action.Name(change.action).lower()
    print(topic.decode(), sequence, previous, action, record, flush=True)
