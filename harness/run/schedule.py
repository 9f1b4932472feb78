"""The schedule of a run: tasks go to worker processes, and what they find comes back as it happens.

- `Task`: engines and cases that one process runs. `tasks`: those of a run.
- `Schedule`: the worker processes. Iterating gives what they send.

A worker process is a fork of this process: it need not import or trace anything again. It takes one task
after the other. Where it dies, the cases that it had not finished are run in a new one. A case with which two
of them died is given up, and so is an engine with which two died before its first case was finished. Where
this system cannot fork, this process performs the tasks itself.
"""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, Pipe, wait
from types import TracebackType
from typing import Any, Protocol

from ..processes import can_fork, forked

# A chunk of cases for engines that keep no process: small enough that no process waits long for the last one.
_CHUNK = 250
# Seconds between two messages of a worker that has much to say, and those in which it has to end.
_PAUSE, _ENDING = 0.02, 3.0
# Ctrl-C, the end of a terminal, and the request to end. The first two reach all processes of the command.
_INTERRUPTIONS = {signal.SIGINT, signal.SIGHUP, signal.SIGTERM}


@dataclass(frozen=True)
class Task:
    """Engines, by their numbers in the order in which they were asked for, and the cases begin <= k < end."""

    engines: tuple[int, ...]
    begin: int
    end: int


@dataclass(frozen=True)
class GivenUp:
    """The cases begin <= k < end of an engine, because two worker processes died with the first of them."""

    engine: int
    begin: int
    end: int


class Work(Protocol):
    """What is done in a worker process."""

    def perform(self, task: Task) -> Generator[Any]:
        """Yield what is found. An event with `engine` and `case` says that this case is finished."""

    def handed_over(self) -> None:
        """Close in this process what only the fork uses."""


def tasks(apart: Mapping[int, bool], cases: int, jobs: int) -> list[Task]:
    """Return the tasks of a run of `cases` cases in `jobs` processes.

    `apart` says for each engine whether it runs in a process of its own. Such an engine is one task. The
    others share their cases in chunks, so that a program is traced once for all of them.
    """
    together = tuple(number for number, own in apart.items() if not own)
    chunk = max(_CHUNK, -(-cases // (4 * jobs)))
    shared = [Task(together, begin, min(begin + chunk, cases)) for begin in range(0, cases, chunk)]
    found = []
    for number, own in apart.items():
        if own:
            found.append(Task((number,), 0, cases))
        elif number == together[0]:
            found += shared
    return found


def cores() -> int:
    """Return the number of cores that this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Schedule:
    """The worker processes of a run, at most `jobs`, and their tasks. The end of the context ends them.

    Inside of the context an interruption, such as Ctrl-C, is raised only while the next event is waited for,
    so that no event is lost. The events after it are those that the workers had ready.
    `work_for_fork` is called in this process before each fork, and gives what the fork does.
    """

    def __init__(self, todo: Sequence[Task], jobs: int, work_for_fork: Callable[[], Work]) -> None:
        self._todo, self._work = deque(todo), work_for_fork
        self._jobs = min(jobs, len(todo))
        self._workers: list[_Worker] = []
        self._suspects: set[tuple[int, int]] = set()
        self._alive: set[int] = set()  # engines of which a case was finished

    def __enter__(self) -> Schedule:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTIONS)
        if can_fork():
            gc.freeze()  # otherwise a search for cycles copies the pages that all share
            for _ in range(self._jobs):
                self._hire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for worker in self._workers:
            worker.close()
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def __iter__(self) -> Iterator[Any]:
        if not can_fork():
            while self._todo:
                yield from _interruptible(self._work().perform(self._todo.popleft()))
            return
        try:
            while busy := {each.connection: each for each in self._workers if each.task}:
                for connection in _waited(busy):
                    yield from self._received(busy[connection])
        except KeyboardInterrupt:
            yield from self._last_words()
            raise

    def _hire(self) -> None:
        if self._todo:
            worker = _Worker(self._work())
            self._workers.append(worker)
            worker.take(self._todo.popleft())

    def _received(self, worker: _Worker) -> Iterator[Any]:
        events = worker.receive()
        self._alive |= worker.finished.keys()
        yield from events or ()
        if events is None:
            self._workers.remove(worker)
            worker.close()
            yield from self._again(worker)
            self._hire()
        elif worker.task is None and self._todo:
            worker.take(self._todo.popleft())

    def _again(self, worker: _Worker) -> Iterator[GivenUp]:
        """Put back what a worker has left when it died. The first of these cases may be the reason."""
        task = worker.task
        assert task is not None, "only a worker with a task is listened to"
        begins = {number: worker.finished.get(number, task.begin) for number in task.engines}
        left = {number: begin for number, begin in begins.items() if begin < task.end}
        for number, begin in list(left.items())[:1]:
            if (number, begin) in self._suspects:
                left[number] = begin + 1 if number in self._alive else task.end
                yield GivenUp(number, begin, left[number])
            self._suspects.add((number, begin))
        self._todo.extendleft(
            replace(task, engines=(number,), begin=begin)
            for number, begin in reversed(left.items())
            if begin < task.end
        )

    def _last_words(self) -> Iterator[Any]:
        """End the workers, and yield what they have found until then."""
        for worker in self._workers:
            worker.interrupt()
        deadline = time.monotonic() + _ENDING
        left = {each.connection: each for each in self._workers}
        while left and (ready := _waited(left, max(0.0, deadline - time.monotonic()))):
            for connection in ready:
                events = left[connection].receive()
                if events is None:
                    del left[connection]
                yield from events or ()


def _waited(connections: Iterable[Connection], seconds: float | None = None) -> list[Connection]:
    """Return the connections that have something to read. An interruption comes only here."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTIONS)
    try:
        ready = wait(list(connections), seconds)
        return [each for each in ready if isinstance(each, Connection)]
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTIONS)


def _interruptible(events: Iterator[Any]) -> Iterator[Any]:
    """Yield the events. An interruption comes while one is made, and not while it is written."""
    while True:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _INTERRUPTIONS)
        try:
            event = next(events)
        except StopIteration:
            return
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, _INTERRUPTIONS)
        yield event


class _Worker:
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
        with contextlib.suppress(
            OSError
        ):  # a process that has died is noticed when it is listened to
            self.connection.send(task)

    def receive(self) -> list[Any] | None:
        """Return what the process has sent; None when it has died."""
        try:
            events, done = self.connection.recv()
        except (EOFError, OSError):
            return None
        for event in events:
            if hasattr(event, "case"):
                self.finished[event.engine] = max(
                    event.case + 1, self.finished.get(event.engine, 0)
                )
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
        self._process.join(_ENDING)
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
