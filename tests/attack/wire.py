"""What attackers speak: protobuf by hand, and ZMTP 3.1 with CURVE byte by byte over a plain socket.

libzmq's own client will not send half a handshake or a frame that lies about its length; Raw will.
The boxes are libsodium's, which the daemon is linked to as well.
"""
import ctypes
import ctypes.util
import os
import socket
import struct
import time
import uuid

VERSION = b"PLN1"
BOX_KEY, BOX_NONCE, BOX_MORE = 32, 24, 16  # bytes: keys, nonces, what a box is longer by

sodium = ctypes.CDLL("libsodium.so.23")


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


def take_varint(data, at):
    number = shift = 0
    while True:
        byte = data[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at


def fields(data):
    """(number, value) of a message of varints and lengths, which is all that the daemon sends."""
    at = 0
    while at < len(data):
        key, at = take_varint(data, at)
        if key & 7 == 0:
            value, at = take_varint(data, at)
        else:
            assert key & 7 == 2, key
            size, at = take_varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def first(data, number, otherwise=None):
    return next((value for key, value in fields(data) if key == number), otherwise)


def uuid7():
    number = int(time.time() * 1000) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    number = number & ~(0x3 << 62) | 2 << 62
    return str(uuid.UUID(int=number))


# Requests -----------------------------------------------------------------------------------------

CLEAR, GREEN, AMBER, AMBER_STRICT, RED = 1, 2, 3, 4, 5


def request(correlation, verb, body=b"", request_id=None):
    start = field(1, request_id) if request_id else b""
    return start + field(2, correlation) + field(verb, body)


def status(correlation):
    return request(correlation, 23)


def event(title, tlp=GREEN, audience=(), more=b""):
    body = field(12, 1) + field(14, title) + field(22, field(1, "2030-03-03") + field(2, "2030-03-04"))
    handling = field(1, tlp) + b"".join(field(2, name) for name in audience)
    return body + field(41, handling) + more


def register(correlation, title, request_id=None, **kwargs):
    return request(correlation, 10, field(1, event(title, **kwargs)), request_id or uuid7())


def get(correlation, event_id):
    return request(correlation, 16, field(1, event_id))


def list_events(correlation, limit, query=b""):
    return request(correlation, 17, field(1, query) + field(2, field(1, limit)))


def subscribe(stream, messages=1000, size=1 << 20, after=0, query=None, now=False):
    body = field(1, stream) + field(6, messages) + field(7, size)
    body += field(5, 1) if now else field(4, after)
    if query is not None:
        body += field(2, query)
    return field(1, body)


def credit(stream, messages, size):
    return field(2, field(1, stream) + field(2, messages) + field(3, size))


# Replies ------------------------------------------------------------------------------------------

OK, INVALID, NOT_FOUND, DENIED, EXHAUSTED, UNAUTHENTICATED = 0, 3, 5, 7, 8, 16


def body_of(frame):
    assert frame.startswith(VERSION), frame
    return frame[len(VERSION):]


def code_of(reply):
    return first(first(reply, 2, b""), 1, OK)


def correlation_of(reply):
    return first(reply, 1)


# ZMTP by hand -------------------------------------------------------------------------------------


def key_pair():
    public, secret = ctypes.create_string_buffer(BOX_KEY), ctypes.create_string_buffer(BOX_KEY)
    sodium.crypto_box_keypair(public, secret)
    return public.raw, secret.raw


def box(text, nonce, public, secret):
    out = ctypes.create_string_buffer(len(text) + BOX_MORE)
    assert sodium.crypto_box_easy(out, text, ctypes.c_ulonglong(len(text)), nonce, public, secret) == 0
    return out.raw


def unbox(text, nonce, public, secret):
    out = ctypes.create_string_buffer(max(1, len(text) - BOX_MORE))
    if sodium.crypto_box_open_easy(out, text, ctypes.c_ulonglong(len(text)), nonce, public, secret):
        raise ConnectionError("a box that is not ours")
    return out.raw[:len(text) - BOX_MORE]


def frame(body, flags=0):
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + struct.pack(">Q", len(body)) + body


class Raw:
    """A client of the network's socket, of which every step can be left out."""

    def __init__(self, address, source=None, timeout=5):
        self.socket = socket.socket()
        self.socket.settimeout(timeout)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(address)

    def greet(self, mechanism=b"CURVE"):
        self.socket.sendall(b"\xff" + bytes(8) + b"\x7f\x03\x01" + mechanism.ljust(20, b"\0") +
                            bytes(32))

    def hello(self, server):
        self.server = server
        self.short_public, self.short_secret = key_pair()
        sealed = box(bytes(64), b"CurveZMQHELLO---" + bytes(8), server, self.short_secret)
        self.socket.sendall(frame(b"\x05HELLO\x01\0" + bytes(72) + self.short_public + bytes(8) +
                                  sealed, 4))

    def receive(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise ConnectionError("it hung up")
            data += more
        return data

    def receive_frame(self):
        flags = self.receive(1)[0]
        size = struct.unpack(">Q", self.receive(8))[0] if flags & 2 else self.receive(1)[0]
        return flags, self.receive(size)

    def initiate(self, public, secret, identity=b""):
        self.receive(64)  # greeting
        welcome = self.receive_frame()[1]
        assert welcome.startswith(b"\x07WELCOME"), welcome
        opened = unbox(welcome[24:], b"WELCOME-" + welcome[8:24], self.server, self.short_secret)
        self.server_short, cookie = opened[:BOX_KEY], opened[BOX_KEY:]
        vouch_nonce = os.urandom(16)
        vouch = box(self.short_public + self.server, b"VOUCH---" + vouch_nonce, self.server_short,
                    secret)
        about = b"\x0bSocket-Type" + struct.pack(">I", 6) + b"DEALER"
        about += b"\x08Identity" + struct.pack(">I", len(identity)) + identity
        nonce = struct.pack(">Q", 1)
        sealed = box(public + vouch_nonce + vouch + about, b"CurveZMQINITIATE" + nonce,
                     self.server_short, self.short_secret)
        self.socket.sendall(frame(b"\x08INITIATE" + cookie + nonce + sealed, 4))
        self.sent = 1

    def ready(self):
        """True: the key was let in."""
        try:
            return self.receive_frame()[1].startswith(b"\x05READY")
        except OSError:
            return False

    def message(self, body, more=False, command=False):
        """The frame that carries one part."""
        self.sent += 1
        nonce = struct.pack(">Q", self.sent)
        sealed = box(bytes([more | command << 1]) + body, b"CurveZMQMESSAGEC" + nonce,
                     self.server_short, self.short_secret)
        return frame(b"\x07MESSAGE" + nonce + sealed)

    def send(self, *parts):
        for number, part in enumerate(parts):
            self.socket.sendall(self.message(part, number + 1 < len(parts)))

    def read(self):
        """One frame."""
        body = self.receive_frame()[1]
        assert body.startswith(b"\x07MESSAGE"), body
        return unbox(body[16:], b"CurveZMQMESSAGES" + body[8:16], self.server_short,
                     self.short_secret)[1:]

    def read_message(self):
        return body_of(self.read())

    def log_in(self, registry, name):
        """The whole handshake. False: not let in."""
        self.greet()
        self.hello(registry.server_raw)
        self.initiate(*registry.raw_keys(name))
        return self.ready()

    def close(self):
        self.socket.close()
