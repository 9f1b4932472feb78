"""`gradconform rubric`: makes, checks and publishes rubrics."""

from __future__ import annotations

import json
import secrets
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..report.busy import busy
from .exit import Exit
from .value_types import EXISTING_FILE

if TYPE_CHECKING:
    from ..grade.rubric import Rubric


@click.group()
def rubric() -> None:
    """Make, check and publish rubrics: what an assignment asks for, and the points of each item."""


@rubric.command()
@click.argument("name")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. By default NAME.toml here.",
)
def new(name: str, out: Path | None) -> int:
    """Copy a rubric that comes with gradconform, with a new secret: tutorial, micrograd or tensor.

    From the secret the numbers of hidden cases are drawn. Keep the file where students cannot read it.
    """
    from ..errors import UsageError
    from ..grade.course.folder import write_whole
    from ..grade.rubric_file import shipped_text, with_secret
    from ..text import words

    text = with_secret(shipped_text(name), secrets.token_urlsafe(24))
    path = out or Path(f"{name}.toml")
    if path.exists():
        raise UsageError(f"{words(str(path))} exists; name another file with -o")
    write_whole(path, text)
    click.echo(str(path))
    return Exit.PASSED


@rubric.command()
@click.argument("file", metavar="RUBRIC")
@click.option("--jobs", type=click.IntRange(min=1), help="Processes; by default one for each core.")
@click.option(
    "--gradescope",
    metavar="POINTS",
    help="The points of the assignment on Gradescope, which refuses results whose maxima have another sum.",
)
def check(file: str, jobs: int | None, gradescope: str | None) -> int:
    """Measure a rubric on engines with one known mistake each, and on correct engines.

    RUBRIC is a file, or the name of a rubric that comes with gradconform. The table says what each item asks,
    and how many mistakes cost its points. The exit code is 1 when a correct engine loses a point, when a
    mistake costs nothing although a case with these ops shows it, or when one costs points of several items.
    """
    from ..catalogue.reference import Reference
    from ..catalogue.reference_cache import of_user
    from ..grade.calibrated import calibrated, lines
    from ..grade.rubric_file import read_rubric
    from ..run.schedule import cores

    found = read_rubric(file)
    if gradescope is not None:
        _check_sum(found, gradescope)
    # Twins are drawn from any secret in the same way, and run in every grading.
    found = found if found.secret else found.model_copy(update={"secret": "check"})
    with busy("asking torch") as now, closing(Reference(apart=True, cache=of_user())) as reference:

        def said(what: str) -> None:
            now.what = what

        findings = calibrated(found, reference, jobs or cores(), said)
    for line in lines(findings):
        click.echo(line)
    return Exit.PASSED if findings.good else Exit.FAILED


def _check_sum(rubric: Rubric, points: str) -> None:
    from ..errors import UsageError
    from ..grade.platforms.gradescope import assignment_points
    from ..grade.points import exact_number
    from ..grade.rounding import exact

    try:
        wanted = exact_number(points)
    except ValueError:
        raise click.BadParameter("points were expected, as 20", param_hint="--gradescope") from None
    fitting = assignment_points(rubric)
    if wanted not in fitting:
        told = " or ".join(dict.fromkeys(map(exact, fitting)))
        raise UsageError(
            f"--gradescope: the items of the rubric give {told} points, and the assignment has "
            f"{exact(wanted)}: change one of them, or students read that the results are not "
            "formatted correctly"
        )


@rubric.command()
@click.argument("file", type=EXISTING_FILE)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write. By default it goes to stdout.",
)
def publish(file: Path, out: Path | None) -> int:
    """Write the half of a rubric that students may see: without the secret and without hidden items.

    Comments are left out, too: they are for the course staff. A student runs the half with
    `gradconform check --rubric public.toml mine.py`.
    """
    from ..grade.rubric_file import published, read_rubric
    from ..report.results_file import writing

    text = published(read_rubric(file))
    if out is not None:
        _check_is_another(out, file)
    if out is None:
        click.echo(text, nl=False)
    else:
        with writing(out):
            out.write_text(text, encoding="utf-8")
    return Exit.PASSED


@rubric.command()
@click.argument("file", metavar="RUBRIC")
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="The file to write. It holds the secret and all expected numbers: no student may read it.",
)
def freeze(file: str, out: Path) -> int:
    """Write a rubric with torch's answers, so that `gradconform grade-one --frozen` needs no torch.

    RUBRIC is a file, or the name of a rubric that comes with gradconform. The gradconform that reads the file
    must have the same version as this one.
    """
    from ..catalogue.reference_cache import of_user
    from ..grade.platforms.freezing import Recording, frozen
    from ..grade.platforms.frozen_rubric import write_frozen
    from ..grade.rubric_file import read_rubric

    found = read_rubric(file)
    _check_is_another(out, file)
    with busy("asking torch"), closing(Recording(apart=True, cache=of_user())) as reference:
        whole = frozen(found, reference)
    write_frozen(out, whole)
    click.echo(f"{out}: torch {whole.torch} answered {len(whole.answers)} programs")
    return Exit.PASSED


def _check_is_another(out: Path, file: str | Path) -> None:
    """Raise UsageError when the file to write is the rubric itself."""
    from ..errors import UsageError
    from ..text import words

    if out.exists() and Path(file).exists() and out.samefile(file):
        raise UsageError(
            f"{words(str(out))} is the rubric itself, which would be lost; name another file with -o"
        )


@rubric.command()
def schema() -> int:
    """Print the JSON schema of rubrics, with which an editor completes and checks them."""
    from ..grade.rubric import Rubric

    click.echo(json.dumps(Rubric.model_json_schema(), indent=2))
    return Exit.PASSED
