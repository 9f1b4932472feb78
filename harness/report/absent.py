"""Engines that were left out, and cases that were not reached: every report mentions them.

- `left_out`, `not_reached`: rows of the summary for which there are no outcomes.
- `reason`: what an engine lacks, or why it ran nothing, or not all, or few cases.
- `interruption`: the sentence about a run that was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

_NOT_REACHED = "not reached: the run was interrupted"
# Where a smaller share of the cases ran, the percentage of those that passed says little.
_FEW = 0.5


def left_out(run: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one row, `all`, for each engine that was left out; `run` is the content of `run.json`."""
    cases = run.get("selection", {}).get("count", 0)
    for engine in run.get("left_out", []):
        yield {
            "engine": engine["name"],
            "family": "all",
            "cases": cases,
            "applicable": cases,
            "coverage": 0.0,
            "reason": engine["reason"],
        }


def not_reached(by_case: pd.DataFrame, run: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield one row for each engine, level and family of which some cases were not reached.

    `by_case` has one row for each case that ran. A row holds the number of cases that were not reached.
    """
    grouped = by_case.groupby(["engine", "level", "family"])
    done, applied = grouped.size().to_dict(), grouped["applicable"].sum().to_dict()
    for engine in run.get("engines", []):
        for level, families in run.get("planned", {}).items():
            with_arrays = run.get("planned_arrays", {}).get(level, {})
            for family, count in families.items():
                place = engine["name"], level, family
                # An engine that was not opened yet may have arrays.
                apart = 0 if engine.get("arrays", True) else with_arrays.get(family, 0)
                if left := count - done.get(place, 0):
                    yield {
                        **dict(zip(("engine", "level", "family"), place, strict=True)),
                        "cases": left,
                        "applicable": count - apart - applied.get(place, 0),
                        "left": left,
                    }


def reason(row: Mapping[str, Any], lacking: str, untried: str) -> str:
    """Return why the engine of a row of the summary ran nothing, or not all, or few cases; else "".

    `lacking` is what the engine lacks of what was asked for, and `untried` what was not tried because the
    engine hangs, in words; they are added.
    """
    said = [_not_run(row), untried, f"missing: {lacking}" if lacking else ""]
    return "; ".join(filter(None, said))


def _not_run(row: Mapping[str, Any]) -> str:
    left, ran, applicable = row["left"], row["ran"], row["applicable"]
    if left == row["cases"]:
        return _NOT_REACHED
    if left:
        return f"interrupted after {row['cases'] - left} of {row['cases']} cases"
    if not applicable:
        return f"no case ran: it has only numbers, and all {row['cases']} cases have arrays"
    if not ran:
        return f"no case ran: all {applicable} are {'missing' if row['missing'] else 'unsupported'}"
    if ran < _FEW * applicable and not row["missing"]:
        return f"few cases ran: {ran} of the {applicable} that apply"
    return ""


def interruption(run: Mapping[str, Any], counts: pd.DataFrame) -> str:
    """Return how far an interrupted run came and which engines it did not reach; "" for a whole run.

    `counts` is the summary.
    """
    if not run.get("interrupted"):
        return ""
    total = len(run.get("engines", [])) * sum(map(_size, run.get("planned", {}).values()))
    said = f"interrupted after {run['finished']}" + (f" of {total}" if total else "") + " case runs"
    missed = counts[counts["reason"] == _NOT_REACHED]["engine"]
    return f"{said}; not reached: {', '.join(missed)}" if len(missed) else said


def _size(families: Mapping[str, int]) -> int:
    return sum(families.values())
