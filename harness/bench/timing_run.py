"""A run of `gradconform bench`: the engines are opened, each case is judged and timed, a table is written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..catalogue.reference import Reference, dtype_for
from ..catalogue.selection import select
from ..errors import NothingSelected
from ..isolation.options import Isolation
from ..judge.outcome import ERRORED, Verdict
from ..report.busy import busy
from ..report.results_file import flattened, writing
from ..run.engine_name import EngineName
from ..run.report_folder import new_folder
from ..run.roster import assemble
from ..run.runner import run_case
from .phases import TAG
from .timing import Timing, timed

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
    """Time engines and return their table, its folder, and a line for each engine that was left out.

    `harness.bench.tables.timing_table` describes the table; it is written to the folder as `bench.csv`.
    `budget` is in seconds per phase of a case. `out` is a folder that exists; by default it is a new one
    under `reports/`. NothingSelected when no case is selected or no engine could be timed; UsageError for an
    engine that does not exist, before anything is timed, or for a folder that cannot be written to.
    """
    import pandas as pd

    from ..report.frame import per_case
    from ..report.spreadsheet import write_table
    from .tables import timing_table

    with busy("reading the cases and loading torch") as now:
        selected = select(globs, [TAG])
        for engine in engines:
            engine.check(how)
        roster = assemble(engines, how)
        reference, rows, timings = Reference(), list[dict[str, Any]](), list[Timing]()
        for entry in roster.in_turn():
            kind = dtype_for(entry.engine, dtype)
            for number, case in enumerate(selected, 1):
                now.what = f"{entry.column}: {case.id}, {number} of {len(selected)} cases"
                result = run_case(case, entry.engine, reference, 0, kind)
                rows += map(flattened, result.outcomes)
                if result.verdict not in _NOT_TIMED:
                    found = timed(case.instance(0, kind), entry.engine, budget)
                    timings += [found] if found is not None else []
            entry.engine.close()
    if not timings:
        raise NothingSelected("no engine runs any of the cases, so that nothing was timed")
    folder = out or new_folder(
        ["bench", *(engine.shown for engine in engines)], datetime.now().astimezone()
    )
    table = timing_table(timings, per_case(pd.DataFrame(rows)))
    with writing(folder):
        write_table(folder / "bench.csv", table.columns, table.itertuples(index=False, name=None))
    return table, folder, [line for name in roster.refused for line in roster.said_of(name)]
