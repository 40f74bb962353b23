"""Inclusion runs only downward, and each library has its room.

clients, daemon/bus -> daemon/registry -> daemon/store -> proto
"""
import re

import tree

# A folder, and the folders whose headers it may include. The longest name that fits counts.
MAY_INCLUDE = {
    "proto": ["proto"],
    "daemon/store": ["daemon/store", "proto"],
    "daemon/registry": ["daemon/registry", "daemon/store", "proto"],
    "daemon/bus": ["daemon/bus", "daemon/registry", "daemon/store", "proto"],
    "daemon": ["daemon", "proto"],
    "clients/lib": ["clients/lib", "proto"],
    "clients/cli": ["clients/cli", "clients/lib", "proto"],
    "clients/calendar": ["clients/calendar", "clients/lib", "proto"],
    "clients/notify": ["clients/notify", "clients/lib", "proto"],
    "clients/report": ["clients/report", "clients/lib", "proto"],
    "bench": ["bench", "clients/lib", "proto"],
    "tests": ["tests", "bench", "clients", "daemon", "proto"],
}

# A header of a library, and the folders that may use it.
ROOM_OF = {
    "lmdb.h": ["daemon/store", "clients/lib", "bench", "tests"],
    "zmq.h": ["daemon", "clients/lib", "bench", "tests"],
    "czmq.h": ["daemon", "clients/lib", "bench", "tests"],
    "roaring/roaring.h": ["daemon/store", "daemon/registry", "tests"],
    "unicode/": ["proto"],
    "libstemmer.h": ["proto"],
    "yaml.h": ["proto"],
    "libsmartcols/": ["clients"],
    "systemd/": ["daemon"],
}
# These rooms of the daemon use no sockets.
NOT_IN = {"zmq.h": ["daemon/registry"], "czmq.h": ["daemon/registry"]}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def inside(name, folder):
    return name.startswith(folder + "/")


def folder_of(name):
    fitting = [folder for folder in MAY_INCLUDE if inside(name, folder)]
    return max(fitting, key=len) if fitting else None


def ours(name, header):
    """The file of ours that `header` names, or None."""
    here = name.rsplit("/", 1)[0]
    for place in (f"{here}/{header}", header, f"clients/lib/{header}"):
        if (tree.ROOT / place).is_file():
            return place
    return None


def fault_of(name, quoted, header):
    folder = folder_of(name)
    target = ours(name, header)
    if target:
        if not any(inside(target, allowed) for allowed in MAY_INCLUDE[folder]):
            return f"{folder} may not include {target}"
        return None
    if re.fullmatch(r"plenary/v1/\w+\.pb-c\.h", header):
        return None
    if quoted:
        return f'"{header}" is no file of ours'
    for room, folders in ROOM_OF.items():
        if header == room or (room.endswith("/") and header.startswith(room)):
            if not any(inside(name, allowed) for allowed in folders):
                return f"<{header}> is for {', '.join(folders)} only"
            if any(inside(name, barred) for barred in NOT_IN.get(room, [])):
                return f"{folder} does not use <{header}>"
    return None


faults = []
names = tree.files(".c", ".h")
for name in names:
    if folder_of(name) is None:
        faults.append(f"{name}:1: its folder has no line in tests/habits/includes.py")
        continue
    for number, line in enumerate(tree.lines(name), 1):
        found = INCLUDE.match(line)
        fault = found and fault_of(name, found[1] == '"', found[2])
        if fault:
            faults.append(f"{name}:{number}: {fault}")
tree.report(faults, f"{len(names)} files include only downward")
