"""A session of timings: engines loaded, each case judged and timed, the table written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.bench.clock import Timing, timed
from harness.bench.phases import TAG
from harness.catalogue.reference import Reference, dtype_for
from harness.catalogue.selection import select
from harness.errors import NothingSelected
from harness.isolation.options import Isolation
from harness.judge.outcome import ERRORED, Verdict
from harness.report.results_file import flattened, writing
from harness.run.engine_name import EngineName
from harness.run.record import new_folder
from harness.run.roster import Roster, assemble
from harness.run.runner import run_case

if TYPE_CHECKING:
    import pandas as pd

_NOT_TIMED = ERRORED | {Verdict.UNSUPPORTED}


def run_bench(
    engines: Sequence[EngineName],
    globs: Sequence[str],
    how: Isolation,
    *,
    dtype: str | None,
    budget: float,
    out: Path | None,
) -> tuple[pd.DataFrame, Path, list[str]]:
    """The table of `harness.bench.frame.frame`, the folder where it lies as `bench.csv`, who is left out.

    `budget` is in seconds per phase of a case. NothingSelected when no engine could be timed; UsageError
    for an engine that does not exist.
    """
    import pandas as pd

    from harness.bench.frame import frame
    from harness.report.frame import per_case

    selected = select(globs, [TAG])
    roster = _ready(engines, how, out)
    reference, rows, timings = Reference(), list[dict[str, Any]](), list[Timing]()
    for engine in roster.in_turn():
        kind = dtype_for(engine, dtype)
        for case in selected:
            result = run_case(case, engine, reference, 0, kind)
            rows += map(flattened, result.outcomes)
            if result.verdict not in _NOT_TIMED:
                found = timed(case.instance(0, kind), engine, budget)
                timings += [found] if found is not None else []
        engine.close()
    if not timings:
        raise NothingSelected("no engine runs any of the cases, so that nothing was timed")
    folder = out or new_folder(
        ["bench", *(engine.shown for engine in engines)], datetime.now().astimezone()
    )
    table = frame(timings, per_case(pd.DataFrame(rows)))
    with writing(folder):
        table.to_csv(folder / "bench.csv", index=False)
    return table, folder, [line for asked in roster.refused for line in roster.said_of(asked)]


def _ready(engines: Sequence[EngineName], how: Isolation, out: Path | None) -> Roster:
    """What is wrong with what was asked for is said before anything is timed."""
    for engine in engines:
        engine.check(how)
    if out is not None:
        with writing(out):
            out.mkdir(parents=True, exist_ok=True)
    return assemble(engines, how)
