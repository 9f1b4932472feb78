"""`--conform-benchmark`: pytest-benchmark times the phases of the cases tagged `bench`.

A benchmark is an ordinary test function with the fixture `benchmark`, one for each engine, case and
phase; what is timed runs from the start of the case to the end of the phase (see `harness.bench.phases`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from harness.bench.clock import Timing
from harness.bench.phases import PHASES, TAG, cut, group_of, size_of
from harness.catalogue.case import Case
from harness.catalogue.reference import dtype_for, quietly
from harness.plugin.run import MARK, Run

if TYPE_CHECKING:
    import pandas as pd

Measured = tuple[str, str, str, float]
# Engine, case, phase, and the fastest round in seconds until its end.
MEASURED: pytest.StashKey[Measured] = pytest.StashKey()


def benchmarks(parent: pytest.Collector, run: Run) -> Iterator[pytest.Function]:
    """The benchmarks below the collector: engines side by side, sizes growing."""
    for case in run.cases:
        if TAG not in case.tags or run.ids is not None:
            continue
        for phase in PHASES:
            for engine in run.names:
                name = f"{engine}-{group_of(case)}-{size_of(case)}-{phase}"
                test = partial(_time, run, engine, case, phase)
                item = pytest.Function.from_parent(parent, name=name, callobj=_named(test))
                group = f"{case.id}: until the end of {phase}"
                for mark in (pytest.mark.benchmark(group=group), MARK, TAG, case.family):
                    item.add_marker(mark)
                yield item


def _named(test: Callable[..., None]) -> Callable[..., None]:
    """A function in whose signature pytest finds the fixture."""

    def timing(benchmark: Any, request: pytest.FixtureRequest) -> None:
        test(benchmark, request)

    return timing


def _time(
    run: Run, name: str, case: Case, phase: str, benchmark: Any, request: pytest.FixtureRequest
) -> None:
    engine = run.engine(name)
    dtype = dtype_for(engine, run.settings.dtype)
    if dtype not in engine.dtypes:
        pytest.skip(f"{dtype} data")
    programs = cut(case.instance(run.settings.seed, dtype))
    stop = quietly(engine, programs[PHASES[-1]]).stop
    if stop is not None:
        pytest.skip(f"not timed, because it stops: {stop.message}")
    benchmark(quietly, engine, programs[phase])
    # Absent when pytest-benchmark was told not to time, as it is by xdist.
    if benchmark.stats is not None:
        seconds = benchmark.stats.stats.min
        request.node.stash[MEASURED] = (name, case.id, phase, seconds)


def timings(measured: Iterable[Measured], cases: Iterable[Case]) -> list[Timing]:
    """The benchmarks of a session as timings; a case without all its phases stays out."""
    known = {case.id: case for case in cases}
    found: dict[tuple[str, str], dict[str, float]] = {}
    for engine, id, phase, seconds in measured:
        found.setdefault((engine, id), {})[phase] = seconds
    return [
        Timing(engine, id, group_of(known[id]), size_of(known[id]), until)
        for (engine, id), until in found.items()
        if len(until) == len(PHASES)
    ]


def table(
    measured: Iterable[Measured], cases: Iterable[Case], results: pd.DataFrame
) -> pd.DataFrame:
    """The timings joined with the conformance of the same session (`harness.bench.frame.frame`)."""
    from harness.bench.frame import frame
    from harness.report.frame import per_case

    return frame(timings(measured, cases), per_case(results))
