"""The time that a child takes: wall time, without the time in which it waited for a core.

- `Clock`: the time of one child.

A busy machine must fail no engine. So a process that could run, but has no core, takes no time; one that
computes or sleeps does. The kernel counts the waits of each thread in `/proc/PID/task/TID/schedstat`:
https://docs.kernel.org/scheduler/sched-stats.html. Where it does not, all wall time counts.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator

# An engine may start threads that have no core on purpose. So at least this part of wall time counts.
_AT_LEAST = 1 / 5


class Clock:
    """The seconds that the process `pid` and its descendants took, of those in which the parent waited."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._without_core = 0.0
        self._since_look = 0.0
        self.taken = 0.0

    def waited(self, seconds: float) -> None:
        """Count wall time. This is cheap, as it must be for each answer."""
        self._since_look += seconds
        self.taken += seconds

    def look(self) -> float:
        """Take the seconds without a core off `taken`, and return those since the last look.

        It reads a file for each thread of the child, about 0.1 ms in all.
        """
        without_core = max(map(_without_core, _threads(self._pid)), default=0.0)
        most = self._since_look * (1 - _AT_LEAST)
        off = min(max(without_core - self._without_core, 0.0), most)
        self._without_core, self._since_look = without_core, 0.0
        self.taken -= off
        return off


def _threads(pid: int) -> Iterator[str]:
    """Yield the folder in /proc of each thread of a process and of its descendants."""
    pending = [str(pid)]
    while pending:
        with contextlib.suppress(OSError):  # a process may end while it is looked at
            for task in os.scandir(f"/proc/{pending.pop()}/task"):
                yield task.path
                pending += _read(f"{task.path}/children").split()


def _without_core(thread: str) -> float:
    """Return the seconds in which a thread could run and had no core; the file counts nanoseconds."""
    fields = _read(f"{thread}/schedstat").split()
    return int(fields[1]) / 1e9 if len(fields) == 3 else 0.0


def _read(path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""
