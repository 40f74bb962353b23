"""clang-tidy finds nothing. Arguments: the build folder, a folder of ours, how many states the
analyzer looks at in one function before it goes to the next one.

A file that passed is not read again until it, a header of ours or the rules change.
"""
import hashlib
import json
import os
import pathlib
import subprocess
import sys

import tree

build, folder, states = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2], int(sys.argv[3])
BOUND = [f"--extra-arg={word}" for word in
         ["-Xclang", "-analyzer-config", "-Xclang", f"max-nodes={states}"]]
passed = build / "tidy"


def built():
    """What this build compiles of that folder."""
    entries = json.loads((build / "compile_commands.json").read_text())
    own = set(tree.files(".c", under=folder + "/"))
    here = {os.path.relpath(entry["file"], tree.ROOT) for entry in entries}
    return sorted(own & here)


def fingerprint(name):
    """Changes with anything that could change the answer."""
    known = hashlib.sha256((build / "compile_commands.json").read_bytes())
    known.update(str(states).encode())
    for read in [name, ".clang-tidy", "tests/.clang-tidy", *tree.files(".h", ".proto")]:
        known.update((tree.ROOT / read).read_bytes())
    return known.hexdigest()


def tidy(name):
    stamp = passed / name.replace("/", "_")
    mark = fingerprint(name)
    if stamp.exists() and stamp.read_text() == mark:
        return None
    done = subprocess.run(["clang-tidy", "-p", build, "--quiet", *BOUND, name], cwd=tree.ROOT,
                          capture_output=True, text=True)
    if done.returncode or "warning:" in done.stdout:
        return (done.stdout or done.stderr).replace(f"{tree.ROOT}/", "").strip()
    stamp.write_text(mark)
    return None


passed.mkdir(exist_ok=True)
names = built()
if not names:
    sys.exit(f"nothing of {folder} is built: this test proves nothing")
complaints = [complaint for complaint in map(tidy, names) if complaint]
tree.report(complaints, f"{len(names)} files of {folder}: nothing found")
