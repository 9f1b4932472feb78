"""What the catalogue tells of the cases, collected by another process while this one reads the rows of a run.

- `collected_ahead`: a context in which the other process works.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe, current_process
from multiprocessing.connection import Connection
from pathlib import Path

from ...errors import GradconformError
from ...processes import can_fork, forked
from ..rows import cases_of
from .compact import Compact
from .known import Ran, Ready, ready

# Bytes of results. For fewer a process costs more than it saves.
_LARGE = 2_000_000
# When so many of the cases were run, the rest is not looked for among the other engines.
_MOST = 0.9


@contextmanager
def collected_ahead(results: Path, of_cases: Ready | None = None) -> Iterator[Callable[[], Ready]]:
    """Give a function that waits for the facts of most cases in a file of results, and returns them.

    They are `of_cases` where a run has collected them. There are none where there is one core or no fork, or
    where the file is small. OSError when there is no file.
    """
    small = results.stat().st_size < _LARGE
    if (
        of_cases
        or small
        or not can_fork()
        or len(os.sched_getaffinity(0)) < 2
        or current_process().daemon
    ):
        yield lambda: of_cases or {}
        return
    ours, theirs = Pipe(duplex=False)
    with ours:
        process = forked(_collect, theirs, results)
        theirs.close()

        def received() -> Ready:
            try:
                found: Ready = ours.recv()
            except (EOFError, OSError):
                return {}
            return found

        try:
            yield received
        finally:
            process.terminate()
            process.join()


def _collect(connection: Connection, results: Path) -> None:
    gc.disable()  # this process ends soon, and a search for garbage takes a third of its time
    compact, engine = Compact(1), ""
    try:
        for rows in cases_of(results):
            name = rows[0].values["engine"]
            digests = compact.cases["digest"]
            if engine and name != engine and sum(map(bool, digests)) >= _MOST * len(digests):
                break
            engine = name
            compact.add(rows)
    except GradconformError:
        return  # the other process reads the same file and says what is wrong
    connection.send(ready(Ran.of(compact.cases)))
