"""The summary of a run: one row for each engine and family, and for each engine `core`, `torch` and `all`.

- `summarised`: the rows.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..judge.outcome import ERRORED, FAILED, LACKING, PASSED, Verdict
from .absent import left_out, not_reached, reason
from .missing import Lacks
from .score import TOTALS, Score
from .tally import Findings, Place, Tally

_RAN = frozenset(Verdict) - LACKING
_Tallies = Iterable[tuple[Place, Tally]]


def summarised(found: Findings, run: Mapping[str, Any]) -> list[Score]:
    """Return the summary; `run` is the content of `run.json`.

    Engines are in the order of the run, and the families of an engine in that of the alphabet. An engine that
    was left out has one row, `all`, at the end.
    """
    engines = {engine: [*tallies.items()] for engine, tallies in found.engines.items()}
    for engine, place, left in not_reached(found.engines, run):
        engines.setdefault(engine, []).append((place, left))
    scores: list[Score] = []
    for engine, tallies in engines.items():
        scores += _of_engine(engine, tallies, found.lacks.get(engine, Lacks()))
    return [*scores, *left_out(run)]


def _of_engine(engine: str, tallies: list[tuple[Place, Tally]], lacks: Lacks) -> Iterator[Score]:
    families = _by_family(tallies)
    for family, tally in families.items():
        yield _score(engine, family, tally)
    for level in TOTALS[:-1]:
        yield _total(engine, level, _by_family(each for each in tallies if each[0].level == level))
    row = _total(engine, TOTALS[-1], families)
    left = sum(tally.left for tally in families.values())
    yield row._replace(reason=reason(row, left, lacks))


def _by_family(tallies: _Tallies) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for place, tally in sorted(tallies, key=lambda each: each[0].family):
        found.setdefault(place.family, Tally()).add(tally)
    return found


def _total(engine: str, name: str, families: Mapping[str, Tally]) -> Score:
    """Return one row for all families of an engine, which are cases of one level, or all cases."""
    together = Tally()
    for tally in families.values():
        together.add(tally)
    rates = [_score(engine, name, tally).pass_rate for tally in families.values()]
    known = [rate for rate in rates if not math.isnan(rate)]
    average = math.fsum(known) / len(known) if known else math.nan
    return _score(engine, name, together)._replace(family_average=average)


def _score(engine: str, family: str, tally: Tally) -> Score:
    done, ran, passed = tally.done, tally.of(_RAN), tally.of(PASSED)
    missing = tally.of({Verdict.MISSING})
    applicable = done - tally.apart + tally.left_applicable
    return Score(
        engine=engine,
        family=family,
        cases=done + tally.left,
        applicable=applicable,
        ran=ran,
        passed=passed,
        failed=tally.of(FAILED),
        xfailed=tally.of({Verdict.XFAIL}),
        errored=tally.of(ERRORED),
        missing=missing,
        unsupported=tally.of({Verdict.UNSUPPORTED}),
        pass_rate=_share(passed, ran + missing),
        coverage=_share(ran, applicable),
        worst_rel=tally.worst_rel,
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else math.nan
