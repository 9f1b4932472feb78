"""The time of untrusted code in the child, before the first case.

- `TimeBudget`: divides the time of `Limits.load` and ends work that takes too long.
- `sleep_in_slices`: a `time.sleep` that can be ended.

Files and cells that are loaded, and the probes that follow, share one amount of time. A file, cell or probe
that never ends must leave time for the others. An example with 30 s, the default. A notebook has five cells;
the first defines a class whose `backward` never ends, the second and the third loop for ever:

     0.3 s  cell 1 may take 15 s, the half of all time, and takes none
     0.3 s  cell 2 may take 15 s, and is ended after them
    15.3 s  its definitions below the loop may take 3 s, the most for a probe, and take none
    15.3 s  cell 3 may take 10 s: the 5 s that are kept for probes are not for loading
    25.3 s  cells 4 and 5 are not run
    25.3 s  each probe of the class may take 1.7 s, a third of the time that is left
    25.3 s  the probe of `backward` never ends
    27.0 s  the engine is there, with a note for cell 2, cell 3, cells 4 to 5 and `backward`

A child that is started again loads the same once more. It is told what did not end, so that it waits for
that only a fifth as long, and leaves out what was left out before.
"""

from __future__ import annotations

import ctypes
import itertools
import threading
import time
from collections.abc import Callable, Collection
from time import CLOCK_MONOTONIC, clock_gettime, monotonic, sleep
from typing import Any

_PROBE = 3.0  # seconds; a probe takes milliseconds
_AGAIN, _SLICE = 0.2, 0.1  # seconds
# The part of its time that work gets which did not end in the first child.
_KNOWN_TO_BE_ENDLESS = 0.2
# A thread with less processor time than the first part of wall time sleeps. Of other wall time, the second
# part counts at least.
_SLEEPS, _AT_LEAST = 1 / 20, 1 / 5


class _TookTooLong(BaseException):
    """Raised inside of work when its time is over. No handler in untrusted code names it."""


# macOS has no such clock: all wall time counts there.
_clock_of: Callable[[int], int] = getattr(time, "pthread_getcpuclockid", lambda _: CLOCK_MONOTONIC)


class _Clock:
    """The time of a thread from `started` on: processor time while it computes, wall time while it sleeps.

    So a thread that waits for a core on a busy machine loses no time. `now` must be called often.
    """

    def __init__(self, thread: int, started: float) -> None:
        self._processor = _clock_of(thread)
        self._computed, self._wall = clock_gettime(self._processor), monotonic()
        self._now = self._wall - started
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the seconds since the start."""
        with self._lock:
            computed, wall = clock_gettime(self._processor), monotonic()
            busy, passed = computed - self._computed, wall - self._wall
            waits = busy > passed * _SLEEPS
            self._now += max(busy, passed * _AT_LEAST) if waits else passed
            self._computed, self._wall = computed, wall
            return self._now


class TimeBudget:
    """The time for loading and probing, for work in the thread that made the budget.

    It has `load` seconds from `started`, a time of `monotonic()`; then the parent stops waiting. Time in
    which the work waits for a core does not count. A file or a cell gets at most half of them, and a sixth is
    kept for the probes after loading. `for_loading` is the rest, in seconds. RuntimeError when the thread
    that watches the time cannot be started: it is started at once, because later the limits of untrusted code
    may permit no more threads.

    Every piece of work, and every question for its time, has a number. `unended` has the numbers of those
    that did not end, or for which no time was left; `endless` are these numbers in the first child.
    """

    def __init__(self, load: float, started: float, endless: Collection[int] = ()) -> None:
        self._endless, self._numbers = frozenset(endless), itertools.count()
        self.unended: list[int] = []
        self._end, self._most, self._kept = load, load / 2, load / 6
        self.for_loading = load - self._kept
        self._worker = ctypes.c_ulong(threading.get_ident())
        self._clock = _Clock(threading.get_ident(), started)
        self._bell = threading.Condition()
        self._deadline: float | None = None
        self._late = False
        threading.Thread(target=self._watch, daemon=True).start()

    def for_one(self) -> float:
        """Return the seconds for the next file or cell; no time is left when they are not positive."""
        number = next(self._numbers)
        left = min(self._most, self._end - self._kept - self._clock.now())
        if left <= 0 or number in self._endless:
            self.unended.append(number)
            return 0.0
        return left

    def probe(self, work: Callable[[], None]) -> bool:
        """Do the work within a third of the time that is left, at most 3 s. True when it came to its end.

        Raises what the work raises.
        """
        return self.run(work, min(_PROBE, (self._end - self._clock.now()) / 3))

    def run(self, work: Callable[[], None], seconds: float) -> bool:
        """Do the work. True when it came to its end in time. Raises what the work raises."""
        number = next(self._numbers)
        if number in self._endless:
            seconds *= _KNOWN_TO_BE_ENDLESS
        in_time = False
        try:
            self._set(self._clock.now() + seconds)
            work()
            in_time = not self._late  # the work may have caught the exception, and have ended then
        except _TookTooLong:
            self._deadline = None
        finally:
            # Where other threads hold Python's lock, it may come at the first step of `_stop`, which no
            # handler there covers. It comes only once: Python raises nothing at a plain assignment.
            try:
                self._stop()
            except _TookTooLong:
                self._deadline = None
                self._stop()
        if not in_time:
            self.unended.append(number)
        return in_time

    def _stop(self) -> None:
        """Remove the deadline. After this nothing is raised, not even an exception that was on its way."""
        while True:
            try:
                self._set(None)
                return
            except _TookTooLong:
                continue

    def _set(self, deadline: float | None) -> None:
        with self._bell:
            self._deadline = deadline
            if deadline is not None:
                self._late = False
            else:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(self._worker, None)
            self._bell.notify()

    def _watch(self) -> None:
        with self._bell:
            while True:
                left = None if self._deadline is None else self._deadline - self._clock.now()
                if left is None or left > 0:
                    self._bell.wait(left and min(left, _SLICE))
                else:
                    self._late = True
                    raised = ctypes.py_object(_TookTooLong)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(self._worker, raised)
                    # Raised again, in case an `except:` inside of a loop caught it, or another loop follows.
                    self._deadline = self._clock.now() + _AGAIN


def sleep_in_slices(seconds: Any) -> None:
    """Sleep as `time.sleep` does, in slices, between which a budget can end it. Raises the same errors.

    The C function `sleep` cannot be ended: the exception is raised only after it. A signal would not help,
    because Python continues to sleep after it outside of the main thread.
    """
    if not seconds > _SLICE:
        return sleep(seconds)
    end = monotonic() + seconds
    while (left := end - monotonic()) > 0:
        sleep(min(left, _SLICE))
    return None
