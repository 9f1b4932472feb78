"""Tables of timings.

- `timing_table`: a row for each engine and case, with its verdict.
- `growth`: the power of the size with which the time grows, for each engine and group of cases.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from harness.bench.phases import PHASES
from harness.bench.timing import Timing
from harness.engine.builtin import REFERENCE

_KEYS = ["engine", "case"]


def timing_table(timings: Sequence[Timing], conformance: pd.DataFrame) -> pd.DataFrame:
    """A row for each timing: seconds of each phase and in `total`, ratios to torch's times, and the verdict.

    `conformance` has a row for each engine and case (`harness.report.frame.per_case`). A case that was not
    timed has no row, and the columns `<phase>_ratio` are NaN where torch was not timed on the case.
    """
    rows = [
        {"engine": t.engine, "case": t.case, "group": t.group, "size": t.size, **t.seconds}
        for t in timings
    ]
    table = pd.DataFrame(rows, columns=[*_KEYS, "group", "size", *PHASES])
    table["total"] = table[list(PHASES)].sum(axis="columns")
    reference = table[table["engine"] == REFERENCE].set_index("case")
    for phase in (*PHASES, "total"):
        theirs = table["case"].map(reference[phase])
        table[f"{phase}_ratio"] = (table[phase] / theirs).where(theirs > 0)
    judged = conformance[[*_KEYS, "family", "level", "verdict", "worst_rel"]]
    return table.merge(judged, on=_KEYS, how="left")


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each engine and group of cases: the exponents of `forward`, `backward` and `total`.

    The exponent is the slope of a straight line through log(seconds) over log(size), by least squares.
    Only the larger half of the sizes counts, and at least three of them, because at small sizes the constant
    part of the time dominates. NaN where there are fewer than two sizes.
    """
    rows = []
    for (engine, group), part in table.groupby(["engine", "group"], sort=False):
        ordered = part.sort_values("size").tail(max(3, math.ceil(len(part) / 2)))
        slopes = {
            phase: _slope(ordered["size"], ordered[phase])
            for phase in ("forward", "backward", "total")
        }
        rows.append({"engine": engine, "group": group, **slopes})
    return pd.DataFrame(rows, columns=["engine", "group", "forward", "backward", "total"])


def _slope(sizes: pd.Series, seconds: pd.Series) -> float:
    measured = seconds > 0
    if measured.sum() < 2:
        return math.nan
    logarithms = np.log(sizes[measured].to_numpy(float)), np.log(seconds[measured].to_numpy(float))
    return float(np.polyfit(*logarithms, 1)[0])
