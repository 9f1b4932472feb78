"""What the command is doing, said on standard error when a person would otherwise wait without a word.

- `heard`: the context of a whole command, which says something every two seconds. `silent`: a part without.
- `busy`: a part of the work with its own words.

A timer signal says it: it needs no thread, which a fork would not copy, and it comes while torch is imported.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

# Seconds. Two with the start of Python before the first, and a signal waits for the end of an instruction.
_PAUSE = 1.5


class Busy:
    """A part of the work: `what` says in words what it is, and may be changed. Empty words are not said."""

    def __init__(self, what: str | Callable[[], str]) -> None:
        self.what, self._since = what, time.monotonic()

    def __str__(self) -> str:
        what = self.what if isinstance(self.what, str) else self.what()
        return what and f"{what} ({time.monotonic() - self._since:.0f} s)"


_parts: list[Busy] = []


@contextmanager
def busy(what: str | Callable[[], str]) -> Iterator[Busy]:
    """Describe the work of the context: `what` is said as long as the work goes on, with its seconds."""
    part = Busy(what)
    _parts.append(part)
    try:
        yield part
    finally:
        _parts.remove(part)


@contextmanager
def heard() -> Iterator[None]:
    """Say every two seconds what is being done. Only in the main thread, where standard error is a file."""
    try:
        sys.stderr.fileno()
    except (OSError, ValueError):
        yield
        return
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGALRM, _say)
    signal.setitimer(signal.ITIMER_REAL, _PAUSE, _PAUSE)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@contextmanager
def silent() -> Iterator[None]:
    """Say nothing until the end of the context."""
    before = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, *before)


def just_said() -> None:
    """Begin to count the seconds of silence anew, because something else was printed."""
    # In silence the timer does not run.
    if signal.getsignal(signal.SIGALRM) is _say and signal.getitimer(signal.ITIMER_REAL)[0]:
        signal.setitimer(signal.ITIMER_REAL, _PAUSE, _PAUSE)


def _say(number: int, frame: FrameType | None) -> None:
    said = str(_parts[-1]) if _parts else ""
    if not said:
        return
    # Past the buffer of `sys.stderr`, because the signal may come while this buffer is written to. An error
    # would be raised at any place of the command. A bar puts a stream without an encoding in its place.
    with suppress(OSError, ValueError):
        encoding = sys.stderr.encoding or "ascii"
        os.write(sys.stderr.fileno(), f"gradconform: {said}\n".encode(encoding, "backslashreplace"))
