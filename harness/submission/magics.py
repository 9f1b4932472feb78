"""What only IPython understands (`%magic`, `!command`, `name?`), taken out of a source.

- `as_python`: the source, which stays as it is where it is Python.
- `without_magics`: the same with every line replaced that looks like one, for what is no Python anyway.
- `split`: a cell's own magic, which stands in its first line.

A line keeps its number and its indentation. `%run` becomes the call that IPython makes of it.
"""

from __future__ import annotations

import ast
import re

# What can be wrong with a text that is to be Python.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\?{1,2}[\w.*]+|[\w.]+\?{1,2})\s*$")
_RUN = re.compile(r"^(\s*)%run\s(.*)$")
_ASSIGNED = re.compile(r"^(\s*[\w,][\w, ]*=\s*)[%!].*$")
# Cells whose magic only times or silences them; any other one makes them no Python.
_HARMLESS = re.compile(r"^%%(?:time|timeit|capture|prun)\b")
_MOST = 200  # lines that are looked at one by one


def as_python(source: str) -> str:
    """The source without the lines of IPython that keep it from being Python.

    What Python itself complains about decides: a line that begins with % may continue an expression.
    """
    lines = source.split("\n")
    for _ in range(_MOST):
        try:
            ast.parse("\n".join(lines))
        except SyntaxError as problem:
            at = (problem.lineno or 0) - 1
            if not 0 <= at < len(lines) or not _replace(lines, at):
                break
        except NO_PYTHON:
            break
        else:
            break
    return "\n".join(lines)


def without_magics(source: str) -> str:
    """The source with every line replaced that looks like one of IPython's."""
    lines = source.split("\n")
    for at in range(len(lines)):
        _replace(lines, at)
    return "\n".join(lines)


def split(source: str) -> tuple[str, str]:
    """The magic that makes a cell something else than Python, if any, and the rest of the cell."""
    above = 0
    while source.lstrip().startswith("%%"):
        first, _, source = source.lstrip().partition("\n")
        above += 1
        if not _HARMLESS.match(first):
            return first[2:].strip(), source
    return "", "\n" * above + source


def _replace(lines: list[str], at: int) -> bool:
    """Replace a line with all that belongs to it; whether it was one of IPython's."""
    while at and lines[at - 1].endswith("\\"):
        at -= 1
    line = lines[at]
    run, magic, assigned = _RUN.match(line), _MAGIC.match(line), _ASSIGNED.match(line)
    if run:
        lines[at] = f"{run[1]}get_ipython().run_line_magic('run', {run[2].strip()!r})"
    elif magic:
        lines[at] = f"{magic[1]}pass"
    elif assigned:
        lines[at] = f"{assigned[1]}None"
    else:
        return False
    while line.endswith("\\") and at + 1 < len(lines):
        at += 1
        line, lines[at] = lines[at], ""
    return True
