"""The files of the project, and how a rule that is broken is told: file:line: what is wrong."""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def files(*endings, under=""):
    """Our own files (what git knows and does not ignore), as paths relative to the root."""
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True, capture_output=True, text=True).stdout.split("\0")
    found = sorted(name for name in listed
                   if name and name.startswith(under) and (ROOT / name).is_file()
                   and (not endings or name.endswith(endings)))
    if not found:
        sys.exit(f"no file of ours under '{under}' ends in {endings}: this test proves nothing")
    return found


def lines(name):
    return (ROOT / name).read_text(encoding="utf-8").split("\n")


def report(faults, proved):
    """Prints every fault and ends the program: 1 where there is one."""
    for fault in faults:
        print(fault)
    print(f"{len(faults)} found" if faults else proved)
    sys.exit(1 if faults else 0)
