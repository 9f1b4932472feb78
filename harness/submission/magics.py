"""The lines that only IPython understands (`%magic`, `!command`, `name?`), taken out of a source.

- `as_python`: replaces those lines that keep a source from being Python.
- `without_magics`: replaces every line that looks like one, for a source that is no Python in any case.
- `split`: separates the magic in the first line of a cell (`%%magic`) from the rest.

Every other line keeps its number and its indentation. `%run` becomes the call that IPython makes of it.
"""

from __future__ import annotations

import ast
import re

# The exceptions that `ast.parse` and `compile` raise for a text that is no Python.
NO_PYTHON = (SyntaxError, ValueError, RecursionError, MemoryError)
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\?{1,2}[\w.*]+|[\w.]+\?{1,2})\s*$")
_RUN = re.compile(r"^(\s*)%run\s(.*)$")
_ASSIGNED = re.compile(r"^(\s*[\w,][\w, ]*=\s*)[%!].*$")
# A cell with one of these magics is Python that is timed or silenced. Any other magic makes it no Python.
_HARMLESS = re.compile(r"^%%(?:time|timeit|capture|prun)\b")
_MOST = 200  # lines that are replaced one by one, each with a new parse


def as_python(source: str) -> str:
    """Return the source without the lines of IPython that keep it from being Python.

    A line is replaced only when Python's parser complains about it, because a line that begins with % may
    continue an expression. The result need not be Python.
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
    """Return the source with `pass` for every line that looks like one of IPython."""
    lines = source.split("\n")
    for at in range(len(lines)):
        _replace(lines, at)
    return "\n".join(lines)


def split(source: str) -> tuple[str, str]:
    """Return the magic that makes a cell no Python, or an empty text, and the other lines of the cell."""
    above = 0
    while source.lstrip().startswith("%%"):
        first, _, source = source.lstrip().partition("\n")
        above += 1
        if not _HARMLESS.match(first):
            return first[2:].strip(), source
    return "", "\n" * above + source


def _replace(lines: list[str], at: int) -> bool:
    """Replace a line of IPython with all its continued lines. True when it was one."""
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
