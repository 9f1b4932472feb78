"""Two processes share the cases of a long run; the results come in the same order as from one.

- `worth_sharing`: True when a second process makes the run faster.
- `Shared`: a second process at work on the same cases.

The parent takes cases from the front and the child takes them from the back, until they meet. Each keeps
its cases for all engines. The child is a fork, because a fork need not import anything again. If the child
ends early, the parent runs the cases that are missing.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from multiprocessing.connection import Connection
from queue import SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

from ..catalogue.case import Case

E = TypeVar("E")
T = TypeVar("T")
# Runs the cases on one engine, and yields one value for each case. A value is never None.
Finish = Callable[[E, Iterable[Case]], Iterator[T]]

# With fewer cases a child costs more than it saves. With more than `_MOST` cases the tickets might not fit in
# a pipe.
_FEWEST, _MOST = 1000, 65_536


def worth_sharing(cases: Sequence[Case]) -> bool:
    """Return True when the run is long, and the system can fork and has two cores for it."""
    # On other systems a fork does not exist, or is not safe once libraries are loaded.
    forks = sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
    return forks and _FEWEST <= len(cases) <= _MOST


class Shared(Generic[E, T]):
    """A child at work on the same cases. Iterating gives the values of both processes, in order.

    `finish(engine, cases)` is called in both processes. The end of the context ends the child.
    """

    def __init__(self, cases: Sequence[Case], engines: Sequence[E], finish: Finish[E, T]) -> None:
        self._cases, self._engines, self._finish = cases, engines, finish
        # A ticket for each case is one byte. The process that reads a ticket may take another case.
        self._tickets, filled = os.pipe()
        os.write(filled, bytes(len(cases)))
        os.close(filled)
        self._delivered: SimpleQueue[T | None] = SimpleQueue()
        self._held_back: list[T] = []
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        self._child = context.Process(target=self._deliver, args=(sender,), daemon=True)
        self._start()
        sender.close()
        # A pipe holds little: the child has to wait for the parent when the pipe is full.
        threading.Thread(target=self._receive, args=(receiver,), daemon=True).start()

    def __enter__(self) -> Shared[E, T]:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __iter__(self) -> Iterator[T]:
        ours: list[Case] = []
        try:
            for place, engine in enumerate(self._engines):
                yield from self._finish(engine, ours if place else self._taken(self._cases, ours))
                yield from self._from_child(engine, self._cases[len(ours) :])
        except KeyboardInterrupt:
            # The values that the child has delivered are kept too, in any order.
            yield from self._so_far()
            raise

    def _start(self) -> None:
        gc.freeze()  # otherwise a search for cycles copies the pages that both share
        # Ctrl-C and the end of a terminal (SIGHUP) reach both processes. The child ignores them from its
        # start, and the parent handles them. SIGTERM ends the child at once, without the parent's handler.
        signals = {signal.SIGINT, signal.SIGHUP, signal.SIGTERM}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns when a process with threads forks. NumPy has some threads, which are idle.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._child.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """End the child, even if it is in the middle of its work."""
        self._child.terminate()
        self._child.join()
        os.close(self._tickets)

    def _taken(self, cases: Iterable[Case], into: list[Case]) -> Iterator[Case]:
        for case in cases:
            if not os.read(self._tickets, 1):
                return
            into.append(case)
            yield case

    def _from_child(self, engine: E, cases: Sequence[Case]) -> Iterator[T]:
        # The child goes from the back to the front, so that its last value is the first one here.
        for _ in cases:
            value = self._delivered.get()
            if value is None:
                self._delivered.put(None)
                self._held_back.clear()
                yield from self._finish(engine, cases)
                return
            self._held_back.append(value)
        while self._held_back:
            yield self._held_back.pop()

    def _so_far(self) -> Iterator[T]:
        yield from self._held_back
        while not self._delivered.empty() and (value := self._delivered.get()) is not None:
            yield value

    def _receive(self, receiver: Connection) -> None:
        try:
            while True:
                self._delivered.put(receiver.recv())
        except (EOFError, OSError):
            self._delivered.put(None)

    def _deliver(self, sender: Connection) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
        ours: list[Case] = []
        for place, engine in enumerate(self._engines):
            taken = ours if place else self._taken(reversed(self._cases), ours)
            for value in self._finish(engine, taken):
                sender.send(value)
