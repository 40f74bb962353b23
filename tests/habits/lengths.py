"""Functions and files stay short enough to be read at once."""
import tree

FUNCTION_LINES_MAX = 80
FILE_LINES_MAX = 700


def long_functions(name, lines):
    start = None
    for number, line in enumerate(lines, 1):
        if line == "{":
            start = number
        elif line.startswith("}") and start:
            length = number - start + 1
            if length > FUNCTION_LINES_MAX:
                yield f"{name}:{start}: a function of {length} lines, over {FUNCTION_LINES_MAX}"
            start = None


faults = []
names = tree.files(".c", ".h")
for name in names:
    lines = tree.lines(name)
    if len(lines) > FILE_LINES_MAX:
        faults.append(f"{name}:1: {len(lines)} lines, over {FILE_LINES_MAX}: split it by purpose")
    faults.extend(long_functions(name, lines))
tree.report(faults, f"{len(names)} files: no function over {FUNCTION_LINES_MAX} lines, "
                    f"no file over {FILE_LINES_MAX}")
