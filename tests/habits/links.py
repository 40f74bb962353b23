"""Links of our texts lead to files that are there, and the index of decisions names each one."""
import posixpath
import re

import tree

LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
DECISIONS = "docs/decisions/"


def broken(name):
    for number, line in enumerate(tree.lines(name), 1):
        for target in LINK.findall(line):
            if re.match(r"[a-z]+:", target):
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
            if not (tree.ROOT / path).exists():
                yield f"{name}:{number}: there is no {path}"


names = tree.files(".md")
faults = [fault for name in names for fault in broken(name)]
index = (tree.ROOT / DECISIONS / "README.md").read_text(encoding="utf-8")
for name in tree.files(".md", under=DECISIONS):
    short = name.removeprefix(DECISIONS)
    if short != "README.md" and f"({short})" not in index:
        faults.append(f"{DECISIONS}README.md:1: {short} is not in the table")
tree.report(faults, f"{len(names)} texts: every link leads somewhere")
