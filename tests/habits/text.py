"""Text files are whole and clean: the end, trailing blanks, work left open, places of one machine."""
import re

import tree

# Pieces, so that this file does not break its own rules.
OPEN_WORK = re.compile(r"\b(" + "|".join(["TO" + "DO", "FIX" + "ME", "X" + "XX", "HA" + "CK"]) + r")\b")
MACHINE_PATH = re.compile(
    r"(^|[\s\"'`=(:])/(" + "|".join(["wo" + "rk", "fa" + "rm", "ro" + "ot", "ho" + r"me/\w"]) + r")(/|\b)"
    r"|\.\./sha" + r"red\b")
LINK = re.compile(r"\b(?:https?|ftp)://([A-Za-z0-9.-]+)")
# Hosts that our texts may name: what anybody can reach, and names reserved for examples (RFC 2606).
HOSTS = re.compile(
    r"(.*\.)?example(\.(com|org|net))?|(.*\.)?invalid|localhost|127\.0\.0\.1"
    r"|www\.rfc-editor\.org|rfc\.zeromq\.org|www\.first\.org|mozilla\.org|www\.mozilla\.org"
    r"|www\.lmdb\.tech|www\.w3\.org|schema\.org|www\.iana\.org")
LINES_OF_OTHERS = {"LICENSE"}


def faults_of(name):
    data = (tree.ROOT / name).read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        yield f"{name}:1: not UTF-8: {error}"
        return
    if text and not text.endswith("\n"):
        yield f"{name}:{text.count(chr(10)) + 1}: no newline at the end"
    if text.endswith("\n\n"):
        yield f"{name}:{text.count(chr(10))}: an empty line at the end"
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(r"[ \t\r]$", line):
            yield f"{name}:{number}: blanks at the end of the line"
        if OPEN_WORK.search(line):
            yield f"{name}:{number}: work left open"
        if MACHINE_PATH.search(line):
            yield f"{name}:{number}: a path of one machine"
        for host in LINK.findall(line):
            if not HOSTS.fullmatch(host):
                yield f"{name}:{number}: a link to {host}, which tests/habits/text.py does not know"


BINARY = (".png", ".bin", ".pb", ".mdb")
names = [name for name in tree.files() if name not in LINES_OF_OTHERS and not name.endswith(BINARY)]
faults = [fault for name in names for fault in faults_of(name)]
tree.report(faults, f"{len(names)} text files are whole and clean")
