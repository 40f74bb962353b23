"""Every C file is as clang-format writes it."""
import subprocess

import tree

names = tree.files(".c", ".h")
done = subprocess.run(["clang-format", "--dry-run", "-Werror", *names], cwd=tree.ROOT,
                      capture_output=True, text=True)
faults = [line for line in done.stderr.splitlines() if ": error:" in line]
if done.returncode and not faults:
    faults = [done.stderr]
tree.report(faults, f"{len(names)} files are formatted")
