"""Commands that show something and run no case: `gradconform cases`, `show` and `engines`."""

from __future__ import annotations

from typing import Any

import click

from ..report.busy import busy
from ..text import FRAME
from .case_options import dtype_option, seed_option, selection_from, selection_options
from .exit import Exit
from .isolation import isolation_from, isolation_options


@click.command("cases")
@click.argument("more_globs", nargs=-1, metavar="[GLOB]...")
@selection_options
def list_cases(more_globs: tuple[str, ...], globs: tuple[str, ...], **chosen: Any) -> int:
    """List cases: their ids, levels, tags and titles.

    GLOB is a pattern of ids, such as 'lecture/*'. Without GLOB all cases are listed.
    """
    with busy("reading the cases"):
        selected = selection_from({"globs": (*more_globs, *globs), **chosen}).cases()
    ids, marks = [c.id for c in selected], [" ".join((c.level, *c.tags)) for c in selected]
    left, middle = max(map(len, ids)), max(map(len, marks))
    for declared, id, mark in zip(selected, ids, marks, strict=True):
        click.echo(f"{id:<{left}}  {mark:<{middle}}  {declared.title}".rstrip())
    click.echo(f"{len(selected)} cases", err=True)
    return Exit.PASSED


@click.command()
@click.argument("case_id", metavar="CASE")
@seed_option
@dtype_option
def show(case_id: str, seed: int, dtype: str) -> int:
    """Print a case: its program, its inputs, and torch's values and gradients.

    CASE is the id of one case, as `gradconform cases` lists it. The value and the gradient of every node are
    shown, even if the case does not read them. The numbers of the nodes are those in the program.
    """
    from ..catalogue.selection import named
    from ..diagnose.show import describe

    with busy("reading the cases and asking torch"):
        lines = list(describe(named(case_id).instance(seed, dtype)))
    for line in lines:
        click.echo(line)
    return Exit.PASSED


@click.command("engines")
@click.argument("specs", nargs=-1, metavar="[ENGINE]...")
@isolation_options
def list_engines(specs: tuple[str, ...], **isolation: Any) -> int:
    """List engines: their origin and the ops that they support.

    ENGINE is a name or a path, as for `gradconform run`. The list shows how the engine is used, or why it
    cannot be used. Without ENGINE the list has all engines that come with gradconform, and those that
    installed packages announce.
    """
    from ..engine.offers import supported
    from ..run.registry import listing

    unusable = 0
    click.get_current_context().with_resource(busy("loading the engines"))
    for listed in listing(specs, isolation_from(isolation)):
        engine = listed.engine
        if engine is None:
            unusable += 1
            click.echo(f"{listed.name:<10} {listed.origin}")
            click.echo(f"{'':<10} cannot be used: {listed.error}")
            continue
        info = engine.info
        click.echo(f"{info.name:<10} {listed.origin}, version {info.version or 'unknown'}")
        click.echo(f"{'':<10} {', '.join(info.dtypes)}; {supported(engine)}")
        for said in (info.found, *info.notes):
            if said:
                click.echo(f"{'':<10} {FRAME} {said}")
        if info.wall:
            click.echo(f"{'':<10} {info.wall}")
        engine.close()
    return Exit.FAILED if unusable and specs else Exit.PASSED
