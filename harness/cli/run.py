"""`gradconform run`: runs cases on engines and writes a report."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..report.busy import busy, silent
from .case_options import (
    fresh_reference_option,
    preferred_dtype_option,
    seed_option,
    selection_from,
    selection_options,
    tolerance_option,
)
from .exit import Exit
from .isolation import dask_option, isolation_from, isolation_options
from .value_types import EXISTING_FILE, FOLDER_TO_WRITE

if TYPE_CHECKING:
    from ..catalogue.reference import Reference


@click.command()
@click.argument("engines", nargs=-1, metavar="[ENGINE]...")
@selection_options
@click.option(
    "--reference",
    "solution",
    metavar="SOLUTION",
    help="Only the cases that this solution of yours passes. They are asked for. It is named like an ENGINE, "
    "and runs in a sandbox like one.",
)
@seed_option
@preferred_dtype_option
@tolerance_option
@fresh_reference_option
@click.option(
    "--out",
    type=FOLDER_TO_WRITE,
    help="The folder of the report. By default a new one under reports/.",
)
@click.option(
    "--lower",
    is_flag=True,
    help="Run tensor cases on scalars, element by element. The column is called 'NAME (lowered)'.",
)
@click.option(
    "--xfails-file",
    type=EXISTING_FILE,
    help="A file of expected failures, each with a reason. A listed case that passes fails the run. "
    "The file beside an engine of yours is used only if it is named here.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="The number of engines that run at once. By default one for each core.",
)
@isolation_options
@dask_option
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the summary as JSON instead of a table.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print neither progress nor a table.")
@click.option("-v", "--verbose", is_flag=True, help="Print the failures, too.")
def run(
    engines: tuple[str, ...],
    solution: str | None,
    seed: int,
    dtype: str | None,
    tolerance: str,
    fresh_reference: bool,
    out: Path | None,
    lower: bool,
    xfails_file: Path | None,
    jobs: int | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **others: Any,
) -> int:
    """Run cases on engines and write a report.

    ENGINE is the path of a .py or .ipynb file, a folder or a zip, the name of a built-in engine or of an
    installed entry point, or a module that can be imported. Add :Class when it holds several engines, as in
    student.py:Value. Without ENGINE all built-in engines run. An engine that is not built in runs in a
    process of its own, in a sandbox.

    --set, --cases-from, --ops and --reference say what was asked for: a case of it that an engine does not
    support is missing, and counts as not passed. Without them it is unsupported, and counts for nothing.

    The report folder holds report.html, the page to look at, results.jsonl (written as the cases run),
    results.csv, summary.csv, summary.md and run.json; diagnosis.json names the mistakes of engines that
    failed. What the engines printed and their tracebacks are under output/. An engine that cannot be used is
    left out; all these files but the results say why.

    Exit codes: 0 all cases passed; 1 a case failed or is missing, or an engine was left out; 2 the run was
    interrupted; 4 a wrong option, a path or class that does not exist, or a machine that could run no engine;
    5 no engine ran a case.
    """
    from ..errors import UsageError

    if quiet and verbose:
        raise UsageError("-q prints no failures and -v prints them; say one of the two")
    click.get_current_context().with_resource(silent() if quiet else busy("starting"))
    from ..catalogue.reference import Reference
    from ..catalogue.tolerance import BOUNDS
    from ..engine.builtin import BUILTIN
    from ..run.earlier_answers import earlier_answers
    from ..run.engine_name import EngineName, from_command_line
    from ..run.run_and_report import run_and_report

    asked = from_command_line(engines) or [EngineName.parse(name) for name in BUILTIN]
    how = isolation_from(others, [*asked, *from_command_line([solution] if solution else [])])
    selection = selection_from(others)
    with busy("reading the cases"):
        selected = selection.cases()
    if solution is not None:
        from ..run.solution import passed_by

        cache = None if fresh_reference else earlier_answers(from_command_line([solution]), how)
        with closing(Reference(BOUNDS[tolerance], apart=True, cache=cache)) as torch:
            selected = passed_by(
                solution, selected, torch, how, seed=seed, dtype=dtype, quiet=quiet
            )
    with busy("running"):
        finished = run_and_report(
            selected,
            asked,
            selection=selection.facts() | {"reference": solution},
            asked_for=selection.asked_for or solution is not None,
            seed=seed,
            dtype=dtype,
            tolerance=tolerance,
            out=out,
            lower=lower,
            how=how,
            quiet=quiet,
            xfails_file=xfails_file,
            jobs=jobs,
            fresh_reference=fresh_reference,
            dask=others["dask"],
            diagnosed=_diagnose,
        )
    with busy("showing the results"):
        for remark in finished.remarks(table=not quiet and not as_json):
            click.echo(f"gradconform: {remark}", err=True)
        if as_json:
            click.echo(json.dumps(finished.document(), indent=2, allow_nan=False))
        elif not quiet:
            finished.show(verbose)
    if finished.interrupted:
        return Exit.INTERRUPTED
    if finished.not_run_by_machine:
        return Exit.USAGE
    if finished.failed:
        return Exit.FAILED
    return Exit.PASSED if finished.ran else Exit.NOTHING


def _diagnose(folder: Path, reference: Reference) -> None:
    from ..diagnose.of_run import diagnose_run  # only a run with failures needs it

    diagnose_run(folder, reference)
