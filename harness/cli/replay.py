"""`gradconform replay`: takes the results of a grading back to Gradescope."""

from __future__ import annotations

from pathlib import Path

import click

from .exit import Exit
from .value_types import FILE_TO_WRITE


@click.command()
@click.argument("grading", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--out",
    type=FILE_TO_WRITE,
    required=True,
    metavar="AUTOGRADER.zip",
    help="The autograder. The folder of the grading stays as it is.",
)
def replay(grading: Path, out: Path) -> int:
    """Make an autograder for Gradescope that hands out the results of a grading.

    GRADING is the folder of `gradconform grade`, of an export of Gradescope. Upload the zip under "Configure
    Autograder", and press "Regrade All Submissions": each submission gets the result that was made here, by
    its number. The zip holds no name, no secret and no case of a hidden item, and runs no code of a student.

    Exit codes: 0 the zip is written; 4 a wrong option or folder, and nothing is written.
    """
    from ..grade.course.finished import read_finished, with_names
    from ..grade.platforms.replay import replay_zip
    from ..grade.sheets.writing import check_output, write

    check_output(out, [], grading)
    made = replay_zip(with_names(read_finished(grading)))
    write(out, made.data)
    for line in made.without:
        click.echo(f"not in the zip: {line}")
    click.echo(f"{made.count} results")
    click.echo(str(out))
    return Exit.PASSED
