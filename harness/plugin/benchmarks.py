"""`--conform-benchmark`: pytest-benchmark times the phases of the cases tagged `bench`.

A benchmark is an ordinary test function with the fixture `benchmark`. There is one for each engine, case and
phase. It times the case from its start to the end of the phase (see `harness.bench.phases`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from ..bench.phases import PHASES, TAG, cut, group_of, size_of
from ..bench.timing import Spread, Timing
from ..catalogue.case import Case
from ..catalogue.reference import dtype_for, quietly
from .engines_under_test import EnginesUnderTest
from .markers import MARK

if TYPE_CHECKING:
    import pandas as pd

Measured = tuple[str, str, str, Spread]
# The engine, the case, the phase, and the seconds of the rounds until the end of the phase.
MEASURED: pytest.StashKey[Measured] = pytest.StashKey()


def benchmarks(parent: pytest.Collector, tested: EnginesUnderTest) -> Iterator[pytest.Function]:
    """Yield the benchmarks: for each case and phase all engines, so that they stand side by side.

    There are none when single tests are named. UsageError for a case tagged `bench` without a size.
    """
    for case in tested.cases:
        if TAG not in case.tags or tested.node_ids.named is not None:
            continue
        for phase in PHASES:
            for engine in tested.names:
                name = f"{engine}-{group_of(case)}-{size_of(case)}-{phase}"
                test = partial(_time, tested, engine, case, phase)
                item = pytest.Function.from_parent(parent, name=name, callobj=_named(test))
                group = f"{case.id}: until the end of {phase}"
                for mark in (pytest.mark.benchmark(group=group), MARK, TAG, case.family):
                    item.add_marker(mark)
                yield item


def _named(test: Callable[..., None]) -> Callable[..., None]:
    """Wrap the test in a function whose signature names the fixtures."""

    def timing(benchmark: Any, request: pytest.FixtureRequest) -> None:
        test(benchmark, request.node)

    return timing


def _time(
    tested: EnginesUnderTest,
    name: str,
    case: Case,
    phase: str,
    benchmark: Any,
    item: pytest.Item,
) -> None:
    engine = tested.engine(name)
    dtype = dtype_for(engine, tested.settings.dtype)
    if dtype not in engine.info.dtypes:
        pytest.skip(f"{dtype} data")
    programs = cut(case.instance(tested.settings.seed, dtype))
    stop = quietly(engine, programs[PHASES[-1]]).stop
    if stop is not None:
        pytest.skip(f"not timed, because it stops: {stop.message}")
    benchmark(quietly, engine, programs[phase])
    # There are no figures when pytest-benchmark is disabled, as it is under xdist.
    if benchmark.stats is not None:
        rounds = benchmark.stats.stats
        item.stash[MEASURED] = (name, case.id, phase, Spread(rounds.median, rounds.iqr / 2))


def timings(measured: Iterable[Measured], cases: Iterable[Case]) -> list[Timing]:
    """The benchmarks of a session as timings. A case is left out unless all its phases were timed."""
    known = {case.id: case for case in cases}
    found: dict[tuple[str, str], dict[str, Spread]] = {}
    for engine, id, phase, seconds in measured:
        found.setdefault((engine, id), {})[phase] = seconds
    return [
        Timing(engine, id, group_of(known[id]), size_of(known[id]), until)
        for (engine, id), until in found.items()
        if len(until) == len(PHASES)
    ]


def measured_table(
    measured: Iterable[Measured], cases: Iterable[Case], results: pd.DataFrame
) -> pd.DataFrame:
    """The timings of a session beside its verdicts (see `harness.bench.tables.timing_table`)."""
    from ..bench.tables import timing_table
    from ..report.frame import per_case

    return timing_table(timings(measured, cases), per_case(results))
