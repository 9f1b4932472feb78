"""Work on the rows of a run in another process, while this one goes on.

- `beside`: a context in which the other process works. `worth_a_process`: True where there is one.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, current_process
from multiprocessing.connection import Connection
from typing import Any, TypeVar

from ..processes import can_fork, forked

# Bytes of results. For fewer a process costs more than it saves.
_LARGE = 2_000_000
_Result = TypeVar("_Result")


def worth_a_process(size: int) -> bool:
    """Return True for a run of so many bytes, where there are two cores and a fork."""
    cores = len(os.sched_getaffinity(0)) if can_fork() else 1
    return size >= _LARGE and cores > 1 and not current_process().daemon


@contextmanager
def beside(work: Callable[[], _Result], size: int) -> Iterator[Callable[[], _Result]]:
    """Give a function that waits for the result of `work`, and returns it or raises what `work` raised.

    For a run of so many bytes the work is not always worth a process: then the function does it. At the end
    of the context the other process is ended.
    """
    if not worth_a_process(size):
        yield work
        return
    ours, theirs = Pipe(duplex=False)
    with ours, theirs:
        try:
            process = forked(_send, theirs, work)
        except OSError:  # there can be no more process
            yield work
            return
        theirs.close()
        try:
            yield lambda: _received(ours)
        finally:
            process.terminate()
            process.join()


def _send(connection: Connection, work: Callable[[], object]) -> None:
    gc.disable()  # this process ends soon, and a search for garbage takes a third of its time
    try:
        found: tuple[object, BaseException | None] = (work(), None)
    except Exception as problem:
        found = (None, problem)
    connection.send(found)


def _received(connection: Connection) -> Any:
    try:
        result, problem = connection.recv()
    except EOFError:
        raise OSError("a process of gradconform was ended from outside") from None
    if problem is not None:
        raise problem
    return result
