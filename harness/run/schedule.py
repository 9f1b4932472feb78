"""The schedule of a run: tasks go to worker processes, and what they find comes back as it happens.

- `tasks`: the tasks of a run. `cores`: the number of processes that can work at once.
- `Schedule`: the worker processes. Iterating gives what they send.
- `waited`: connections with something to read; an interruption is raised only there.

A worker process is a fork of this process: it need not import or trace anything again. It takes one task
after the other. Where it dies, the cases that it had not finished are run in a new one. A case with which two
of them died is given up, and so is an engine with which two died before its first case was finished. Where
this system cannot fork, this process performs the tasks itself.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection, wait
from types import TracebackType
from typing import Any, Protocol

from ..processes import INTERRUPTIONS, can_fork
from .worker_process import ENDING, Task, Work, WorkerProcess

# A chunk of cases for engines that keep no process: small enough that no process waits long for the last one.
_CHUNK = 250


@dataclass(frozen=True)
class GivenUp:
    """The cases begin <= k < end of an engine, because two worker processes died with the first of them.

    `why` is the same as a sentence, or another reason.
    """

    engine: int
    begin: int
    end: int
    why: str = "two processes of gradconform that ran it were killed, perhaps for lack of memory"


class Executor(Protocol):
    """Performs the engines of a run inside of its context, and iterating gives the events."""

    def __enter__(self) -> Executor: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...


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
        self._workers: list[WorkerProcess] = []
        self._suspects: set[tuple[int, int]] = set()
        self._alive: set[int] = set()  # engines of which a case was finished

    def __enter__(self) -> Schedule:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
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
                for connection in waited(busy):
                    yield from self._received(busy[connection])
        except KeyboardInterrupt:
            yield from self._last_words()
            raise

    def _hire(self) -> None:
        if self._todo:
            worker = WorkerProcess(self._work())
            self._workers.append(worker)
            worker.take(self._todo.popleft())

    def _received(self, worker: WorkerProcess) -> Iterator[Any]:
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

    def _again(self, worker: WorkerProcess) -> Iterator[GivenUp]:
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
        deadline = time.monotonic() + ENDING
        left = {each.connection: each for each in self._workers}
        while left and (ready := waited(left, max(0.0, deadline - time.monotonic()))):
            for connection in ready:
                events = left[connection].receive()
                if events is None:
                    del left[connection]
                yield from events or ()


def waited(connections: Iterable[Connection], seconds: float | None = None) -> list[Connection]:
    """Return the connections that have something to read. An interruption comes only here."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTIONS)
    try:
        ready = wait(list(connections), seconds)
        return [each for each in ready if isinstance(each, Connection)]
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)


def _interruptible(events: Iterator[Any]) -> Iterator[Any]:
    """Yield the events. An interruption comes while one is made, and not while it is written."""
    while True:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTIONS)
        try:
            event = next(events)
        except StopIteration:
            return
        finally:
            signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
        yield event
