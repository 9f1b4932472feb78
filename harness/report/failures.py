"""The failures of a run, those that explain most first, and only as many as a person will read.

- `groups`: the failures of each engine in each family.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from ..judge.cause import split
from ..judge.outcome import ERRORED, FAILED, SEVERITY, Reason, Verdict

MOST_PER_FAMILY = 5
# In place of a family: one finding about the engine, of which one case is enough.
AFTER_OTHERS = "only after other programs"
FAILURES = FAILED | ERRORED
MISSING = frozenset({Verdict.MISSING})
EXPECTED_FAILURES = frozenset({Verdict.XFAIL})


@dataclass(frozen=True)
class Group:
    """The failures of one engine in one family: those shown, and how many more there are."""

    engine: str
    family: str
    shown: pd.DataFrame
    more: int


def groups(table: pd.DataFrame, verdicts: Collection[Verdict] = FAILURES) -> Iterator[Group]:
    """Yield one group for each engine and family that has one of `verdicts`; `table` is that of a run.

    A group has one row for each case, the one that explains most first: cases of the level `core` before
    those of `torch`, then the shortest program, then the largest relative difference of its readings. A
    reading without a difference (an exception, a missing gradient) is worse than any number. The row is
    that of the outcome which `harness.judge.outcome.telling` chooses. A possible cause is in the
    first message of an engine that has it, and not in its later ones. Cases that fail only after other
    programs are one group of their engine, which shows one of them.
    """
    bad = table[table["verdict"].isin(map(str, verdicts))].copy()
    # Engines in the order of the run.
    bad["_engine"] = pd.factorize(bad["engine"])[0]
    bad["_size"] = -bad["max_rel"].fillna(float("inf"))
    bad["_size"] = bad.groupby(["engine", "case"])["_size"].transform("min")
    # The rule of `harness.judge.outcome.telling`: of each case the first reading with the worst verdict.
    bad["_rank"] = -bad["verdict"].map(SEVERITY)
    first = bad.sort_values("_rank", kind="stable").drop_duplicates(["engine", "case"])
    # "core" comes before "torch" in the alphabet too.
    first = first.sort_index().sort_values(["_engine", "level", "steps", "_size"], kind="stable")
    of_state = first["reason"] == Reason.AFTER_OTHERS
    first = first.assign(family=first["family"].mask(of_state, AFTER_OTHERS))
    told: set[tuple[str, str]] = set()
    for (engine, family), part in first.groupby(["engine", "family"], sort=False):
        shown = part.head(1 if family == AFTER_OTHERS else MOST_PER_FAMILY).copy()
        shown["message"] = [_once(str(engine), message, told) for message in shown["message"]]
        yield Group(str(engine), str(family), shown, len(part) - len(shown))


def _once(engine: str, message: str, told: set[tuple[str, str]]) -> str:
    """Return the message without a possible cause that is among those `told`, or add its cause to them."""
    said, cause = split(message)
    if cause and (engine, cause) in told:
        return said
    told.add((engine, cause))
    return message
