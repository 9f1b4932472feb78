"""The failures of a run, those that explain most first, and only as many as a person will read.

- `Failures`: the failures of each engine in each family, as they are found.
- `Group`: those of one engine in one family, with their messages.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from ..isolation.parent.patience import NOT_TRIED
from ..judge.cause import split
from ..judge.outcome import ERRORED, FAILED, Reason, Verdict
from .diagnosis_file import Named
from .results_file import RESULTS
from .rows import Row, read_row, telling_row

MOST_PER_FAMILY = 5
# In place of a family: one finding about the engine, of which one case is enough.
AFTER_OTHERS, MISTAKE, HANGS = "only after other programs", "mistake", "not tried"
FAILURES = FAILED | ERRORED
MISSING = frozenset({Verdict.MISSING})
EXPECTED_FAILURES = frozenset({Verdict.XFAIL})


@dataclass(frozen=True)
class Group:
    """The failures of one engine in one family: the rows of those shown, and how many more there are."""

    engine: str
    family: str
    shown: Sequence[dict[str, Any]]
    more: int


class _Failure(NamedTuple):
    """One failed case. The smallest explains most; `at` is the place of its row in `results.jsonl`."""

    level: str  # "core" comes before "torch" in the alphabet too
    steps: int
    size: float
    at: int


@dataclass(slots=True)
class _Family:
    shown: list[_Failure] = field(default_factory=list)
    count: int = 0


class Failures:
    """The cases with one of `verdicts`. Their messages stay in `results.jsonl` until they are shown.

    `named` says which of them fail by one mistake.
    """

    def __init__(
        self, verdicts: Collection[Verdict] = FAILURES, named: Named | None = None
    ) -> None:
        self._verdicts, self._named = frozenset(map(str, verdicts)), named
        self._engines: dict[str, dict[str, _Family]] = {}

    @property
    def engines(self) -> Set[str]:
        """The engines that have such a case, in the order of the run."""
        return self._engines.keys()

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one case on one engine. They are kept if one of them has one of the verdicts."""
        bad = [row for row in rows if row.values["verdict"] in self._verdicts]
        if not bad:
            return
        at, values = telling_row(bad)
        size = min(_size(row.values["max_rel"]) for row in bad)
        families = self._engines.setdefault(values["engine"], {})
        one_finding = self._finding(values)
        family = families.setdefault(one_finding or values["family"], _Family())
        family.count += 1
        insort(family.shown, _Failure(values["level"], values["steps"], size, at))
        del family.shown[1 if one_finding else MOST_PER_FAMILY :]

    def _finding(self, values: Mapping[str, Any]) -> str:
        """Return the finding that many cases have in common; "" when a case stands alone."""
        if values["reason"] == Reason.AFTER_OTHERS:
            return AFTER_OTHERS
        if values["verdict"] == Verdict.TIMEOUT and values["message"].startswith(NOT_TRIED):
            return HANGS
        number = self._named and self._named.number(values["engine"], values["case"])
        return f"{MISTAKE} {number}" if number else ""

    def groups(self, folder: Path, engines: Collection[str]) -> Iterator[Group]:
        """Yield one group for each of these engines and each family, read from `results.jsonl` of `folder`.

        A group has one row for each case, the one that explains most first: cases of the level `core` before
        those of `torch`, then the shortest program, then the largest relative difference of its readings. A
        reading without a difference (an exception, a missing gradient) is worse than any number. The row is
        that of the outcome which `harness.judge.outcome.telling` chooses. A possible cause is in the
        first message of an engine that has it, and not in its later ones. Cases that fail only after other
        programs, by one mistake that was named, or untried because the engine hangs, are one group of their
        engine, which shows one of them.
        """
        with (folder / RESULTS).open("rb") as file:
            for engine, families in self._engines.items():
                if engine not in engines:
                    continue
                told: set[str] = set()
                for name, family in sorted(families.items(), key=lambda item: item[1].shown):
                    shown = [read_row(file, each.at) for each in family.shown]
                    for row in shown:
                        row["message"] = _once(row["message"], told)
                    yield Group(engine, name, shown, family.count - len(shown))


def _size(max_rel: float) -> float:
    return -float("inf") if max_rel != max_rel else -max_rel


def _once(message: str, told: set[str]) -> str:
    """Return the message without a possible cause that is among those `told`, or add its cause to them."""
    said, cause = split(message)
    if cause in told:
        return said
    if cause:
        told.add(cause)
    return message
