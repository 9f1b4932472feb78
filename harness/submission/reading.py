"""Reading one file of a submission within bounds.

- `bounded`: the part of a file that counts, or the reason why it is left out. `whole`: the same or an error.
- `check_amount`: an error for too many files, or files that are too large together.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from mmap import ACCESS_READ, mmap
from pathlib import Path

from ..errors import EngineError
from ..text import words
from .files import MOST_BYTES, MOST_FILES, LeftOut, code_of, largest, suffix_of
from .notebook_format import without_outputs

_LARGEST_NOTEBOOK = 1 << 30  # bytes, with outputs


def whole(path: Path) -> bytes:
    """Return the part of a file that counts (see `code_of`). EngineError when it cannot be read."""
    try:
        return bounded(path)
    except LeftOut as why:
        raise EngineError(f"{words(str(path))} {why}") from None


def bounded(path: Path) -> bytes:
    """Return the part of a file that counts (see `code_of`). LeftOut when it is too large or unreadable."""
    try:
        # O_NONBLOCK, because opening a named pipe would otherwise wait for a writer.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LeftOut("is no regular file")
            size = os.fstat(file.fileno()).st_size
            if suffix_of(path) == ".ipynb" and largest(path) < size <= _LARGEST_NOTEBOOK:
                with mmap(file.fileno(), 0, access=ACCESS_READ) as mapped:
                    data = without_outputs(mapped)
            else:
                data = file.read(largest(path) + 1)
    except OSError as problem:
        raise LeftOut(f"cannot be read: {problem.strerror}") from None
    except ValueError as problem:
        raise LeftOut(f"is larger than {largest(path) >> 20} MiB, and {problem}") from None
    return code_of(path, data)


def check_amount(files: Mapping[str, bytes], what: str) -> None:
    """Raise EngineError when the files are too many; `what` is the beginning of the sentence."""
    if sum(map(len, files.values())) > MOST_BYTES or len(files) > MOST_FILES:
        raise EngineError(f"{what} more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB")
