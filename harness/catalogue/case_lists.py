"""Lists of cases in text files: a person's own, and the ready sets of the catalogue.

A line has one id or glob. Blank lines count for nothing, and neither does what follows a `#`.

- `CaseList`: the globs of a file with their lines.
- `read_list`: from a file to a `CaseList`. `text_of`: the text of a file, bounded.
- `ready_sets`, `ready_set`: the files in `sets/` of the folder `cases`, by name.
"""

from __future__ import annotations

import difflib
import importlib
from dataclasses import dataclass
from pathlib import Path

from ..errors import UsageError
from ..text import words

_LARGEST = 1 << 20  # bytes


@dataclass(frozen=True)
class CaseList:
    """The globs of a list by their lines, which are counted from 1; `shown` is its file, or its name."""

    shown: str
    globs: dict[int, str]


def read_list(path: Path, shown: str = "") -> CaseList:
    """Return the list in a file.

    Raises UsageError when the file cannot be read, is too large, is not UTF-8, or names no case.
    """
    lines = [line.partition("#")[0].strip() for line in text_of(path).splitlines()]
    globs = {number: glob for number, glob in enumerate(lines, 1) if glob}
    shown = shown or words(str(path))
    if not globs:
        raise UsageError(f"{shown} names no case; write one id or glob a line")
    return CaseList(shown, globs)


def text_of(path: Path) -> str:
    """Return the text of a file. UsageError when it cannot be read, is too large or is not UTF-8."""
    shown = words(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"{shown} is larger than {_LARGEST >> 20} MiB")
        return data.decode("utf-8")
    except OSError as problem:
        raise UsageError(f"{shown} cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError:
        raise UsageError(f"{shown} is not UTF-8") from None


def ready_sets() -> list[str]:
    """Return the names of the ready sets."""
    return sorted(path.stem for path in _folder().glob("*.txt"))


def ready_set(name: str) -> CaseList:
    """Return the ready set of that name. UsageError, with the names of all, when there is none."""
    names = ready_sets()
    if name not in names:
        near = difflib.get_close_matches(name, names, n=1)
        meant = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}"
        raise UsageError(f"there is no set {words(name)!r}; {meant}")
    return read_list(_folder() / f"{name}.txt", f"the set {name}")


def _folder() -> Path:
    return Path(importlib.import_module("gradconform.cases").__path__[0]) / "sets"
