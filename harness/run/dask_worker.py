"""One engine on a worker machine of a Dask scheduler.

- `DaskRun`: what all engines of a run have in common.
- `perform`: run the cases on one engine, and send what is found to the machine that asked.
- `versions`: the packages that must be the same on both machines.

Pickles go from one machine of ours to another one. In them, what an untrusted engine says stays bounded text.
"""

from __future__ import annotations

import functools
import pickle
import threading
import time
import traceback
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..catalogue.selection import select
from ..catalogue.tolerance import BOUNDS
from ..engine.garbage import rarely_looked_for
from ..errors import EngineError, GradconformError, MachineError, UsageError
from ..isolation.parent import walls
from ..isolation.parent.staging import unstage
from ..submission.files import Submission
from .roster import Roster
from .work import EngineWork, Failed, LeftOut
from .worker_process import Task

if TYPE_CHECKING:
    from distributed import Queue

# Messages that wait at the scheduler until they are read. A worker waits when there are so many.
MOST_WAITING = 256
_PACKAGES = ("gradconform", "torch", "numpy")
# Seconds between two messages, and those after which it is looked whether the engine is still wanted.
_PAUSE, _LOOK = 0.2, 1.0
# A case is traced, and an engine is opened, by one thread of a process at a time.
_ALONE = threading.Lock()


@dataclass(frozen=True)
class DaskRun:
    """What all engines of a run have in common. `cases` are ids, and `wall` is a name of `--isolation`."""

    roster: Roster
    cases: Sequence[str]
    seed: int
    dtype: str | None
    tolerance: str
    asked_for: bool
    wall: str


def versions() -> dict[str, str]:
    """Return the versions of the packages on which verdicts depend, on this machine."""
    return {package: version(package) for package in _PACKAGES}


def perform(installed: Mapping[str, str], run: bytes, engine: bytes, queue: str) -> None:
    """Run all cases on one engine, and put what is found on the queue of that name.

    `installed` are the `versions` of the machine that asked. `run` is a pickled `DaskRun`; `engine` is
    pickled, too: its number and, for a path, the submission. It ends early where nothing waits for it any
    more.
    """
    while not _ALONE.acquire(timeout=_LOOK):
        if not _is_wanted():
            return
    try:
        with rarely_looked_for(), closing(_found(installed, run, engine)) as events:
            _send(events, queue)
    finally:
        unstage()  # a worker may be killed when it has nothing to do
        _ALONE.release()


def _found(installed: Mapping[str, str], run: bytes, engine: bytes) -> Generator[Any]:
    from distributed import get_worker

    here = f"the worker {get_worker().address}"
    own = versions()
    for package, wanted in installed.items():
        if own[package] != wanted:
            what = f"{here} has {package} {own[package]}, and this machine has {wanted}"
            yield Failed(UsageError(f"{what}; install the same release on both"))
            return
    try:
        for event in _events(here, pickle.loads(run), *pickle.loads(engine)):
            if isinstance(event, Failed) and event.problem is not None:
                raise event.problem
            yield event
    except GradconformError as problem:
        yield Failed(UsageError(f"{here}: {problem}"))
    except Exception:
        yield Failed(None, traceback.format_exc())


def _events(here: str, run: DaskRun, number: int, submission: Submission | None) -> Generator[Any]:
    name = run.roster.names[number]
    if why := _without_wall(run.wall):
        column = run.roster.column(name)
        yield LeftOut(number, MachineError(f"{column}: grader-error: {here} did not run it: {why}"))
        return
    if submission is not None:
        run.roster.hand_in(name, submission)
    found = {case.id: case for case in select(run.cases)}
    cases: list[Case] = [found[id] for id in run.cases]
    work = EngineWork(
        run.roster,
        cases,
        _reference(run.tolerance, run.seed, run.dtype),
        seed=run.seed,
        dtype=run.dtype,
        asked_for=run.asked_for,
    )
    yield from work.perform(Task((number,), 0, len(cases)))


def _without_wall(asked: str) -> str:
    """Return why no untrusted engine may run on this machine, or an empty text."""
    try:
        if walls.chosen(asked) is not walls.Wall.RLIMITS:
            return ""
    except (UsageError, EngineError) as problem:
        return str(problem)
    return "no sandbox works there, neither bubblewrap nor Landlock; install bubblewrap"


@functools.lru_cache(maxsize=1)
def _reference(tolerance: str, seed: int, dtype: str | None) -> Reference:
    """Torch in this process. It keeps the answers of one run, which the next engine needs again."""
    del seed, dtype  # another run asks other questions
    return Reference(BOUNDS[tolerance])


def _send(events: Iterable[Any], name: str) -> None:
    from distributed import Queue, get_client

    queue = Queue(name, client=get_client(), maxsize=MOST_WAITING)
    found: list[Any] = []
    sent = 0.0
    try:
        for event in events:
            found.append(event)
            if time.monotonic() - sent > _PAUSE:
                if not _put(queue, found):
                    return
                found, sent = [], time.monotonic()
        _put(queue, found)
    finally:
        queue.close()


def _put(queue: Queue, events: Sequence[Any]) -> bool:
    """Send the events when there is room for them. False when nothing waits for them any more."""
    message = pickle.dumps(events)
    while _is_wanted():
        with suppress(TimeoutError):
            queue.put(message, timeout=_LOOK)
            return True
    return False


def _is_wanted() -> bool:
    """True until the scheduler takes this task back, as when the command that asked was ended."""
    from distributed import get_worker

    worker = get_worker()
    task = worker.state.tasks.get(worker.get_current_task())
    return task is not None and task.state == "executing"
