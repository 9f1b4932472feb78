"""What changed between two runs, kept outside of memory.

- `Kind`: the ways in which a case may have changed. `Place`: one case that changed.
- `Changes`: all of them, and how many there are.

A temporary database has the place of each case that changed. So memory does not grow with the runs.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from functools import cached_property
from types import TracebackType
from typing import NamedTuple

from ..run_files import RunFiles

_TABLE = "CREATE TABLE changed (kind, engine, name, level, old_at, new_at, why, worse, steps)"


class Kind(StrEnum):
    """What happened to a case. The order is that of a report."""

    NEWLY_FAILING = "newly failing"  # fails, and did not fail before
    LOST = "no longer passing"  # passed, and is now unsupported or was not reached
    NEWLY_PASSING = "newly passing"
    STILL_FAILING = "still failing, with another number"
    OTHERWISE = (
        "changed in another way"  # such as from failing to unsupported, or to an expected failure
    )
    NOT_COMPARABLE = "not comparable"
    ADDED = "added"
    REMOVED = "removed"


REGRESSIONS = (Kind.NEWLY_FAILING, Kind.LOST)


class Place(NamedTuple):
    """A case that changed, and where its rows begin in either file of results, in bytes.

    `old_at` or `new_at` is None where the run has no rows. `why` says what cannot be compared. `worse` is
    True when the case passed before and fails now, even if the two cannot be compared.
    """

    kind: Kind
    engine: str
    case: str
    level: str
    old_at: int | None
    new_at: int | None
    why: str = ""
    worse: bool = False


class Changes:
    """The difference between two runs. It is a context, whose end removes the temporary database.

    `old` and `new` are the runs. `engines` has the versions of each engine in both, "" where a run does not
    have it, and `was` its name in the older run where that is another one. `unchanged` counts the cases of
    each engine that are as they were. `twice` says how many cases stand twice in a file.
    """

    def __init__(self, old: RunFiles, new: RunFiles) -> None:
        self.old, self.new = old, new
        self.engines: dict[str, tuple[str, str]] = {}
        self.was: dict[str, str] = {}
        self.unchanged: Counter[str] = Counter()
        self.twice = 0
        # The empty name is a database in a temporary file, of which only a part is in memory.
        self.database = sqlite3.connect("", isolation_level=None)
        self.database.execute("PRAGMA journal_mode = OFF")
        self.database.execute(_TABLE)

    def __enter__(self) -> Changes:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.database.close()

    def add(self, place: Place, steps: int) -> None:
        """Keep a case that changed; `steps` is the length of its program."""
        self.database.execute("INSERT INTO changed VALUES (?,?,?,?,?,?,?,?,?)", (*place, steps))

    def count(self, kind: Kind, engine: str | None = None) -> int:
        """Return how many cases changed in this way, of all engines or of one."""
        if engine is not None:
            return self._counts.get((kind, engine), (0, 0))[0]
        return sum(count for (of, _), (count, _) in self._counts.items() if of == kind)

    def worse(self, kind: Kind) -> int:
        """Return how many of the cases that changed in this way passed before and fail now."""
        return sum(worse for (of, _), (_, worse) in self._counts.items() if of == kind)

    @cached_property
    def _counts(self) -> dict[tuple[str, str], tuple[int, int]]:
        """The counts by kind and engine, when all changes are there: one pass for very many engines."""
        asked = "SELECT kind, engine, count(*), sum(worse) FROM changed GROUP BY kind, engine"
        found = self.database.execute(asked)
        return {(kind, engine): (count, worse) for kind, engine, count, worse in found}

    @property
    def changed(self) -> int:
        """The number of cases that changed."""
        return sum(map(self.count, Kind))

    @property
    def regressions(self) -> int:
        """The number of cases for which a pipeline should stop."""
        return sum(map(self.count, REGRESSIONS))

    @property
    def compared(self) -> int:
        """The number of cases whose verdicts could be compared."""
        apart = (Kind.NOT_COMPARABLE, Kind.ADDED, Kind.REMOVED)
        return self.unchanged.total() + sum(self.count(kind) for kind in Kind if kind not in apart)

    def reasons(self) -> list[tuple[str, int]]:
        """Return why cases cannot be compared, and how many, the most frequent reason first."""
        asked = "SELECT why, count(*) AS n FROM changed WHERE kind = ? GROUP BY why ORDER BY n DESC, why"
        return list(self.database.execute(asked, (Kind.NOT_COMPARABLE,)))

    def places(self, kind: Kind, most: int = -1) -> Iterator[Place]:
        """Yield the cases that changed in this way: by engine, core first, then the shortest program.

        At most `most` of them; -1 is all.
        """
        asked = (
            "SELECT kind, engine, name, level, old_at, new_at, why, worse FROM changed "
            "WHERE kind = ? ORDER BY engine, level, steps, name LIMIT ?"
        )
        for found, *others in self.database.execute(asked, (kind, most)):
            place = Place(Kind(found), *others)
            yield place._replace(worse=bool(place.worse))
