"""Each header compiles alone. Arguments: the build folder, the compiler."""
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys

import tree

build, compiler = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2]


def include_options():
    """Where this build's sources look for headers."""
    options = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        for word, following in zip(words, words[1:] + [""]):
            if word == "-isystem":
                options[(word, following)] = None
            elif re.match(r"-I.", word):
                options[(word,)] = None
    return [word for option in options for word in option]


OPTIONS = ["-std=c17", "-D_POSIX_C_SOURCE=200809L", "-D_DEFAULT_SOURCE", "-Wall", "-Wextra",
           "-Werror", "-fsyntax-only", f"-I{tree.ROOT}", *include_options(), "-x", "c", "-"]


def compile_alone(name):
    done = subprocess.run([compiler, *OPTIONS], input=f'#include "{name}"\n', cwd=tree.ROOT,
                          capture_output=True, text=True)
    return done.stderr if done.returncode else None


names = tree.files(".h")
with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
    complaints = [complaint for complaint in pool.map(compile_alone, names) if complaint]
tree.report(complaints, f"{len(names)} headers compile alone with {compiler}")
