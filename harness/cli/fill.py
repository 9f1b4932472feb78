"""`gradconform fill`: writes the scores of a grading into the sheet of a course."""

from __future__ import annotations

from pathlib import Path

import click

from .exit import Exit
from .value_types import EXISTING_FILE, FILE_TO_WRITE


@click.command()
@click.argument("grading", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("sheet", type=EXISTING_FILE)
@click.option(
    "-o",
    "--out",
    type=FILE_TO_WRITE,
    required=True,
    help="The filled sheet. SHEET and the folder of the grading stay as they are.",
)
@click.option(
    "--column",
    metavar="ID|TITLE",
    help="The column of the grade. By default the only one, the one with the title of the rubric, or the one "
    "with its points, while no grade is in it.",
)
@click.option(
    "--scale",
    is_flag=True,
    help="Scale the scores to the maximum of the sheet, where it is not that of the rubric.",
)
@click.option(
    "--existing",
    type=click.Choice(["keep", "replace", "higher"]),
    default="keep",
    show_default=True,
    help="What happens to a grade that is in the sheet: it stays, or is replaced by the score or by a higher "
    "one. In a sheet with feedback, that of a replaced grade is replaced, too.",
)
@click.option(
    "--feedback",
    type=FILE_TO_WRITE,
    metavar="OUT.zip",
    help="Write the pages for students, too: a zip that Canvas or Moodle takes back.",
)
@click.option(
    "--since",
    type=EXISTING_FILE,
    multiple=True,
    metavar="LAST.zip",
    help="A zip of --feedback that was uploaded: its pages are left out, where they are the same. It can be "
    "repeated, the latest one last.",
)
def fill(
    grading: Path,
    sheet: Path,
    out: Path,
    column: str | None,
    scale: bool,
    existing: str,
    feedback: Path | None,
    since: tuple[Path, ...],
) -> int:
    """Write the scores of a grading into the sheet that a course's site gave you.

    GRADING is the folder of `gradconform grade`. SHEET is the gradebook of Canvas, the grading worksheet of
    Moodle in any language, or the sheet of Blackboard or Brightspace. Students are found by their ids. Only
    cells of the grade change, and in Moodle those of the feedback; every other byte stays.

    Each change is printed, then those who got no score, and what the site will do with the sheet. Cells that
    hold no number (EX, N/A) or are locked never change.

    Exit codes: 0 the sheet is written; 4 a wrong option, folder or sheet, and nothing is written.
    """
    from ..grade.course.finished import read_finished, with_names
    from ..grade.sheets.filling import Existing, filled
    from ..grade.sheets.pages_zip import pages_zip
    from ..grade.sheets.telling import told, told_of_pages
    from ..grade.sheets.writing import check_feedback, check_output, write

    if column is not None and not column.strip():  # as of a variable of a shell that is not set
        raise click.BadParameter("a column was expected; nothing came", param_hint="--column")
    if since and not feedback:
        raise click.UsageError("--since says which pages are left out of --feedback; give both")
    check_output(out, [sheet, *since], grading)
    if feedback:
        check_feedback(feedback, out)
        check_output(feedback, [sheet], grading)
    finished = with_names(read_finished(grading))
    result = filled(finished, sheet, wanted=column or "", scale=scale, existing=Existing(existing))
    pages = pages_zip(result, finished, since) if feedback else None
    write(out, result.data)
    for line in told(result):
        click.echo(line)
    click.echo(str(out))
    if feedback and pages:
        for line in told_of_pages(pages, result.site):
            click.echo(line)
        if pages.pages:
            write(feedback, pages.data)
            click.echo(str(feedback))
    return Exit.PASSED
