"""Tables of timings.

- `timing_table`: a row for each engine and case, with its verdict.
- `growth`: the power of the size with which the time grows, for each engine and group of cases.
- `TIMED`: the phases, and `total` for all of them.
- `BELOW_RESOLUTION`: the words for a time that the rounds cannot tell from nothing.
- `told`: the rows that say something, and a sentence about the groups of which too few sizes were timed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..engine.builtin import REFERENCE
from .phases import PHASES
from .timing import Timing

TIMED = (*PHASES, "total")
GROWN = ("forward", "backward", "total")
BELOW_RESOLUTION = "below resolution"
_KEYS = ["engine", "case"]
# A straight line needs two points, and its error one more.
_FEWEST_SIZES = 3
_MOST_GROUPS = 4


def timing_table(timings: Sequence[Timing], conformance: pd.DataFrame) -> pd.DataFrame:
    """A row for each timing: seconds, spread and ratio to torch of each phase and in total, and the verdict.

    `<phase>` is the median of the rounds in seconds, `<phase>_spread` half of the interquartile range. A time
    that is not above its spread is below the resolution (see `resolved`). `<phase>_ratio` is NaN where
    the time or that of torch is below the resolution, and where torch was not timed. `conformance` has a row
    for each engine and case (`harness.report.frame.per_case`). A case that was not timed has no row.
    """
    rows = []
    for timing in timings:
        row: dict[str, object] = {"engine": timing.engine, "case": timing.case}
        row |= {"group": timing.group, "size": timing.size}
        for phase, seconds in timing.seconds.items():
            row |= {phase: seconds.median, f"{phase}_spread": seconds.deviation}
        rows.append(row)
    spreads = [f"{phase}_spread" for phase in TIMED]
    table = pd.DataFrame(rows, columns=[*_KEYS, "group", "size", *TIMED, *spreads])
    of_torch = table[table["engine"] == REFERENCE].set_index("case")
    for phase in TIMED:
        beside = table["case"].map(of_torch[phase].where(resolved(of_torch, phase)))
        table[f"{phase}_ratio"] = (table[phase] / beside).where(resolved(table, phase))
    judged = conformance[[*_KEYS, "family", "level", "verdict", "worst_rel"]]
    return table.merge(judged, on=_KEYS, how="left")


def resolved(table: pd.DataFrame, phase: str) -> pd.Series:
    """True for each row whose time of the phase is above its spread."""
    return table[phase] > table[f"{phase}_spread"]


def growth(table: pd.DataFrame) -> pd.DataFrame:
    """A row for each engine and group of cases: the exponents of `forward`, `backward` and `total`.

    The exponent is the slope of a straight line through log(seconds) over log(size), by least squares, and
    `<phase>_error` its standard error. Only the larger half of the sizes counts, and at least three of them,
    because at small sizes the constant part of the time dominates. Both are NaN unless the times of all these
    sizes are above the resolution. `sizes` is the number of sizes that were timed.
    """
    rows = []
    for (engine, group), part in table.groupby(["engine", "group"], sort=False):
        ordered = part.sort_values("size").tail(max(_FEWEST_SIZES, math.ceil(len(part) / 2)))
        row = {"engine": engine, "group": group, "sizes": len(part)}
        for phase in GROWN:
            row[phase], row[f"{phase}_error"] = _slope(ordered, phase)
        rows.append(row)
    errors = [f"{phase}_error" for phase in GROWN]
    return pd.DataFrame(rows, columns=["engine", "group", "sizes", *GROWN, *errors])


def power_of_size(grown: pd.Series, phase: str) -> str:
    """The exponent of a row of `growth` with its error, or the reason why there is none."""
    if not math.isnan(grown[phase]):
        return f"{grown[phase]:z.2f} ± {grown[f'{phase}_error']:.2f}"
    return BELOW_RESOLUTION if grown["sizes"] >= _FEWEST_SIZES else f"needs {_FEWEST_SIZES} sizes"


def told(slopes: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Return the rows of `growth` whose group has enough sizes, and a sentence about the others, or ""."""
    enough = slopes.groupby("group")["sizes"].transform("max") >= _FEWEST_SIZES
    few = list(dict.fromkeys(slopes[~enough]["group"]))
    if not few:
        return slopes, ""
    named = ", ".join(few[:_MOST_GROUPS]) + (" ..." if few[_MOST_GROUPS:] else "")
    said = f"how the time grows is not told of {named}: fewer than {_FEWEST_SIZES} sizes were timed"
    return slopes[enough], said


def _slope(ordered: pd.DataFrame, phase: str) -> tuple[float, float]:
    if len(ordered) < _FEWEST_SIZES or not resolved(ordered, phase).all():
        return math.nan, math.nan
    sizes, seconds = (np.log(ordered[name].to_numpy(float)) for name in ("size", phase))
    (slope, _), covariance = np.polyfit(sizes, seconds, 1, cov=True)
    return float(slope), math.sqrt(max(covariance[0, 0], 0.0))
