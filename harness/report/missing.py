"""What engines lack of what was asked for, and what of theirs was not tried, in words.

- `missing`, `not_tried`: a sentence for each engine.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from ..isolation.parent.patience import NOT_TRIED
from ..judge.outcome import Verdict
from ..judge.wording import gap

_MOST, _LONGEST = 12, 100  # gaps of one engine; characters of one gap


def missing(table: pd.DataFrame) -> dict[str, str]:
    """Return what each engine lacks, and in how many cases, the most frequent first.

    `table` is that of a run. An engine that lacks nothing is left out. An example is
    "exp (7 cases), relu (1 case)".
    """
    lacking = table[table["verdict"] == Verdict.MISSING]
    # A case stops at the first op that is missing, so it counts once.
    gaps = lacking.assign(gap=lacking["message"].map(_short_gap))
    counted = gaps.groupby("engine", sort=False)["gap"]
    return {str(engine): ", ".join(_listed(part.value_counts())) for engine, part in counted}


def not_tried(table: pd.DataFrame) -> dict[str, str]:
    """Return how many cases of each engine were not tried, with the most frequent reason.

    An example is "48 cases not tried: no case with a backward was answered in time (1 tried before)".
    """
    told = table[(table["verdict"] == Verdict.TIMEOUT) & table["message"].str.startswith(NOT_TRIED)]
    by_engine = told.drop_duplicates(["engine", "case"]).groupby("engine", sort=False)["message"]
    return {
        str(engine): f"{len(said)} case{'s' if len(said) > 1 else ''} {said.mode().iloc[0]}"
        for engine, said in by_engine
    }


def _short_gap(message: str) -> str:
    found = gap(message)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 3]}..."


def _listed(counts: pd.Series[int]) -> Iterator[str]:
    for lacking, count in list(counts.items())[:_MOST]:
        yield f"{lacking} ({count} case{'s' if count > 1 else ''})"
    if len(counts) > _MOST:
        yield f"and {len(counts) - _MOST} more"
