"""The failures of a run, the worst first, and only as many as a person will read.

- `groups`: the failures of each engine in each family.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import pandas as pd

from ..judge.outcome import FAILS_RUN, Verdict

MOST_PER_FAMILY = 5
EXPECTED_FAILURES = frozenset({Verdict.XFAIL})


@dataclass(frozen=True)
class Group:
    """The failures of one engine in one family: those shown, and how many more there are."""

    engine: str
    family: str
    shown: pd.DataFrame
    more: int


def groups(table: pd.DataFrame, verdicts: Collection[Verdict] = FAILS_RUN) -> Iterator[Group]:
    """Yield one group for each engine and family that has one of `verdicts`; `table` is that of a run.

    A group has one row for each case, the worst first. A reading without a relative difference (an
    exception, a missing gradient) is worse than any number.
    """
    bad = table[table["verdict"].isin(map(str, verdicts))].copy()
    bad["_size"] = bad["max_rel"].fillna(float("inf"))
    bad = bad.sort_values("_size", ascending=False, kind="stable")
    first = bad.drop_duplicates(["engine", "case"])
    for (engine, family), part in first.groupby(["engine", "family"], sort=False):
        shown = part.head(MOST_PER_FAMILY)
        yield Group(str(engine), str(family), shown, len(part) - len(shown))
