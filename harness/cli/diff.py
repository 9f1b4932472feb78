"""`gradconform diff`: what changed between two runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..report.busy import busy
from .exit import Exit
from .value_types import FILE_TO_WRITE

if TYPE_CHECKING:
    from ..report.diff.changes import Changes

_RUN = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_RUN)
@click.argument("new", type=_RUN)
@click.option("--json", "form", flag_value="json", help="Print every change, as one JSON object.")
@click.option("-o", "output", type=FILE_TO_WRITE, help="Write to this file instead of printing.")
@click.option(
    "--engines",
    "pairs",
    multiple=True,
    metavar="OLD=NEW",
    help="Compare the engine OLD of the older run with NEW of the newer one. By default names are matched.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["regression"]),
    help="Exit with 1 when a case fails that did not fail before, or when one that passed is now unsupported "
    "or was not reached, because the run was interrupted or could not use the engine.",
)
def diff(
    old: Path,
    new: Path,
    form: str | None,
    output: Path | None,
    pairs: tuple[str, ...],
    fail_on: str | None,
) -> int:
    """Show what changed between two runs: which cases fail newly, and which pass newly.

    OLD and NEW are folders of reports, or their results.jsonl. A case is compared when both runs gave the
    engine the same program and inputs, in the same dtype, and judged it by the same torch and tolerance.
    Otherwise it is not comparable, and no regression. Neither is a case that only one run has, if the newer
    run was complete. Numbers of failures are the same when their first six digits are.

    \b
      gradconform diff reports/before reports/after
      gradconform diff base pull-request --fail-on regression

    Exit codes: 0 the runs were compared; 1 a regression, with --fail-on; 4 a wrong option, or a file that
    cannot be read; 5 no case could be compared.
    """
    from ..report.diff.compare import compare
    from ..report.run_files import RunFiles

    names = dict(map(_pair, pairs))
    with busy("comparing the runs"):
        changes = compare(RunFiles.of(old), RunFiles.of(new), names)
    with changes:
        _show(changes, form, output)
        if not changes.compared and not changes.regressions:
            click.echo("gradconform: no case of these runs could be compared", err=True)
            return Exit.NOTHING
        return Exit.FAILED if fail_on and changes.regressions else Exit.PASSED


def _pair(text: str) -> tuple[str, str]:
    before, equals, now = text.partition("=")
    if not (before and equals and now):
        raise click.BadParameter(f"two names with = between them were expected; {text!r} came")
    return before, now


def _show(changes: Changes, form: str | None, output: Path | None) -> None:
    from ..report.diff.document import document

    if form is None and output is None:
        from ..report.diff.terminal import print_changes

        print_changes(changes)
        return
    parts = document(changes)
    if output is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    from ..report.results_file import writing

    with writing(output), output.open("w", encoding="utf-8") as file:
        file.writelines(parts)
