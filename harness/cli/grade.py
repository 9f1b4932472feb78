"""`gradconform grade`: grades a course, from a download to points with reasons."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from ..report.busy import busy
from .exit import Exit
from .isolation import isolation_from, isolation_options
from .value_types import EXISTING_FILE, FOLDER_TO_WRITE

if TYPE_CHECKING:
    from ..grade.course.grade_course import Graded
    from ..grade.rubric import Rubric
    from ..isolation.options import Isolation


@click.command()
@click.argument("submissions", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--rubric",
    "rubric_name",
    default="tutorial",
    show_default=True,
    metavar="RUBRIC",
    help="A file of yours, or the name of a rubric that comes with gradconform.",
)
@click.option(
    "--students",
    "sheet",
    type=EXISTING_FILE,
    metavar="SHEET",
    help="A sheet of the course. Each student on it is in the result, with or without a submission.",
)
@click.option("--out", type=FOLDER_TO_WRITE, required=True, help="The folder of the grading.")
@click.option("--dry-run", is_flag=True, help="Print the plan and what would be graded, and stop.")
@click.option(
    "--only",
    default="",
    metavar="STUDENT",
    help="Grade this student again and no other, and say the old and the new score. A submission or an id.",
)
@click.option(
    "--override",
    type=(str, str, str, str),
    metavar="STUDENT ITEM POINTS REASON",
    help="Give these points for an item instead of those that were counted. POINTS is - for a comment alone; "
    "ITEM is '' for one about the whole submission.",
)
@click.option(
    "--open-hidden",
    is_flag=True,
    help="Open hidden items on the pages of the students: their points, their cases and the mistakes.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="The number of submissions that run at once. By default one for each core.",
)
@click.option(
    "--anonymous",
    is_flag=True,
    help="Write random tokens in place of names and ids, in all output but key.csv in the folder of --out.",
)
@isolation_options
def grade(
    submissions: Path,
    rubric_name: str,
    sheet: Path | None,
    out: Path,
    dry_run: bool,
    only: str,
    override: tuple[str, str, str, str] | None,
    jobs: int | None,
    anonymous: bool,
    open_hidden: bool,
    **others: Any,
) -> int:
    """Grade a course: points for each student, and a reason for each lost point.

    SUBMISSIONS is the folder or zip that was downloaded from Canvas, Moodle or another system, or a folder
    with a file or folder for each student. What will be graded is printed before it runs.

    The folder of --out has scores.csv, class.html for the staff, grading.json, results.jsonl, reasons/ with a
    text for each submission and feedback/ with a page for each student. The same command goes on where it
    was, and grades anew what has changed. Points that a person gave are in overrides.toml there, and stay.
    Options about limits and packages come before those of the rubric.

    Exit codes: 0 all submissions are graded; 1 some need a person first; 2 the grading was interrupted;
    4 a wrong option, file or folder.
    """
    from ..grade.course.grade_course import grade_course
    from ..grade.course.request import Request
    from ..grade.rubric_file import read_rubric

    if not only and _given("only"):  # as of a variable of a shell that is not set
        raise click.BadParameter("a student was expected; nothing came", param_hint="--only")
    rubric = read_rubric(rubric_name)
    how = with_rubric(isolation_from(others), rubric)
    request = Request(
        submissions,
        out,
        rubric,
        tuple(Path(rubric_name).parent / each for each in rubric.starter),
        sheet,
        only,
        override,
        jobs,
        anonymous,
        how,
        open_hidden,
    )
    with busy("making the plan" if dry_run else "grading"):
        graded = grade_course(request, say=click.echo, dry_run=dry_run)
    return Exit.PASSED if graded is None else _told(graded, out)


def _told(graded: Graded, out: Path) -> int:
    """Print the summary; return the exit code."""
    from ..grade.course.class_facts import needs_a_person
    from ..grade.course.folder import CLASS, SCORES
    from ..grade.course.summary import summary_lines, totals

    for line in (*totals(graded.before, graded.grading), *summary_lines(graded.grading)):
        click.echo(line)
    for file in (SCORES, CLASS):
        click.echo(f"{out / file}")
    if graded.interrupted:
        click.echo("gradconform: interrupted; the same command goes on", err=True)
        return Exit.INTERRUPTED
    return Exit.FAILED if any(map(needs_a_person, graded.grading.marks)) else Exit.PASSED


def with_rubric(how: Isolation, rubric: Rubric) -> Isolation:
    """Return the isolation with the packages and limits of the rubric, where no option says others."""
    from ..isolation.limits import MIB, limited
    from ..isolation.options import allowed

    limits = rubric.limits
    case = how.limits.case if _given("timeout") else limits.case
    engine = how.limits.engine if _given("timeout_total") else limits.engine
    memory = how.limits.memory if _given("memory") else limits.memory * MIB
    allow = allowed((*how.allow, *rubric.allow))
    return replace(how, allow=allow, limits=limited(case, engine, memory))


def _given(option: str) -> bool:
    context = click.get_current_context()
    return context.get_parameter_source(option) is ParameterSource.COMMANDLINE
