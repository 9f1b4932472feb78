"""`gradconform run`: cases on engines, and a report."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from harness.cli.exit import Exit
from harness.cli.isolation import isolation_from, isolation_options
from harness.program.arrays import RUN_DTYPES


@click.command()
@click.argument("engines", nargs=-1, metavar="[ENGINE]...")
@click.option(
    "--cases", "globs", multiple=True, metavar="GLOB", help="Only these case ids; repeatable."
)
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag or level; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawn inputs.")
@click.option(
    "--dtype",
    type=click.Choice(RUN_DTYPES),
    help="Float dtype of the run; by default what each engine prefers.",
)
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write to; by default a new one under reports/.",
)
@click.option(
    "--lower",
    is_flag=True,
    help="Run tensor programs on scalars, element by element; NAME becomes 'NAME (lowered)'.",
)
@click.option(
    "--xfails-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Expected failures, strict, each with a reason; one beside an engine is not used by itself.",
)
@isolation_options
@click.option("--json", "as_json", is_flag=True, help="Print the summary as one JSON object.")
@click.option("-q", "--quiet", is_flag=True, help="Print no progress and no table.")
@click.option("-v", "--verbose", is_flag=True, help="Print the failures below the table.")
def run(
    engines: tuple[str, ...],
    globs: tuple[str, ...],
    tags: tuple[str, ...],
    seed: int,
    dtype: str | None,
    out: Path | None,
    lower: bool,
    xfails_file: Path | None,
    as_json: bool,
    quiet: bool,
    verbose: bool,
    **isolation: Any,
) -> int:
    """Run cases on engines and write a report.

    ENGINE is a built-in name, an installed entry point, an importable package.module:Class, or the path
    of a .py or .ipynb file, a folder or a zip, with :Class behind it when there are several; without one, all
    built-in engines run. Any engine but the built-in ones runs in a process of its own, behind walls.

    In the report folder lie results.jsonl (as it happens), results.csv, summary.csv, summary.md, run.json
    and, under output/, what the engines printed. An engine that cannot be used is left out and named in
    all of them but the results.

    Exit codes: 0 all passed, 1 a case failed or an engine was left out, 2 interrupted, 4 a path that does
    not exist or a wrong option, 5 no engine ran a case.
    """
    from harness.catalogue.selection import select
    from harness.engine.builtin import BUILTIN
    from harness.run.engine_name import EngineName, typed
    from harness.run.session import run_session

    asked = typed(engines) or [EngineName.parse(name) for name in BUILTIN]
    how = isolation_from(isolation, asked)
    selected = select(globs, tags)
    session = run_session(
        selected,
        asked,
        selection={"cases": globs, "tags": tags},
        seed=seed,
        dtype=dtype,
        out=out,
        lower=lower,
        how=how,
        quiet=quiet,
        xfails_file=xfails_file,
    )
    for remark in session.remarks():
        click.echo(f"gradconform: {remark}", err=True)
    if as_json:
        click.echo(json.dumps(session.document(), indent=2, allow_nan=False))
    elif not quiet:
        session.show(verbose)
    if session.interrupted:
        return Exit.INTERRUPTED
    if session.failed:
        return Exit.FAILED
    return Exit.PASSED if session.ran else Exit.NOTHING
