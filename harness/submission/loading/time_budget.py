"""The time of a stranger's code in the child, before any case is asked.

All that is loaded shares one amount of time, so that what never ends leaves some to the rest.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from time import monotonic, sleep
from typing import Any

_TRIAL = 3.0  # seconds; what is tried takes milliseconds
_AGAIN, _SLICE = 0.2, 0.1  # seconds


class _TookTooLong(BaseException):
    """Raised in the midst of work when its time is over. No handler of a stranger's names it."""


class TimeBudget:
    """Ends work that takes too long, in the thread that made the budget.

    `load` seconds count from `started`, a time of `monotonic()`; then the parent's patience ends. A file or
    a cell has at most half of them, and a sixth is kept for what comes after loading. The budget's own thread
    is there from the start: under limits that a stranger's code is to feel, none may be to be had.
    """

    def __init__(self, load: float, started: float) -> None:
        self._end, self._most, self._kept = started + load, load / 2, load / 6
        self.for_loading = load - self._kept
        self._worker = ctypes.c_ulong(threading.get_ident())
        self._bell = threading.Condition()
        self._deadline: float | None = None
        threading.Thread(target=self._watch, daemon=True).start()

    def for_one(self) -> float:
        """Seconds for the next file or cell; none are left when it is not positive."""
        return min(self._most, self._end - self._kept - monotonic())

    def tried(self, work: Callable[[], None]) -> bool:
        """Do the work in a part of the time that is left; whether it came to its end."""
        return self.run(work, min(_TRIAL, (self._end - monotonic()) / 3))

    def run(self, work: Callable[[], None], seconds: float) -> bool:
        """Do the work; whether it came to its end in time."""
        try:
            self._set(monotonic() + seconds)
            work()
        except _TookTooLong:
            return False
        finally:
            self._stop()
        return True

    def _stop(self) -> None:
        """From here on nothing is raised any more, what is on its way included."""
        while True:
            try:
                self._set(None)
                return
            except _TookTooLong:
                continue

    def _set(self, deadline: float | None) -> None:
        with self._bell:
            self._deadline = deadline
            if deadline is None:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._worker, None)
            self._bell.notify()

    def _watch(self) -> None:
        with self._bell:
            while True:
                left = None if self._deadline is None else self._deadline - monotonic()
                if left is None or left > 0:
                    self._bell.wait(left)
                else:
                    raised = ctypes.py_object(_TookTooLong)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._worker, raised)
                    # An `except:` around what loops has swallowed it, or a loop comes after the loop.
                    self._deadline = monotonic() + _AGAIN


def sleep_in_slices(seconds: Any) -> None:
    """`time.sleep`, which a budget can end: in C nothing is raised before it is over.

    A signal would not help: outside of the main thread Python sleeps on after it.
    """
    if not seconds > _SLICE:
        return sleep(seconds)
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        sleep(min(left, _SLICE))
    return None
