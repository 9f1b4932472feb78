"""`gradconform check`: a student's own run of the published half of a rubric."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import click

from ..report.busy import busy
from .exit import Exit
from .grade import with_rubric
from .isolation import isolation_from, isolation_options


@click.command()
@click.argument("engine")
@click.option(
    "--rubric",
    "rubric_name",
    default="tutorial",
    show_default=True,
    metavar="RUBRIC",
    help="The file that the course has published, or the name of a rubric that comes with gradconform.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the items as one JSON object.")
@isolation_options
def check(engine: str, rubric_name: str, as_json: bool, **others: Any) -> int:
    """Run the cases of a rubric on your own engine: the points of each item, and why points were lost.

    ENGINE is named as in `gradconform run`. The course runs the same cases, and runs them again with other
    numbers, which a published rubric does not have.

    Exit codes: 0 no points were lost, apart from a bonus and from those that a person gives; 1 points were
    lost; 4 a wrong option or file, or an engine that cannot be used.
    """
    from ..catalogue.reference import Reference
    from ..grade.own_run import lines, own_run
    from ..grade.rubric_file import read_rubric
    from ..run.earlier_answers import earlier_answers
    from ..run.engine_name import from_command_line

    rubric = read_rubric(rubric_name)
    wanted = [f"{engine}:{rubric.wanted_class}"] if rubric.wanted_class else [engine]
    (name,) = from_command_line(wanted if ":" not in engine else [engine])
    how = with_rubric(isolation_from(others, [name]), rubric)
    cache = earlier_answers([name], how)
    with busy("running"), closing(Reference(apart=True, cache=cache)) as torch:
        given = own_run(rubric, name, torch, how, quiet=as_json)
    if as_json:
        items = [
            {
                "item": one.item,
                "points": float(one.points),
                "most": float(one.most),
                "state": one.state,
                "passed": one.passed,
                "asked": one.asked,
                "reasons": one.reasons,
            }
            for one in given.items
        ]
        click.echo(
            json.dumps({"points": float(given.score), "most": float(given.most), "items": items})
        )
    else:
        for line in lines(rubric, given):
            click.echo(line)
    return Exit.FAILED if given.lost_some else Exit.PASSED
