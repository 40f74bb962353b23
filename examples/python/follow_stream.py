"""Follows the changes in a registry and misses none: how far it is, it keeps in a file.

    follow_stream.py CURSOR_FILE [FACET=VALUE...]
    follow_stream.py uzbekistan.cursor country=UZ kind=training kind=webinar

It prints a line for each change. Stop it, kill it, restart the daemon: it goes on where it was. A
change whose line was out when it was killed may come a second time; none is left out. Put what you
want done in the place of on_change and on_snapshot.
"""
import os
import signal
import sys
import time
import zmq
from plenary.v1 import change_pb2, query_pb2, request_pb2, stream_pb2

STREAM = 1  # our number for the stream: one connection may have several
# What may be sent to us before we have dealt with what came.
CREDIT = {"credit_messages": 500, "credit_bytes": 4 * 1024 * 1024}
PATIENCE_MS = 5000  # the daemon says something every 2 s


def on_change(relation, change):
    """relation: entered (the record came into view), changed, left (its identifiers only), or again
    (nobody changed it, but what it refers to is shown, or no longer shown; or, where the action is
    erased, a person was taken out of it: so must be every copy of it, and of what it was before).
    An erased change without a record says that former copies are all that must go."""
    action = change_pb2.Change.Action.Name(change.action).lower()
    record = change.event.title or change.organisation.name or change.event.uid
    print(change.sequence, relation, action, record, flush=True)


def on_snapshot(events):
    """The cursor fits no longer: this is all there is, forget what you had."""
    for event in events:
        print("snapshot", event.number, event.title, flush=True)


class Away(Exception):
    """The daemon does not answer."""


class Follower:
    def __init__(self, cursor_file, query):
        self.context = zmq.Context()
        self.cursor_file = cursor_file
        self.query = query
        self.cursor = stream_pb2.Cursor()  # an empty one is the beginning
        if os.path.exists(cursor_file):
            with open(cursor_file, "rb") as file:
                self.cursor.ParseFromString(file.read())

    def keep(self, cursor):
        """In one move: whoever looks finds the old cursor or the new one, never a half."""
        if cursor == self.cursor:
            return
        with open(self.cursor_file + ".new", "wb") as file:
            file.write(cursor.SerializeToString())
            file.flush()
            os.fsync(file.fileno())
        os.replace(self.cursor_file + ".new", self.cursor_file)
        self.cursor.CopyFrom(cursor)

    def connect(self, name):
        socket = self.context.socket(zmq.DEALER)
        socket.linger = 0
        socket.immediate = True  # what cannot be sent now is not kept for later
        socket.connect(f"ipc://{os.environ['PLENARY_HOME']}/run/{name}.ipc")
        return socket

    def follow(self, hello):
        """Subscribes and deals with what comes, until it is time to subscribe anew."""
        with self.connect("stream") as socket:
            send(socket, stream_pb2.StreamRequest(subscribe=self.subscription()))
            while True:
                message = receive(socket, stream_pb2.StreamMessage)
                hello()
                body = message.WhichOneof("body")
                if body == "no_such_stream":  # the daemon was restarted, or we were silent too long
                    return
                if body == "resync":  # a restored backup, another registry, other rights
                    return self.take_snapshot()
                if body == "refused":
                    return wait_or_give_up(message.refused)
                deliveries = message.changes.deliveries  # none in a heartbeat and in caught_up
                for delivery in deliveries:
                    relation = stream_pb2.Delivery.Relation.Name(delivery.relation).lower()
                    on_change(relation, change_pb2.Change.FromString(delivery.change))
                self.keep(getattr(message, body).cursor)
                # What is dealt with may be sent anew. It also renews the lease.
                credit = stream_pb2.Credit(stream=STREAM, messages=len(deliveries),
                                           bytes=sum(len(each.change) for each in deliveries))
                send(socket, stream_pb2.StreamRequest(credit=credit))

    def subscription(self):
        subscribe = stream_pb2.Subscribe(stream=STREAM, query=self.query, **CREDIT)
        if self.cursor.registry_id:
            subscribe.cursor.CopyFrom(self.cursor)
        else:  # the beginning, or a snapshot's: it knows a sequence only
            subscribe.after_sequence = self.cursor.sequence
        return subscribe

    def take_snapshot(self):
        """Everything that is there, page by page; then the stream goes on after the first page."""
        events, as_of = [], None
        request = request_pb2.Request(correlation=1)
        request.list_events.query.CopyFrom(self.query)
        request.list_events.query.order = query_pb2.Query.NUMBER
        with self.connect("requests") as socket:
            while as_of is None or request.list_events.page.token:
                send(socket, request)
                reply = receive(socket, request_pb2.Reply)
                if reply.HasField("status"):
                    return wait_or_give_up(reply.status)
                events.extend(reply.events.events)
                as_of = reply.events.as_of_sequence if as_of is None else as_of
                request.list_events.page.token = reply.events.next_page
        on_snapshot(events)
        self.keep(stream_pb2.Cursor(sequence=as_of))


def send(socket, message):
    if not socket.poll(PATIENCE_MS, zmq.POLLOUT):
        raise Away
    socket.send(b"PLN1" + message.SerializeToString())


def receive(socket, kind):
    if not socket.poll(PATIENCE_MS):
        raise Away
    return kind.FromString(socket.recv()[4:])


def wait_or_give_up(status):
    if not status.retry_after_ms:
        sys.exit(f"follow_stream: {status.message}")
    time.sleep(status.retry_after_ms / 1000)


def query_of(terms):
    """The values of one facet: any of them; different facets: all of them."""
    query, values = query_pb2.Query(), {}
    for facet, value in (term.split("=", 1) for term in terms):
        values.setdefault(facet, []).append(value)
    for facet in values:
        query.terms.add(facet=facet, values=values[facet])
    return query


def main(cursor_file, *terms):
    follower = Follower(cursor_file, query_of(terms))
    is_away = False

    def tell(away):
        nonlocal is_away
        if away != is_away:
            print("follow_stream: the daemon is", "away" if away else "back", file=sys.stderr)
        is_away = away

    while True:
        try:
            follower.follow(lambda: tell(False))
        except Away:
            tell(True)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not all("=" in term for term in sys.argv[2:]):
        sys.exit(__doc__)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word: the cursor is kept
    main(*sys.argv[1:])
