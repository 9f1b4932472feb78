"""Two processes share the cases of a long run, and what they find comes in the same order as from one.

- `in_order`: what there is to say of every case on every engine, by one process or two.

The parent takes cases from the front and a child from the back, until they meet; each keeps its own for
all engines. The child is a fork, because what is imported by then need not be imported again. Should it
end early, the parent runs what is missing.
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
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Generic, TypeVar

from harness.catalogue.case import Case
from harness.engine.contract import Engine

T = TypeVar("T")
Finish = Callable[[Engine, Iterable[Case]], Iterator[T]]

# With fewer cases a child costs more than it saves; more bytes than that may not fit in a pipe.
_FEWEST, _MOST = 1000, 65_536


@contextmanager
def in_order(
    cases: Sequence[Case], engines: Iterable[Engine], finish: Finish[T], *, share: bool
) -> Iterator[Iterator[T]]:
    """What `finish` gives for every case, engine by engine, in the order of `cases`.

    `finish(engine, cases)` goes over the cases once and gives one value for each, which is not None. With
    `share` a second process helps, where the run is long and the system is made for it; else an engine is
    asked for when the one before it is done.
    """
    if not (share and _FEWEST <= len(cases) <= _MOST and _two_cores()):
        yield (value for engine in engines for value in finish(engine, cases))
        return
    shared = Shared(cases, list(engines), finish)
    try:
        yield iter(shared)
    finally:
        shared.close()


def _two_cores() -> bool:
    # Elsewhere a fork is not safe once libraries are loaded, or does not exist.
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1


class Shared(Generic[T]):
    """A child at work on the same cases; iterating gives the values of both, in order."""

    def __init__(self, cases: Sequence[Case], engines: Sequence[Engine], finish: Finish[T]) -> None:
        self._cases, self._engines, self._finish = cases, engines, finish
        # A byte for each case: whoever reads one may take another case, until none is left.
        self._tickets, filled = os.pipe()
        os.write(filled, bytes(len(cases)))
        os.close(filled)
        self._delivered: SimpleQueue[T | None] = SimpleQueue()
        self._waiting: list[T] = []
        context = multiprocessing.get_context("fork")
        receiver, sender = context.Pipe(duplex=False)
        self._child = context.Process(target=self._deliver, args=(sender,), daemon=True)
        self._start()
        sender.close()
        # A pipe holds little: unless it is emptied, the child waits for the parent.
        threading.Thread(target=self._receive, args=(receiver,), daemon=True).start()

    def __iter__(self) -> Iterator[T]:
        ours: list[Case] = []
        try:
            for place, engine in enumerate(self._engines):
                yield from self._finish(engine, ours if place else self._taken(self._cases, ours))
                yield from self._from_child(engine, self._cases[len(ours) :])
        except KeyboardInterrupt:
            # What the child has finished is kept too, in whatever order.
            yield from self._so_far()
            raise

    def _start(self) -> None:
        gc.freeze()  # so that looking for cycles does not copy the pages that are shared
        # Ctrl-C reaches both processes; the child leaves it to the parent from its first moment. What
        # the parent does when it is asked to end is not for the child, which just ends.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
        try:
            with warnings.catch_warnings():
                # Python 3.12 warns of threads, of which NumPy has some that wait.
                warnings.simplefilter("ignore", DeprecationWarning)
                self._child.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def close(self) -> None:
        """End the child, whatever it is doing."""
        self._child.terminate()
        self._child.join()
        os.close(self._tickets)

    def _taken(self, cases: Iterable[Case], into: list[Case]) -> Iterator[Case]:
        for case in cases:
            if not os.read(self._tickets, 1):
                return
            into.append(case)
            yield case

    def _from_child(self, engine: Engine, cases: Sequence[Case]) -> Iterator[T]:
        for _ in cases:
            value = self._delivered.get()
            if value is None:
                self._delivered.put(None)
                self._waiting.clear()
                yield from self._finish(engine, cases)
                return
            self._waiting.append(value)
        while self._waiting:
            yield self._waiting.pop()

    def _so_far(self) -> Iterator[T]:
        yield from self._waiting
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
        theirs: list[Case] = []
        for place, engine in enumerate(self._engines):
            taken = theirs if place else self._taken(reversed(self._cases), theirs)
            for value in self._finish(engine, taken):
                sender.send(value)
