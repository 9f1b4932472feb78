"""The failures of a run, worst first and few enough to read."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from harness.judge.outcome import ERRORED, FAILED, Verdict

MOST_PER_FAMILY = 5
BAD = FAILED | ERRORED
EXPECTED = frozenset({Verdict.XFAIL})


@dataclass(frozen=True)
class Group:
    """The failures of one engine in one family: those shown, and how many more there are."""

    engine: str
    family: str
    shown: pd.DataFrame
    more: int


def groups(table: pd.DataFrame, verdicts: Collection[Verdict] = BAD) -> Iterator[Group]:
    """One group per engine and family with one of `verdicts`, one row per case, worst first.

    A reading without a size (an exception, a missing gradient) is worse than any number.
    """
    bad = table[table["verdict"].isin(map(str, verdicts))].copy()
    bad["_size"] = bad["max_rel"].fillna(float("inf"))
    bad = bad.sort_values("_size", ascending=False, kind="stable")
    first = bad.drop_duplicates(["engine", "case"])
    for (engine, family), part in first.groupby(["engine", "family"], sort=False):
        shown = part.head(MOST_PER_FAMILY)
        yield Group(str(engine), str(family), shown, len(part) - len(shown))
