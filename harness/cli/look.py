"""Commands that only look: `gradconform cases`, `show` and `engines`."""

from __future__ import annotations

from typing import Any

import click

from harness.cli.exit import Exit
from harness.cli.isolation import isolation_from, isolation_options
from harness.program.arrays import RUN_DTYPES


@click.command("cases")
@click.argument("globs", nargs=-1, metavar="[GLOB]...")
@click.option("--tag", "tags", multiple=True, help="Only cases with this tag or level; repeatable.")
def list_cases(globs: tuple[str, ...], tags: tuple[str, ...]) -> int:
    """List case ids, their level and tags, and their titles."""
    from harness.catalogue.selection import select

    selected = select(globs, tags)
    ids, marks = [c.id for c in selected], [" ".join((c.level, *c.tags)) for c in selected]
    left, middle = max(map(len, ids)), max(map(len, marks))
    for declared, id, mark in zip(selected, ids, marks, strict=True):
        click.echo(f"{id:<{left}}  {mark:<{middle}}  {declared.title}".rstrip())
    click.echo(f"{len(selected)} cases", err=True)
    return Exit.PASSED


@click.command()
@click.argument("case_id", metavar="CASE")
@click.option("--seed", default=0, show_default=True, help="Seed of the drawn inputs.")
@click.option("--dtype", type=click.Choice(RUN_DTYPES), default="float64", show_default=True)
def show(case_id: str, seed: int, dtype: str) -> int:
    """Print a case: its program, its inputs, and torch's values and gradients.

    Nodes are numbered as in the program; every node's value and gradient is shown, also where the
    case itself does not read it.
    """
    from harness.catalogue.selection import named
    from harness.diagnose.show import describe

    for line in describe(named(case_id).instance(seed, dtype)):
        click.echo(line)
    return Exit.PASSED


@click.command("engines")
@click.argument("specs", nargs=-1, metavar="[ENGINE]...")
@isolation_options
def list_engines(specs: tuple[str, ...], **isolation: Any) -> int:
    """List engines: where each comes from and what it supports, or why it cannot be used.

    Without ENGINE all that have a name are listed; a file, a notebook, a folder or a module is looked at as
    `gradconform run` would, and what was found is said.
    """
    from harness.engine.offers import supported
    from harness.run.registry import listing

    unusable = 0
    for listed in listing(specs, isolation_from(isolation)):
        engine = listed.engine
        if engine is None:
            unusable += 1
            click.echo(f"{listed.name:<10} {listed.origin}")
            click.echo(f"{'':<10} cannot be used: {listed.error}")
            continue
        click.echo(f"{engine.name:<10} {listed.origin}, version {engine.version or 'unknown'}")
        click.echo(f"{'':<10} {', '.join(engine.dtypes)}; {supported(engine)}")
        for line in (engine.found, *engine.notes, engine.wall):
            if line:
                click.echo(f"{'':<10} {line}")
        engine.close()
    return Exit.FAILED if unusable and specs else Exit.PASSED
