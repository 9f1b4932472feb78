"""`gradconform grade-one`: grades one submission where a platform runs it."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from ..isolation.limits import LONGEST, SHORTEST
from ..report.busy import busy
from .exit import Exit
from .grade import with_rubric
from .isolation import isolation_from, isolation_options
from .value_types import FOLDER_TO_WRITE, Seconds

if TYPE_CHECKING:
    from ..grade.platforms.grade_one import Source
    from ..grade.platforms.platform import Outcome


@click.command("grade-one")
@click.option(
    "--rubric",
    "rubric_name",
    metavar="RUBRIC",
    help="A file of yours, or the name of a rubric that comes with gradconform. torch must be installed.",
)
@click.option(
    "--frozen",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="A file that `gradconform rubric freeze` wrote: a rubric with torch's answers. torch is not needed.",
)
@click.option(
    "--platform",
    "platform_name",
    metavar="NAME",
    help="The platform. By default the one whose files are there.",
)
@click.option(
    "--root",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default="/",
    show_default=True,
    help="The folder below which the folders of the platform lie, to try it elsewhere.",
)
@click.option(
    "--seconds",
    type=Seconds(min=SHORTEST, max=LONGEST),
    help="The time that the platform gives, where it is not the usual one there.",
)
@click.option(
    "--example",
    metavar="NAME",
    help="Grade nothing: write the files that this platform needs, to change them, into the folder of --out.",
)
@click.option("-o", "--out", type=FOLDER_TO_WRITE, help="The folder for the files of --example.")
@isolation_options
def grade_one(
    rubric_name: str | None,
    frozen: Path | None,
    platform_name: str | None,
    root: Path,
    seconds: float | None,
    example: str | None,
    out: Path | None,
    **others: Any,
) -> int:
    """Grade one submission where a platform runs it: Gradescope, PrairieLearn, Classroom 50 or Coursera.

    A whole result is handed in at once, which says that nothing was judged, and is replaced as the grading
    gets further. The grading stops before the time of the platform is over, with what was judged so far.
    Nothing that a student wrote is printed.

    Exit codes: 0 a result was handed in; 4 the grader failed, and the result says so; or a wrong option.
    """
    if (example is None) != (out is None):
        raise click.UsageError("--example and --out belong together")
    if example is not None and out is not None:
        return _copied(example, out)
    from ..grade.platforms.grade_one import WithTorch
    from ..grade.platforms.grade_one import grade_one as graded
    from ..grade.platforms.hand_in import HandsIn
    from ..grade.platforms.recognise import recognised
    from ..grade.rubric_file import read_rubric

    platform, located = recognised(root, os.environ, platform_name)
    if seconds is not None:
        located = replace(located, seconds=seconds)

    # A mistake in the command is found after the first result, so that each submission has one.
    def read() -> Source:
        if (rubric_name is None) == (frozen is None):
            raise UsageError("name the rubric, either with --frozen or with --rubric")
        if frozen is not None:
            from ..grade.platforms.frozen_rubric import read_frozen

            return read_frozen(frozen)
        return WithTorch.of(read_rubric(str(rubric_name)))

    with busy("grading"):
        outcome = graded(
            HandsIn(platform, located),
            read,
            lambda rubric: with_rubric(isolation_from(others), rubric),
        )
    click.echo(f"{platform.name}: {_told(outcome)}")
    return Exit.USAGE if outcome.mark is None else Exit.PASSED


def _copied(example: str, out: Path) -> int:
    from ..grade.platforms.examples import copied, example_names

    names = example_names()
    if example not in names:
        raise click.BadParameter(
            f"there are examples for {', '.join(names)}", param_hint="--example"
        )
    for path in copied(example, out):
        click.echo(str(path))
    return Exit.PASSED


def _told(outcome: Outcome) -> str:
    """Return the line for the staff, without a word that a student wrote."""
    from ..grade.rounding import rounded

    mark = outcome.mark
    if mark is None:
        return "nothing was judged, and the result says so"
    score = "no score" if mark.score is None else rounded(mark.score, outcome.rubric.rounding)
    state = mark.status if outcome.complete else "ended before all was judged"
    result = mark.result
    ran = f"; {result.seconds:.0f} s; {result.wall}" if result and result.wall else ""
    return f"{score} of {rounded(mark.most, outcome.rubric.rounding)} points; {state}{ran}"
