"""A student's own run of a rubric: one engine, and the points of each item with their reasons.

- `own_run`: runs it. `lines`: the award as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..engine.contract import Engine
from ..errors import EngineError, UsageError
from ..isolation.options import Isolation
from ..report.progress import progress
from ..report.results_file import flattened
from ..run.engine_name import EngineName
from ..run.registry import load
from ..run.runner import run
from ..text import FRAME, words
from .award import Award, award
from .graded_cases import graded_cases
from .item_result import STATES, ItemResult, State
from .rounding import exact, rounded
from .rubric import Rubric
from .starts import Starts


def own_run(
    rubric: Rubric, name: EngineName, torch: Reference, how: Isolation, *, quiet: bool
) -> Award:
    """Run the cases of a rubric on one engine, isolated as `how` says, and return its points.

    Raises UsageError when the engine does not exist or cannot be used, and as `graded_cases` does.
    """
    cases = graded_cases(rubric, torch)
    try:
        engine = load(name, how)
    except EngineError as problem:
        raise UsageError(f"{name.shown} cannot be used: {problem}") from None
    rows: list[dict[str, Any]] = []
    with progress(1, len(cases), quiet) as shown:
        shown.found(f"{engine.info.name} {FRAME} {engine.info.found or 'built in'}")
        for result in run(cases, [engine], torch):
            shown.finished(engine.info.name, result.verdict)
            rows += map(flattened, result.outcomes)
    return award(rubric, Starts(cases).counting(rows, lambda: _by_hand(cases, engine, torch)))


def _by_hand(cases: Sequence[Case], engine: Engine, torch: Reference) -> list[dict[str, Any]]:
    started = engine.started_by_hand()
    results = run(cases, [started], torch) if started else ()
    return [flattened(outcome) for result in results for outcome in result.outcomes]


def lines(rubric: Rubric, given: Award) -> Iterator[str]:
    """Yield the items with their points and reasons, and the score."""
    for item in given.items:
        yield _heading(item)
        yield from (f"  - {words(reason)}" for reason in item.reasons)
    by_hand = sum(item.most for item in given.items if item.state is State.BY_HAND)
    person = f"; a person gives {exact(by_hand)} of the {exact(given.most)}" if by_hand else ""
    yield f"{rounded(given.score, rubric.rounding)} of {exact(given.most)} points{person}"


def _heading(item: ItemResult) -> str:
    bonus = ", a bonus" if item.bonus else ""
    points = f"{exact(item.points)} of {exact(item.most)}{bonus}"
    said = STATES.get(item.state, f"{item.passed} of {item.asked} pass")
    return f"{words(item.item)}: {points} ({said})"
