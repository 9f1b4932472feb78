"""Tables of timings.

- `frame`: one row per engine and case, joined with what the conformance run says of it.
- `growth`: the exponent of time in size, per engine and group.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from harness.bench.clock import Timing
from harness.bench.phases import PHASES

REFERENCE = "torch"
_KEYS = ["engine", "case"]


def frame(timings: Sequence[Timing], conformance: pd.DataFrame) -> pd.DataFrame:
    """Seconds of each phase and in `total`, `<phase>_ratio` to torch, and the case's verdict.

    `conformance` has a row per engine and case (`harness.report.frame.per_case`); a case that was not
    timed stays out, and so does a ratio without a time of torch.
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
    """One row per engine and group: the exponents of `forward`, `backward` and `total`.

    The exponent is the slope of a straight line through log(seconds) over log(size), by least squares
    over the larger half of the sizes and at least three: at small sizes a constant is what is measured.
    NaN where there are fewer than two sizes.
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
