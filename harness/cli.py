"""The command. Exit codes are pytest's: 0 passed, 1 failed, 2 interrupted, 3 internal, 4 usage, 5 nothing.

Data goes to stdout, progress and notes to stderr. Imports that cost time (torch, pandas, rich) are made
inside the command that needs them.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.array import FLOAT_DTYPES
from harness.errors import GradconformError, NothingSelected

if TYPE_CHECKING:
    pass


class Exit(IntEnum):
    """pytest's exit codes."""

    PASSED = 0
    FAILED = 1
    INTERRUPTED = 2
    INTERNAL = 3
    USAGE = 4
    NOTHING = 5


def _version() -> str:
    try:
        return version("gradconform")
    except PackageNotFoundError:
        return "(not installed)"


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), prog_name="gradconform")
def cli() -> None:
    """Does this autograd engine do what PyTorch does?

    Every value and gradient of a catalogue of cases is compared with torch.autograd.

    \b
      gradconform run                        all built-in engines, the whole catalogue
      gradconform run my.py:Adapter          an adapter of yours (a subclass of EagerEngine)
      gradconform run scalar --cases 'lecture/*'
      gradconform run scalar --lower         its matrix products, element by element
      gradconform show lecture/neuron_with_sigmoid

    Exit codes: 0 all passed, 1 something failed, 2 interrupted, 3 internal error, 4 wrong usage,
    5 nothing selected.
    """


@cli.command()
@click.argument("engines", nargs=-1, metavar="[ENGINE]...")
@click.option(
    "--cases", "globs", multiple=True, metavar="GLOB", help="Only these case ids; repeatable."
)
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag or level; repeatable.")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawn inputs.")
@click.option(
    "--dtype",
    type=click.Choice(FLOAT_DTYPES[:2]),
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
    as_json: bool,
    quiet: bool,
    verbose: bool,
) -> int:
    """Run cases on engines and write a report.

    ENGINE is a built-in name, an installed entry point, or path/file.py:Class; without one, all
    built-in engines run. In the report folder lie results.jsonl (as it happens), results.csv,
    summary.csv, summary.md and run.json.
    """
    from harness.registry import builtin_names
    from harness.report.session import run_session
    from harness.selection import select

    selected = select(globs, tags)
    session = run_session(
        selected,
        engines or builtin_names(),
        selection={"cases": globs, "tags": tags, "count": len(selected)},
        seed=seed,
        dtype=dtype,
        out=out,
        lower=lower,
        quiet=quiet,
    )
    if as_json:
        click.echo(json.dumps(session.document(), indent=2, allow_nan=False))
    elif not quiet:
        session.show(verbose)
    return Exit.INTERRUPTED if session.interrupted else Exit(session.failed)


@cli.command("cases")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag or level; repeatable.")
def list_cases(globs: tuple[str, ...], tags: tuple[str, ...]) -> int:
    """List case ids, their level and tags, and their titles."""
    from harness.selection import select

    selected = select(globs, tags)
    ids, marks = [c.id for c in selected], [" ".join((c.level, *c.tags)) for c in selected]
    left, middle = max(map(len, ids)), max(map(len, marks))
    for declared, id, mark in zip(selected, ids, marks, strict=True):
        click.echo(f"{id:<{left}}  {mark:<{middle}}  {declared.title}".rstrip())
    click.echo(f"{len(selected)} cases", err=True)
    return Exit.PASSED


@cli.command()
@click.argument("case_id", metavar="CASE")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawn inputs.")
@click.option("--dtype", type=click.Choice(FLOAT_DTYPES[:2]), default="float64", show_default=True)
def show(case_id: str, seed: int, dtype: str) -> int:
    """Print a case: its program, its inputs, and torch's values and gradients.

    Nodes are numbered as in the program; every node's value and gradient is shown, also where the
    case itself does not read it.
    """
    from harness.report.show import describe
    from harness.selection import named

    for line in describe(named(case_id).instance(seed, dtype)):
        click.echo(line)
    return Exit.PASSED


@cli.command("engines")
def list_engines() -> int:
    """List engines: where each comes from and what it supports, or why it cannot be imported."""
    from harness.registry import listing
    from harness.support import supported

    for listed in listing():
        if listed.engine is None:
            click.echo(
                f"{listed.name:<10} {listed.origin}\n{'':<10} cannot be used: {listed.error}"
            )
            continue
        engine = listed.engine
        click.echo(f"{listed.name:<10} {listed.origin}, version {engine.version or 'unknown'}")
        click.echo(f"{'':<10} {', '.join(engine.dtypes)}; {supported(engine)}")
    return Exit.PASSED


@cli.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def selftest(as_json: bool) -> int:
    """Check the catalogue itself, on engines with one known mistake each and on correct ones.

    Each mistake is listed with the number of cases that caught it and the smallest of them. The command
    fails when a mistake was caught by no case, or when a correct engine fails a core case.
    """
    from harness.case import catalogue
    from harness.registry import load
    from harness.runner import Reference
    from harness.selftest import CORRECT, Selftest, described, document, known_mistakes

    test, findings = Selftest(catalogue(), Reference()), []
    for mistake in known_mistakes():
        findings.append(test.find(mistake))
        if not as_json:
            click.echo(described(findings[-1]))
    alarms = test.alarms(load(name) for name in CORRECT)
    missed = [finding for finding in findings if not finding.sufficient]
    if as_json:
        click.echo(json.dumps(document(findings, alarms), indent=2, allow_nan=False))
    else:
        for alarm in alarms:
            click.echo(f"FALSE ALARM  {alarm.engine} {alarm.case.id}: {alarm.message}")
        caught = len(findings) - len(missed)
        click.echo(f"{caught} of {len(findings)} mistakes caught, {len(alarms)} false alarms")
    return Exit.FAILED if missed or alarms else Exit.PASSED


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command and leave with pytest's exit code; people see sentences, not tracebacks."""
    try:
        code = cli.main(args=arguments, prog_name="gradconform", standalone_mode=False)
        sys.stdout.flush()
    except NothingSelected as problem:
        code = _say(problem, Exit.NOTHING)
    except GradconformError as problem:
        code = _say(problem, Exit.USAGE)
    except click.ClickException as problem:
        problem.show()
        code = Exit.USAGE
    except (KeyboardInterrupt, click.Abort):
        code = _say("interrupted", Exit.INTERRUPTED)
    except BrokenPipeError:
        # The reader of a pipe has gone (`| head`); Python would complain once more on exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = Exit.PASSED
    except Exception:
        import traceback

        traceback.print_exc()
        code = _say(
            "this is a mistake in gradconform; please report the lines above", Exit.INTERNAL
        )
    sys.exit(int(code or 0))


def _say(problem: object, code: Exit) -> Exit:
    click.echo(f"gradconform: {problem}", err=True)
    return code


if __name__ == "__main__":
    main()
