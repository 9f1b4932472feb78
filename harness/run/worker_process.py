"""A worker process: a fork of this process that performs one task after the other.

- `Task`: engines and cases that one process runs. `Work`: what is done with a task.
- `WorkerProcess`: the process, as the one that starts it sees it. `note_finished`: how far it has come.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from types import FrameType
from typing import Any, Protocol

from ..processes import forked

# Seconds between two messages of a process that has much to say, and those in which it has to end.
_PAUSE, ENDING = 0.02, 3.0


@dataclass(frozen=True)
class Task:
    """Engines, by their numbers in the order in which they were asked for, and the cases begin <= k < end."""

    engines: tuple[int, ...]
    begin: int
    end: int


class Work(Protocol):
    """What is done in a worker process."""

    def perform(self, task: Task) -> Generator[Any]:
        """Yield what is found. An event with `engine` and `case` says that this case is finished."""

    def handed_over(self) -> None:
        """Close in this process what only the fork uses."""


def note_finished(events: Iterable[Any], finished: dict[int, int]) -> None:
    """Note in `finished`, for each engine of the events, the case after the last one that is finished."""
    for event in events:
        if hasattr(event, "case"):
            finished[event.engine] = max(event.case + 1, finished.get(event.engine, 0))


class WorkerProcess:
    """A worker process. `finished` has for each engine the case after the last one that is finished."""

    def __init__(self, work: Work) -> None:
        self.connection, theirs = Pipe()
        self.task: Task | None = None
        self.finished: dict[int, int] = {}
        self._process = forked(_serve, theirs, work)
        theirs.close()
        work.handed_over()

    def take(self, task: Task) -> None:
        """Have the process perform the task."""
        self.task, self.finished = task, {}
        # A process that has died is noticed when it is listened to.
        with contextlib.suppress(OSError):
            self.connection.send(task)

    def receive(self) -> list[Any] | None:
        """Return what the process has sent; None when it has died."""
        try:
            events, done = self.connection.recv()
        except (EOFError, OSError):
            return None
        note_finished(events, self.finished)
        if done:
            self.task = None
        return list(events)

    def interrupt(self) -> None:
        """Have the process end its engines, and then itself."""
        with contextlib.suppress(OSError):
            self._process.terminate()

    def close(self) -> None:
        """End the process, even if it is in the middle of its work."""
        self.connection.close()
        self._process.terminate()
        self._process.join(ENDING)
        self._process.kill()
        self._process.join()


class _Termination:
    """SIGTERM raises KeyboardInterrupt, but not while a message is sent: half a message cannot be understood.

    A mask of signals is not enough: another thread, such as those of NumPy, takes what this one blocks.
    """

    def __init__(self) -> None:
        self._held_back, self._came = False, False
        signal.signal(signal.SIGTERM, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if not self._held_back:
            raise KeyboardInterrupt
        self._came = True

    @contextlib.contextmanager
    def held_back(self) -> Iterator[None]:
        """Raise KeyboardInterrupt at the end if the signal comes inside."""
        self._held_back = True
        try:
            yield
        finally:
            self._held_back = False
        if self._came:
            self._came = False
            raise KeyboardInterrupt


def _serve(connection: Connection, work: Work) -> None:
    """Perform tasks until the pipe is closed or SIGTERM comes."""
    termination = _Termination()
    with contextlib.suppress(KeyboardInterrupt, EOFError, OSError):
        while True:
            _perform(work, connection.recv(), connection, termination)


def _perform(work: Work, task: Task, connection: Connection, termination: _Termination) -> None:
    found: list[Any] = []
    sent = 0.0

    def send(*, done: bool) -> None:
        with termination.held_back():
            connection.send((found, done))
            found.clear()

    events = work.perform(task)
    try:
        for event in events:
            found.append(event)
            if time.monotonic() - sent > _PAUSE:
                send(done=False)
                sent = time.monotonic()
        send(done=True)
    except KeyboardInterrupt as stop:
        # The signal came between two events. Where it came in the work, this adds nothing.
        with contextlib.suppress(KeyboardInterrupt, StopIteration):
            found.append(events.throw(stop))
        send(done=False)
        raise
