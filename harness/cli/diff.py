"""`gradconform diff`: what changed between two runs."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..report.busy import busy
from ..text import words
from .exit import Exit
from .value_types import FILE_TO_WRITE

if TYPE_CHECKING:
    from ..report.diff.changes import Changes

_FORMS = {".md": "markdown", ".html": "html", ".json": "json"}
_RUN = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_RUN)
@click.argument("new", type=_RUN)
@click.option(
    "--markdown",
    "form",
    flag_value="markdown",
    help="Print Markdown for a comment on a pull request: the counts, the first regressions, and the other "
    "cases folded, of at most 65,536 bytes.",
)
@click.option(
    "--html", "form", flag_value="html", help="Print a page, of at most 500 cases a kind."
)
@click.option("--json", "form", flag_value="json", help="Print every change, as one JSON object.")
@click.option(
    "-o",
    "output",
    type=FILE_TO_WRITE,
    help="Write to this file instead of printing; .md, .html or .json says the form.",
)
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

    Where both are folders of `gradconform grade`, the points of each student are compared.

    \b
      gradconform diff reports/before reports/after
      gradconform diff base pull-request --fail-on regression --markdown -o comment.md

    Exit codes: 0 the runs were compared; 1 a regression, with --fail-on; 4 a wrong option, or a file that
    cannot be read; 5 no case could be compared.
    """
    from ..grade.course.difference import are_gradings

    if are_gradings(old, new):
        return _points(old, new, form)
    from ..report.diff.compare import compare
    from ..report.run_files import RunFiles

    names = dict(map(_pair, pairs))
    if len({*names.values()}) < len(pairs):
        raise click.BadParameter("each engine can be compared with one other engine")
    form = form or _form(output)
    with busy("comparing the runs"):
        changes = compare(RunFiles.of(old), RunFiles.of(new), names)
    with changes:
        if form is None:
            from ..report.diff.terminal import print_changes

            print_changes(changes)
        else:
            _write(_parts(changes, form), output)
        if not changes.compared and not changes.regressions:
            click.echo("gradconform: no case of these runs could be compared", err=True)
            return Exit.NOTHING
        return Exit.FAILED if fail_on and changes.regressions else Exit.PASSED


def _points(old: Path, new: Path, form: str | None) -> int:
    """Print the difference between two gradings."""
    from ..grade.course.difference import difference_lines

    if form is not None:
        raise click.UsageError("the difference between two gradings is shown on the terminal alone")
    for line in difference_lines(old, new):
        click.echo(line)
    return Exit.PASSED


def _pair(text: str) -> tuple[str, str]:
    before, equals, now = text.partition("=")
    if not (before and equals and now):
        raise click.BadParameter(f"two names with = between them were expected; {text!r} came")
    return before, now


def _form(output: Path | None) -> str | None:
    """Return the form that the name of the file says; None for the terminal."""
    if output is None:
        return None
    if output.suffix not in _FORMS:
        raise click.BadParameter(
            f"-o: a file that ends in .md, .html or .json was expected; {words(str(output))} came. "
            "Rename it, or add --markdown, --html or --json"
        )
    return _FORMS[output.suffix]


def _parts(changes: Changes, form: str) -> Iterable[str]:
    if form == "json":
        from ..report.diff.document import document

        return document(changes)
    if form == "html":
        from ..report.diff.page import page

        return [page(changes)]
    from ..report.diff.markdown import comment

    return [comment(changes)]


def _write(parts: Iterable[str], output: Path | None) -> None:
    from ..report.results_file import writing

    if output is None:
        for part in parts:
            click.echo(part, nl=False)
        return
    with writing(output), output.open("w", encoding="utf-8") as file:
        file.writelines(parts)
