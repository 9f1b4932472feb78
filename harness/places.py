"""Places in untrusted code, in words: where a class is defined, and where an exception was raised.

- `frames`: the frames that an exception passed through. `is_of_harness`: True for a file of gradconform.
- `raised_at`: the line of the engine at which an exception was raised. `told`: the exception with this line.
- `traceback_of`: all frames as a text of bounded length.
- `line_of`, `source_line`: a line of a file or cell in words, and its text.
- `remember`: makes the lines of a source known that lies in memory alone.
- `cell_name`, `file_and_cell`: the name under which a cell of a notebook is compiled, and back.

The engine chooses all of these texts: a file, a function and a line of source may be forged. They are
shortened here, and `harness.text` makes them harmless in the parent. No file is opened because of a forged
name, unless it is a regular file that this process can read anyway.
"""

from __future__ import annotations

import functools
import linecache
import os
import re
from collections import deque
from collections.abc import Iterator
from types import CodeType, FrameType

from .text import described, words

_LONGEST_TRACEBACK = 8_000  # characters
_LONGEST_LINE = 120
_LONGEST_NAME = 1_000
# A recursion that does not end has hundreds of thousands of frames.
_FIRST, _LAST = 10, 20
_CELL_NAME = re.compile(r"(.*), cell ([0-9]{1,9})", re.DOTALL)
# The path to an installed package, in a child and elsewhere. The group is the name of the package.
_INSTALLED = re.compile(r"^/(?:.*/)?(?:site\d*|site-packages|dist-packages)/([^/]*)")
_STANDARD = os.path.dirname(os.__file__) + os.sep
# The files in this folder are the harness, and all other files are the engine. The engines in the folder of
# tests are engines.
_HOME = os.path.dirname(__file__) + os.sep
_TESTS = os.path.join(_HOME, "tests")


def cell_name(path: str, number: int) -> str:
    """Return the name under which a cell is compiled, which tracebacks show."""
    return f"{path}, cell {number}"


def file_and_cell(name: str) -> tuple[str, int | None]:
    """Return the file and the number of the cell from a name of `cell_name`; no number for another name."""
    found = _CELL_NAME.fullmatch(name)
    return (found[1], int(found[2])) if found else (name, None)


def without_site(file: str) -> str:
    """Return the path of a file of an installed package from the package on; another path as it is."""
    found = _INSTALLED.match(file)
    return file[found.start(1) :] if found else file


def is_of_harness(file: str) -> bool:
    """True when the file belongs to gradconform, and not to an engine."""
    return file.startswith(_HOME) and not file.startswith(_TESTS)


def frames(problem: BaseException) -> Iterator[tuple[FrameType, int]]:
    """Yield each frame that the exception passed through, with its line; the innermost frame comes last."""
    # The class of an exception may hide the attribute behind its own.
    trace = BaseException.__dict__["__traceback__"].__get__(problem)
    while trace is not None:
        yield trace.tb_frame, trace.tb_lineno or 0
        trace = trace.tb_next


def remember(name: str, text: str) -> None:
    """Make the lines of a source known that was compiled under `name`, for this module and for tracebacks."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)


def line_of(file: str, line: int) -> str:
    """Return a line of a file or of a cell in words: "s16.py:24", or "hw.ipynb, cell 3, line 24"."""
    path, cell = file_and_cell(file)
    return f"{_shown(path)}, cell {cell}, line {line}" if cell else f"{_shown(path)}:{line}"


def source_line(file: str, line: int) -> str:
    """Return a line of source, shortened; "" when it is not known."""
    # A forged name may be that of a device or of a pipe, which has no end.
    if file not in linecache.cache and not os.path.isfile(file):
        return ""
    return words(linecache.getline(file, line).strip())[:_LONGEST_LINE]


def raised_at(problem: BaseException) -> str:
    """Return the place of an exception: "s16.py:24, in backward: `node._backward()`".

    It is the innermost line of the engine's own code, not of a library that it calls. The text is empty when
    there is no such line, and when the frames cannot be read.
    """
    try:
        found, home = None, None
        for frame, line in frames(problem):
            here = _home(_file_of(frame.f_code))
            if here is not None and (home is None or home == here):
                found, home = (frame.f_code, line), here
        return _in_words(*found) if found else ""
    except Exception:  # an engine can replace any part of a frame by an object of its own
        return ""


def told(problem: BaseException, before: str = "") -> str:
    """Return the exception on one line, with its place, of which a sentence may have said `before` already.

    Raises what `harness.text.described` raises.
    """
    place = raised_at(problem).removeprefix(f"{before}: ")
    return f"{described(problem)} ({place})" if place and place != before else described(problem)


def traceback_of(problem: BaseException, said: str) -> str:
    """Return the frames outside of gradconform and then `said`, as Python shows an exception.

    Of very many frames the first 10 and the last 20 are shown.
    """
    first: list[str] = []
    last: deque[tuple[CodeType, int]] = deque(maxlen=_LAST)
    count = 0
    try:
        for frame, line in frames(problem):
            code = frame.f_code
            if is_of_harness(_file_of(code)):
                continue
            count += 1
            if len(first) < _FIRST:
                first.append(_entry(code, line))
            else:
                last.append((code, line))
        between = count - len(first) - len(last)
        first += [f"  ... {between:,} more frames"] if between else []
        first += [_entry(code, line) for code, line in last]
    except Exception:
        first.append("  (the other frames cannot be shown)")
    shown = "\n".join(["Traceback (most recent call last):", *first])
    return f"{shown[:_LONGEST_TRACEBACK]}\n{said}\n"


def _file_of(code: CodeType) -> str:
    """Return the name of the file, shortened: a forged name may have millions of characters."""
    return code.co_filename[:_LONGEST_NAME]


@functools.lru_cache(maxsize=64)  # a recursion has the same file in each of its frames
def _home(file: str) -> str | None:
    """Return a name for the body of code that a file belongs to; None for gradconform and for made code."""
    if is_of_harness(file) or file.startswith("<"):
        return None
    installed = _INSTALLED.match(file)
    if installed:
        return installed[1]
    return "the standard library" if file.startswith(_STANDARD) else "the engine"


def _in_words(code: CodeType, line: int) -> str:
    inside = "" if code.co_name == "<module>" else f", in {words(code.co_name)[:_LONGEST_LINE]}"
    source = source_line(_file_of(code), line)
    return line_of(_file_of(code), line) + inside + (f": `{source}`" if source else "")


def _shown(file: str) -> str:
    """Return a path as a report shows it: of a long absolute path, the last two parts."""
    file = without_site(file)
    parts = file.split("/")
    return words("/".join(parts[-2:]) if file.startswith("/") else file)[-_LONGEST_LINE:]


def _entry(code: CodeType, line: int) -> str:
    source = source_line(_file_of(code), line)
    place = f'  File "{words(without_site(_file_of(code)))}", line {line}, in {words(code.co_name)}'
    return place + (f"\n    {source}" if source else "")
