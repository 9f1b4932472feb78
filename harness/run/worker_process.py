"""A worker process: a fork of this process that performs one task after the other.

- `Task`: engines and cases that one process runs. `Work`: what is done with a task.
- `WorkerProcess`: the process, as the one that starts it sees it. `note_finished`: how far it has come.
"""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
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


def _serve(connection: Connection, work: Work) -> None:
    """Perform tasks until the pipe is closed or SIGTERM comes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt, EOFError, OSError):
        while True:
            _perform(work, connection.recv(), connection)


def _perform(work: Work, task: Task, connection: Connection) -> None:
    found: list[Any] = []
    sent = 0.0

    def send(*, done: bool) -> None:
        # Half a message would be the last one that is understood.
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
        connection.send((found, done))
        found.clear()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

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
