"""`gradconform report`: the views of runs that are there, and one comparison of several runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import UsageError
from ..report.busy import busy
from .exit import Exit
from .value_types import FOLDER_TO_WRITE

if TYPE_CHECKING:
    from ..report.files import Report
    from ..report.run_files import RunFiles

# The names in `harness.report.table_file`, which would take long to import.
_FORMATS = ("csv", "parquet", "json", "markdown", "latex")
_TABLES = ("headline", "scores", "cases", "readings")


@click.command()
@click.argument("runs", nargs=-1, required=True, metavar="RUN...", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=FOLDER_TO_WRITE,
    help="The folder of the views. Several runs need one; by default that of the run.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(_FORMATS),
    help="Also write a table in this format. It needs memory for all of its rows.",
)
@click.option(
    "--table",
    type=click.Choice(_TABLES),
    default="scores",
    show_default=True,
    help="The table of --format: a row for each engine (headline), for each engine and family (scores), for "
    "each engine and case (cases), or for each reading (readings).",
)
@click.option(
    "--plots",
    is_flag=True,
    help="Also write the plots of the page as errors.png and failures.png (needs gradconform[bench]).",
)
@click.option("-q", "--quiet", is_flag=True, help="Print no table and no paths.")
def report(
    runs: tuple[Path, ...],
    out: Path | None,
    form: str | None,
    table: str,
    plots: bool,
    quiet: bool,
) -> int:
    """Make all views of a run again from its files, or one comparison of several runs.

    RUN is the folder of a report, also of a run that was interrupted. Of several runs, or with --out, the
    folder OUT gets the files of a run that has the engines of all RUNs, and its views. Engines of one name
    are kept apart by their versions, or else by the folders of their runs. Differences between the runs
    (seed, dtype, tolerance, versions, programs) are said.

    \b
      gradconform report reports/mine
      gradconform report reports/mine reports/yours --out reports/both
      gradconform report reports/mine --format latex --table headline
      gradconform report reports/mine --plots

    Exit codes: 0 the views were written; 4 a wrong option, or a file that cannot be read or written; 5 the
    runs have no outcome.
    """
    from ..report.files import write_report
    from ..report.run_files import RunFiles

    if len(runs) > 1 and out is None:
        raise UsageError(
            "several runs were named, so their comparison needs a folder: add --out FOLDER"
        )
    found = [RunFiles.of(path) for path in runs]
    folder = out or _folder(found[0])
    from ..run.alone import alone_in
    from ..run.report_folder import check_unused, named_folder

    named_folder(folder)
    with alone_in(folder):
        if out is not None:
            from ..report.merge import merge

            check_unused(out)
            with busy("merging the runs"):
                merge(found, out, ["gradconform", *sys.argv[1:]])
        with busy("writing the report"):
            written = write_report(folder)
            paths = [*written.paths, *_table(folder, table, form), *_plots(written, plots)]
    _show(written, paths, quiet)
    return Exit.PASSED if written.found.engines else Exit.NOTHING


def _folder(run: RunFiles) -> Path:
    from ..report.results_file import RESULTS

    if run.results.name != RESULTS:
        raise UsageError(
            f"{run.shown} is not called {RESULTS}, so the folder of its views is not known: add --out FOLDER"
        )
    return run.folder


def _table(folder: Path, table: str, form: str | None) -> list[Path]:
    if form is None:
        return []
    from ..report.table_file import write_frame

    return [write_frame(folder, table, form)]


def _plots(written: Report, asked: bool) -> list[Path]:
    if not asked:
        return []
    from ..report.plots import draw

    return draw(written.folder, written.scores)


def _show(written: Report, paths: list[Path], quiet: bool) -> None:
    from ..report.absent import interruption

    for remark in written.facts["remarks"]:
        click.echo(f"gradconform: {remark}", err=True)
    if quiet:
        return
    from ..report.terminal import print_summary

    if written.scores:
        print_summary(written.scores, interruption(written.facts, written.scores))
    for path in paths:
        click.echo(path)
