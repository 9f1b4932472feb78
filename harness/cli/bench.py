"""`gradconform bench`: compares the times of engines with those of torch, in growing sizes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..isolation.limits import LONGEST
from ..report.busy import busy
from .case_options import cases_option, preferred_dtype_option
from .exit import Exit
from .isolation import isolation_from, isolation_options
from .value_types import FOLDER_TO_WRITE, Seconds

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
    type=FOLDER_TO_WRITE,
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

    The tables show the median time of each phase over several rounds, its spread, its ratio to torch's time,
    and the power of the size with which the time grows. A time that is not above its spread is "below
    resolution", and nothing is computed from it. The times include the work of gradconform for each op, which
    is the same for every engine. The times of an isolated engine include the way to its process and back;
    --isolation none leaves that out. The command writes bench.csv, growth.csv, two plots
    and a page with them, bench.html.
    """
    from ..bench.tables import growth
    from ..bench.timing_run import run_bench
    from ..engine.builtin import REFERENCE
    from ..report.results_file import writing
    from ..report.spreadsheet import write_table
    from ..run.alone import alone_in
    from ..run.engine_name import EngineName
    from ..run.report_folder import named_folder

    asked = [EngineName.parse(engine) for engine in engines]
    how = isolation_from(isolation, asked)
    if out is not None:
        click.get_current_context().with_resource(alone_in(named_folder(out)))
    beside = list(dict.fromkeys([EngineName.parse(REFERENCE), *asked]))
    table, folder, left_out = run_bench(beside, globs, how, dtype=dtype, budget=seconds, out=out)
    click.get_current_context().with_resource(busy("drawing the plots"))
    slopes = growth(table)
    with writing(folder):
        write_table(
            folder / "growth.csv", slopes.columns, slopes.itertuples(index=False, name=None)
        )
        plots = _plots(table, slopes, folder)
    _show(table, slopes)
    for path in (folder / "bench.csv", folder / "growth.csv", *plots):
        click.echo(str(path))
    for line in left_out:
        click.echo(line, err=True)
    return Exit.FAILED if left_out else Exit.PASSED


def _plots(table: pd.DataFrame, slopes: pd.DataFrame, folder: Path) -> list[Path]:
    from ..bench.plot import draw
    from ..errors import UsageError

    try:
        return draw(table, slopes, folder)
    except UsageError as absent:
        click.echo(f"gradconform: {absent}", err=True)
        return []


def _show(table: pd.DataFrame, slopes: pd.DataFrame) -> None:
    from rich.table import Table
    from rich.text import Text

    from ..bench.phases import PHASES
    from ..bench.tables import GROWN, power_of_size, told
    from ..report.terminal import console

    times = Table(title="median ± half of the interquartile range, and the ratio to torch's median")
    for name in ("case", "engine", *PHASES, "verdict"):
        left = name in ("case", "engine")
        times.add_column(name, justify="left" if left else "right", no_wrap=left)
    for _, row in table.sort_values(["group", "size"], kind="stable").iterrows():
        cells = (
            _cell(*(row[phase + end] for end in ("", "_spread", "_ratio"))) for phase in PHASES
        )
        times.add_row(Text(row["case"]), Text(row["engine"]), *cells, str(row["verdict"]))
    grown = Table(title="time grows with this power of the size (± standard error)")
    for name in ("cases", "engine", *GROWN):
        grown.add_column(name, justify="left" if name in ("cases", "engine") else "right")
    rows, untold = told(slopes)
    for _, row in rows.sort_values("group", kind="stable").iterrows():
        powers = (power_of_size(row, phase) for phase in GROWN)
        grown.add_row(Text(row["group"]), Text(row["engine"]), *powers)
    if untold:
        click.echo(untold, err=True)
    console().print(times)
    if len(rows):
        console().print(grown)


def _cell(seconds: float, spread: float, ratio: float) -> str:
    """A time in the unit that fits it, such as "1.24 ± 0.05 ms (0.37x)"."""
    from ..bench.tables import BELOW_RESOLUTION

    if seconds <= spread:
        return BELOW_RESOLUTION
    unit, factor = next(
        ((unit, factor) for unit, factor in (("s", 1.0), ("ms", 1e3)) if seconds * factor >= 1),
        ("us", 1e6),
    )
    times = "" if ratio != ratio else f" ({_two_digits(ratio)}x)"
    return f"{seconds * factor:.3g} ± {_two_digits(spread * factor)} {unit}{times}"


def _two_digits(number: float) -> str:
    """Two digits without a power of ten: 0.00071, 0.37, 260."""
    from numpy import format_float_positional

    return format_float_positional(number, precision=2, fractional=False, trim="-")
