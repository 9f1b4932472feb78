"""`gradconform bench`: compares the times of engines with those of torch, in growing sizes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.cli.case_options import cases_option, preferred_dtype_option
from harness.cli.exit import Exit
from harness.cli.isolation import LONGEST, Seconds, isolation_from, isolation_options

if TYPE_CHECKING:
    import pandas as pd


@click.command()
@click.argument("engines", nargs=-1, required=True, metavar="ENGINE...")
@cases_option
@preferred_dtype_option
@click.option(
    "--seconds",
    type=Seconds(min=0, max=LONGEST),
    default=0.05,
    show_default=True,
    help="The approximate time in seconds for each phase of each case.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of the tables and plots. By default a new one under reports/.",
)
@isolation_options
def bench(
    engines: tuple[str, ...],
    globs: tuple[str, ...],
    dtype: str | None,
    seconds: float,
    out: Path | None,
    **isolation: Any,
) -> int:
    """Time the cases tagged `bench` on engines and on torch, in growing sizes.

    The tables show the time of each phase, its ratio to torch's time, and the power of the size with which
    the time grows. The times include the work of gradconform for each op, which is the same for every engine.
    The times of an isolated engine include the way to its process and back; --isolation none leaves
    that out. The command writes bench.csv, growth.csv and two plots.
    """
    from harness.bench.tables import growth
    from harness.bench.timing_run import run_bench
    from harness.engine.builtin import REFERENCE
    from harness.report.results_file import writing
    from harness.report.spreadsheet import write_table
    from harness.run.engine_name import EngineName

    asked = [EngineName.parse(engine) for engine in engines]
    how = isolation_from(isolation, asked)
    beside = list(dict.fromkeys([EngineName.parse(REFERENCE), *asked]))
    table, folder, left_out = run_bench(beside, globs, how, dtype=dtype, budget=seconds, out=out)
    slopes = growth(table)
    with writing(folder):
        write_table(slopes, folder / "growth.csv")
        plots = _plots(table, slopes, folder)
    _show(table, slopes)
    for path in (folder / "bench.csv", folder / "growth.csv", *plots):
        click.echo(str(path))
    for line in left_out:
        click.echo(line, err=True)
    return Exit.FAILED if left_out else Exit.PASSED


def _plots(table: pd.DataFrame, slopes: pd.DataFrame, folder: Path) -> list[Path]:
    from harness.bench.plot import draw
    from harness.errors import UsageError

    try:
        return draw(table, slopes, folder)
    except UsageError as absent:
        click.echo(f"gradconform: {absent}", err=True)
        return []


def _show(table: pd.DataFrame, slopes: pd.DataFrame) -> None:
    from rich.table import Table
    from rich.text import Text

    from harness.bench.phases import PHASES
    from harness.report.terminal import console

    times = Table(title="seconds, and how often torch's")
    for name in ("case", "engine", *PHASES, "verdict"):
        times.add_column(name, justify="left" if name in ("case", "engine") else "right")
    for row in table.sort_values(["group", "size"], kind="stable").to_dict("records"):
        cells = [_cell(row[phase], row[f"{phase}_ratio"]) for phase in PHASES]
        times.add_row(Text(row["case"]), Text(row["engine"]), *cells, str(row["verdict"]))
    grown = Table(title="time grows with this power of the size")
    for name in ("cases", "engine", "forward", "backward", "total"):
        grown.add_column(name, justify="left" if name in ("cases", "engine") else "right")
    for row in slopes.sort_values("group", kind="stable").to_dict("records"):
        powers = (f"{row[name]:.2f}" for name in ("forward", "backward", "total"))
        grown.add_row(Text(row["group"]), Text(row["engine"]), *powers)
    console().print(times)
    console().print(grown)


def _cell(seconds: float, ratio: float) -> str:
    times = "" if ratio != ratio else f" ({ratio:.2g}x)"
    return f"{seconds:.2e}{times}"
