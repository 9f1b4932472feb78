"""`gradconform diagnose`: names the mistakes of one engine."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import click

from ..report.busy import busy
from ..text import FRAME
from .case_options import fresh_reference_option, seed_option, selection_from, selection_options
from .exit import Exit
from .isolation import isolation_from, isolation_options

if TYPE_CHECKING:
    from ..catalogue.case import Case
    from ..diagnose.finding import Finding
    from ..isolation.options import Isolation
    from ..judge.outcome import Outcome
    from ..run.engine_name import EngineName


@click.command()
@click.argument("engine", metavar="ENGINE")
@selection_options
@seed_option
@fresh_reference_option
@isolation_options
@click.option("--json", "as_json", is_flag=True, help="Print the findings as one JSON object.")
def diagnose(engine: str, seed: int, fresh_reference: bool, as_json: bool, **others: Any) -> int:
    """Name the mistakes of an engine: the op, the operand, and what the code does instead.

    ENGINE is named as for `gradconform run`. The cases are run on it, and its answers are held against the
    known mistakes. Where these do not decide, the engine is asked again, by small programs. The result is at
    most three findings, the best one first, each with the smallest program that shows it. No report is
    written.

    An engine that fails no core case is right mathematics by another convention than torch's.

    Exit codes: 0 no core case failed and nothing was found; 1 a mistake was found or a core case failed;
    4 wrong usage; 5 no case ran.
    """
    from ..catalogue.case import STRESS
    from ..run.engine_name import EngineName

    name = EngineName.parse(engine)
    how = isolation_from(others, [name])
    with busy("reading the cases"):
        selected = [case for case in selection_from(others).cases() if STRESS not in case.tags]
    outcomes, findings, endless = _found(name, how, selected, seed, fresh_reference)
    if as_json:
        document = {"engine": name.shown, "findings": [one.to_json() for one in findings]}
        click.echo(json.dumps(document, indent=2, allow_nan=False))
    else:
        from ..report.mistakes import printed

        for number, finding in enumerate(findings, 1):
            click.echo(f"{name.shown}: mistake {number}")
            for part in printed(finding.to_json()):
                click.echo(part)
    return _concluded(outcomes, findings, endless, as_json=as_json)


_ENDLESS = (
    "The backward of the engine does not end, so that no gradient is known. Check the loop or the recursion "
    "of backward: it must visit each node once."
)


def _found(
    name: EngineName, how: Isolation, cases: Sequence[Case], seed: int, fresh_reference: bool
) -> tuple[list[Outcome], list[Finding], bool]:
    """Return the outcomes of the engine, its mistakes, and True when its backward does not end.

    How the engine is used is said as soon as it is known.
    """
    from ..catalogue.reference import Reference
    from ..diagnose.diagnosis import diagnose as mistakes_of
    from ..engine.contract import ENDLESS_BACKWARD
    from ..run.earlier_answers import earlier_answers
    from ..run.registry import load
    from ..run.runner import run

    cache = None if fresh_reference else earlier_answers([name], how)
    outcomes: list[Outcome] = []
    with closing(Reference(apart=True, cache=cache)) as reference:
        with busy(f"loading {name.shown}"):
            opened = load(name, how)
        for said in filter(None, (opened.info.found, *opened.info.notes)):
            click.echo(f"{name.shown} {FRAME} {said}", err=True)
        endless = ENDLESS_BACKWARD in opened.info.notes
        with busy("") as now:
            for number, result in enumerate(run(cases, [opened], reference, seed=seed), 1):
                now.what = f"running {name.shown}: case {number} of {len(cases)}"
                outcomes += result.outcomes
            now.what = "naming the mistakes"
            if endless:  # each question about a gradient would cost the whole limit of time
                return outcomes, mistakes_of(outcomes, None, reference), endless
            with closing(load(name, how)) as again:
                return outcomes, mistakes_of(outcomes, again, reference), endless


def _concluded(
    outcomes: Sequence[Outcome], findings: Sequence[Finding], endless: bool, *, as_json: bool
) -> int:
    """Say how many cases fail, and where nothing was found, why. Return the exit code."""
    from ..judge.outcome import LACKING
    from ..report.failures import FAILURES

    failed = {one.case_run for one in outcomes if one.verdict in FAILURES}
    ran = {one.case_run for one in outcomes if one.verdict not in LACKING}
    core = sum(run.level == "core" for run in failed)
    if endless and failed:
        click.echo(_ENDLESS, err=as_json)
    elif ran and not failed:
        click.echo("No case fails: no mistake was found.", err=as_json)
    elif failed and not core:
        said = "No core case fails: the mathematics is right. What fails are choices of torch, such as "
        click.echo(
            f"{said}kinks, ties and edges of a domain: gradconform run shows them.", err=as_json
        )
    elif failed and not findings:
        click.echo("The mistake has no name here: gradconform run shows what fails.", err=as_json)
    click.echo(f"{len(failed)} of {len(ran)} cases fail, {core} of them core", err=True)
    if core or findings:
        return Exit.FAILED
    return Exit.PASSED if ran else Exit.NOTHING
