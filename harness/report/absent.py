"""Engines that were left out, and cases that were not reached: every report mentions them.

- `left_out`, `not_reached`: rows of the summary for which there are no outcomes.
- `more_than_planned`: engines with cases that stand twice.
- `reason`: what an engine lacks, or why it ran nothing, or not all, or few cases.
- `interruption`: the sentence about a run that was interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .missing import Lacks
from .score import TOTALS, Score
from .tally import Place, Tally

_NOT_REACHED = "not reached: the run was interrupted"
# Where a smaller share of the cases ran, the percentage of those that passed says little.
_FEW = 0.5
_MOST_NAMES = 20


def left_out(run: Mapping[str, Any]) -> Iterator[Score]:
    """Yield one row, `all`, for each engine that was left out; `run` is the content of `run.json`."""
    cases = run.get("selection", {}).get("count", 0)
    for engine in run.get("left_out", []):
        count = engine.get("cases", cases)
        yield Score(engine["name"], TOTALS[-1], count, count, coverage=0.0, reason=engine["reason"])


def not_reached(
    engines: Mapping[str, Mapping[Place, Tally]], run: Mapping[str, Any]
) -> Iterator[tuple[str, Place, Tally]]:
    """Yield the cases that were not reached, counted for each engine, level and family that has some.

    `engines` has the cases that ran. Where runs were merged, each engine has what was planned for it.
    """
    for engine in run.get("engines", []):
        tallies = engines.get(engine["name"], {})
        planned = engine if "planned" in engine else run
        for level, families in planned.get("planned", {}).items():
            with_arrays = planned.get("planned_arrays", {}).get(level, {})
            for family, count in families.items():
                place = Place(level, family)
                found = tallies.get(place, Tally())
                # An engine that was not opened yet may have arrays.
                apart = 0 if engine.get("arrays", True) else with_arrays.get(family, 0)
                if (left := count - found.done) > 0:
                    applicable = count - apart - (found.done - found.apart)
                    yield engine["name"], place, Tally(left=left, left_applicable=applicable)


def more_than_planned(
    engines: Mapping[str, Mapping[Place, Tally]], run: Mapping[str, Any]
) -> Iterator[str]:
    """Yield a sentence for each engine with more cases than it was asked: some stand twice in the file."""
    for engine in run.get("engines", []):
        planned = engine.get("planned", run.get("planned"))
        done = sum(tally.done for tally in engines.get(engine["name"], {}).values())
        if planned and done > (count := sum(map(_size, planned.values()))):
            yield f"{engine['name']} has {done} cases, and {count} were asked: some of them count twice"


def reason(row: Score, left: int, lacks: Lacks) -> str:
    """Return why the engine of a row of the summary ran nothing, or not all, or few cases; else "".

    `left` is the number of cases that were not reached. What the engine lacks of what was asked for, and what
    was not tried because the engine hangs, is added.
    """
    missing = lacks.missing()
    said = [_not_run(row, left), lacks.not_tried(), f"missing: {missing}" if missing else ""]
    return "; ".join(filter(None, said))


def _not_run(row: Score, left: int) -> str:
    if left == row.cases:
        return _NOT_REACHED
    if left:
        return f"interrupted after {row.cases - left} of {row.cases} cases"
    if not row.applicable:
        return f"no case ran: it has only numbers, and all {row.cases} cases have arrays"
    if not row.ran:
        return (
            f"no case ran: all {row.applicable} are {'missing' if row.missing else 'unsupported'}"
        )
    if row.ran < _FEW * row.applicable and not row.missing:
        return f"few cases ran: {row.ran} of the {row.applicable} that apply"
    return ""


def interruption(run: Mapping[str, Any], scores: Sequence[Score]) -> str:
    """Return how far an interrupted run came and which engines it did not reach; "" for a whole run.

    `scores` is the summary. Of very many engines only the first are named.
    """
    if not run.get("interrupted"):
        return ""
    total = sum(
        sum(map(_size, engine.get("planned", run.get("planned", {})).values()))
        for engine in run.get("engines", [])
    )
    said = f"interrupted after {run['finished']}" + (f" of {total}" if total else "") + " case runs"
    missed = [row.engine for row in scores if row.reason == _NOT_REACHED]
    if not missed:
        return said
    more = len(missed) - _MOST_NAMES
    others = f" and {more} more engines" if more > 0 else ""
    return f"{said}; not reached: {', '.join(missed[:_MOST_NAMES])}{others}"


def _size(families: Mapping[str, int]) -> int:
    return sum(families.values())
