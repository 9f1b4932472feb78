"""`alone_in`: one run at a time writes to a report folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ..errors import UsageError
from ..report.results_file import writing
from ..text import words

_LOCK = ".lock"


@contextmanager
def alone_in(
    folder: Path, *, other: str = "run", instead: str = "name another folder with --out"
) -> Iterator[None]:
    """Keep every other run out of a report folder, which exists.

    `other` and `instead` are the words for a run, and for what to do when there is another one.

    The system ends the lock of a process that was killed. Raises UsageError when another run writes to the
    folder, or when the folder cannot be written to.
    """
    from filelock import FileLock, Timeout  # it imports much; by now the engines are at work

    lock = FileLock(folder / _LOCK)
    with writing(folder):
        try:
            lock.acquire(blocking=False)
        except Timeout:
            shown = words(str(folder))
            raise UsageError(
                f"another {other} writes to {shown} at this moment; {instead}"
            ) from None
    try:
        yield
    finally:
        # Removed while it is held: otherwise it could be the lock of the next run already.
        with suppress(OSError):
            os.unlink(lock.lock_file)
        lock.release()
