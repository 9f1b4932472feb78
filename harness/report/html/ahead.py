"""What the catalogue tells of the cases, collected by another process while this one reads the rows of a run.

- `collected_ahead`: a context in which the other process works.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from ...errors import GradconformError
from ..beside import beside, worth_a_process
from ..rows import cases_of
from .compact import Compact
from .known import Ran, Ready, ready

# When so many of the cases were run, the rest is not looked for among the other engines.
_MOST = 0.9


@contextmanager
def collected_ahead(results: Path, of_cases: Ready | None = None) -> Iterator[Callable[[], Ready]]:
    """Give a function that waits for the facts of most cases in a file of results, and returns them.

    They are `of_cases` where a run has collected them. There are none where they are not worth a process.
    OSError when there is no file.
    """
    size = results.stat().st_size
    if of_cases or not worth_a_process(size):
        yield lambda: of_cases or {}
        return
    with beside(partial(_collect, results), size) as collected:
        yield collected


def _collect(results: Path) -> Ready:
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
        return {}  # the other process reads the same file and says what is wrong
    return ready(Ran.of(compact.cases))
