"""The Dask executor: engines go to the workers of a Dask scheduler, for what outgrows one machine.

- `DaskSchedule`: the engines there. Iterating gives what they and the processes of this machine find.
- `check`: refuses isolation that cannot be right on another machine.

Each engine is one task. `harness.run.dask_worker` performs it on the worker machine, and sends what it finds
through a queue at the scheduler. Dask runs the engine of a lost worker again on another one.
"""

from __future__ import annotations

import logging
import os
import pickle
import uuid
import warnings
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ..errors import EngineError, GradconformError, UsageError
from ..isolation.options import Isolation
from ..text import words
from .dask_worker import MOST_WAITING, DaskRun, perform, versions
from .schedule import Executor, GivenUp, waited
from .work import Failed, LeftOut
from .worker_process import note_finished

if TYPE_CHECKING:
    from distributed import Client, Future

# Engines that are at the scheduler at once. The files of the others are not read yet.
_AHEAD = 256
# Seconds in which the scheduler has to answer at first, and between two looks at the queue.
_CONNECTING, _PAUSE = 10, 0.05


def check(how: Isolation) -> None:
    """Raise UsageError for isolation that a worker machine must not or cannot have."""
    if how.wall in ("none", "rlimits") or how.unisolated:
        asked = "--allow-unisolated" if how.unisolated else f"--isolation {how.wall}"
        raise UsageError(
            f"{asked} cannot be used with --dask: worker machines run engines in a sandbox only; leave it out"
        )
    here = [f"--path {folder}" for folder in how.paths if not folder.is_absolute()]
    if how.python and os.sep in how.python and not os.path.isabs(how.python):
        here.append(f"--python {how.python}")
    if here:
        raise UsageError(
            f"{words(here[0])} begins at a folder of this machine, and with --dask it names a place on the "
            "worker machines; give the whole path there"
        )


class _Lost(Exception):
    """The scheduler does not answer any more, or does not know the tasks."""


class DaskSchedule:
    """Engines at the Dask scheduler `address`. The end of the context takes back what is not finished.

    They are the engines of the run that are not gradconform's own. `beside` runs those, on this machine, and
    its events come first. An interruption is raised as in `harness.run.schedule.Schedule`.

    Entering it raises UsageError when Dask is not installed, and when no scheduler with a worker answers.
    """

    def __init__(self, address: str, run: DaskRun, beside: Executor) -> None:
        self._address, self._run, self._beside = address, run, beside
        refused = run.roster.refused
        self._todo = deque(
            number
            for number, name in enumerate(run.roster.names)
            if not name.builtin and name not in refused
        )
        self._under_way: dict[Future[Any], int] = {}
        self._finished: dict[int, int] = {}  # the case after the last one that is finished

    def __enter__(self) -> DaskSchedule:
        with ExitStack() as stack:
            # It comes first: the threads of the client must not take an interruption.
            stack.enter_context(self._beside)
            self._client = stack.enter_context(closing(self._connected()))
            self._begin()
            self._stack = stack.pop_all()
        return self

    def _connected(self) -> Client:
        try:
            from distributed import Client
        except ImportError:
            raise UsageError(
                "--dask needs the package distributed: pip install 'gradconform[dask]'"
            ) from None
        for name in logging.root.manager.loggerDict:
            if name.partition(".")[0] == "distributed":
                logging.getLogger(name).setLevel(logging.CRITICAL)  # we say it in a sentence
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # our own versions are compared on each worker
                client = Client(self._address, timeout=_CONNECTING, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise UsageError(
                f"--dask {words(self._address)}: no Dask scheduler answers there "
                f"({words(str(problem))}); tcp://HOST:PORT was expected"
            ) from None
        if not client.nthreads():
            client.close()
            raise UsageError(
                f"--dask {words(self._address)}: the scheduler has no worker; start some: "
                f"dask worker {words(self._address)} --nworkers N --nthreads 1"
            )
        return client

    def _begin(self) -> None:
        from distributed import Queue

        self._queue = Queue(f"gradconform-{uuid.uuid4().hex}", self._client, MOST_WAITING)
        self._installed = versions()
        # A task, and not data, so that Dask can make it again where a worker is lost. `bytes` gives it back.
        self._shared = self._client.submit(bytes, pickle.dumps(self._run), pure=False)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            self._queue.close()
            self._client.cancel([*self._under_way, self._shared])

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._submitted()
            yield from self._beside
            while self._under_way:
                waited((), _PAUSE)
                # What a task has sent is in the queue when the task is done.
                done = [future for future in self._under_way if future.done()]
                yield from self._received()
                for future in done:
                    yield from self._ended(self._under_way[future], future)
                    del self._under_way[future]
                yield from self._submitted()
        except _Lost:
            why = f"the Dask scheduler {self._address} did not answer any more"
            for number in [*self._under_way.values(), *self._todo]:
                yield self._given_up(number, words(why))
        except KeyboardInterrupt:
            with suppress(_Lost):
                yield from self._received()
            raise

    def _submitted(self) -> Iterator[Any]:
        """Read the files of the next engines, and send them to the scheduler."""
        import dask

        roster = self._run.roster
        while self._todo and len(self._under_way) < _AHEAD:
            number = self._todo.popleft()
            try:
                submission = roster.read(roster.names[number])
            except GradconformError as problem:
                yield LeftOut(number, EngineError(str(problem)))
                continue
            # A submission is small beside what Dask warns of.
            with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
                future = self._client.submit(
                    perform,
                    self._installed,
                    self._shared,
                    pickle.dumps((number, submission)),
                    self._queue.name,
                    pure=False,
                    priority=-number,  # the order in which they were asked for
                )
            self._under_way[future] = number

    def _received(self) -> Iterator[Any]:
        try:
            messages = self._queue.get(batch=True)
        except OSError:
            raise _Lost from None
        for message in messages:
            events = pickle.loads(message)
            note_finished(events, self._finished)
            yield from events

    def _ended(self, number: int, future: Future[Any]) -> Iterator[Any]:
        from distributed import KilledWorker

        if future.status == "finished":
            return
        problem = future.exception() if future.status == "error" else None
        if problem is None:
            raise _Lost
        if isinstance(problem, KilledWorker):
            yield self._given_up(number, "several workers that ran it were killed or lost")
            return
        yield Failed(
            UsageError(
                f"--dask {words(self._address)}: a task cannot run there ({words(repr(problem))}); the "
                f"scheduler and its workers need gradconform[dask] {self._installed['gradconform']}, too"
            )
        )

    def _given_up(self, number: int, why: str) -> GivenUp:
        return GivenUp(number, self._finished.get(number, 0), len(self._run.cases), why)
