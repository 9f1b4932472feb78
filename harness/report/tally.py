"""The one pass over `results.jsonl` from which every report is made: it keeps sums, and no row.

- `Findings`: the sums, what engines lack, and the places of the failures.
- `Tally`: the cases of one engine in one level and family (`Place`), counted by verdict.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from ..judge.outcome import SEVERITY, Reason, Verdict
from .diagnosis_file import Named
from .failures import EXPECTED_FAILURES, FAILURES, MISSING, Failures
from .missing import Lacks
from .rows import Row, read_cases


@dataclass(slots=True)
class Tally:
    """Counts of cases.

    `verdicts` has a count for each `Verdict`, in their order. `apart` counts the unsupported cases that do
    not apply: those with arrays on an engine of numbers. `left` counts the cases that were not reached before
    an interruption, and `left_applicable` those of them that apply. `worst_rel` is the largest relative
    difference, NaN when there is none.
    """

    verdicts: list[int] = field(default_factory=lambda: [0] * len(Verdict))
    apart: int = 0
    left: int = 0
    left_applicable: int = 0
    worst_rel: float = math.nan

    @property
    def done(self) -> int:
        """The number of cases that were reached."""
        return sum(self.verdicts)

    def of(self, verdicts: Collection[Verdict]) -> int:
        """Return the number of cases that have one of these verdicts."""
        return sum([self.verdicts[SEVERITY[verdict]] for verdict in verdicts])

    def add(self, other: Tally) -> None:
        """Add the counts of another tally."""
        self.verdicts = [a + b for a, b in zip(self.verdicts, other.verdicts, strict=True)]
        self.apart += other.apart
        self.left += other.left
        self.left_applicable += other.left_applicable
        self.worst_rel = larger(self.worst_rel, other.worst_rel)


def larger(a: float, b: float) -> float:
    """Return the larger number; NaN stands for none."""
    return b if a != a or b > a else a


class Place(NamedTuple):
    """Where a tally belongs."""

    level: str
    family: str


class Findings:
    """All that a report needs to know of the rows of a run.

    `engines` has the tallies of each engine, in the order of the run, and `lacks` what some of them lack.
    `torch_version` is that of the first row, or "". `named` says which cases fail by one mistake.
    """

    def __init__(self, named: Named | None = None) -> None:
        self.engines: dict[str, dict[Place, Tally]] = {}
        self.lacks: dict[str, Lacks] = {}
        self.failures = Failures(FAILURES, named)
        self.missing = Failures(MISSING)
        self.expected_failures = Failures(EXPECTED_FAILURES)
        self.torch_version = ""

    @classmethod
    def of(cls, folder: Path) -> Findings:
        """Return the findings of the run in the folder. UsageError when they cannot be read."""
        found = cls()
        for rows in read_cases(folder):
            found.add(rows)
        return found

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one case on one engine."""
        first = rows[0].values
        self.torch_version = self.torch_version or first["torch_version"]
        tallies = self.engines.setdefault(first["engine"], {})
        tally = tallies.setdefault(Place(first["level"], first["family"]), Tally())
        worst, worst_rel = 0, tally.worst_rel
        for _, values in rows:  # a hot loop, so that no function is called in it
            severity, max_rel = SEVERITY[values["verdict"]], values["max_rel"]
            if severity > worst:
                worst = severity
            if max_rel > worst_rel or worst_rel != worst_rel:
                worst_rel = max_rel
        tally.verdicts[worst] += 1
        tally.worst_rel = worst_rel
        if worst >= _UNREMARKABLE:
            tally.apart += any(map(_does_not_apply, rows))
        if worst > _UNREMARKABLE:
            self._add_remarkable(first["engine"], rows)

    def _add_remarkable(self, engine: str, rows: Sequence[Row]) -> None:
        for kept in (self.failures, self.missing, self.expected_failures):
            kept.add(rows)
        self.lacks.setdefault(engine, Lacks()).add(rows)


def _does_not_apply(row: Row) -> bool:
    values = row.values
    return bool(values["verdict"] == Verdict.UNSUPPORTED and values["reason"] == Reason.ARRAYS)


# A case with such a verdict, or a better one, is only counted.
_UNREMARKABLE = SEVERITY[Verdict.UNSUPPORTED]
