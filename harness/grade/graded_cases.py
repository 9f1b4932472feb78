"""From a rubric to the cases that are run: those that the items choose, and their twins.

- `graded_cases`: all of them, in order. `plan_of`: the same with the items that count them.
- `Graded`: a case of an item. `Question`: the cases of an item of which one decides.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..catalogue.case import Case
from ..catalogue.collection import CATALOGUE
from ..catalogue.needs import asked_words, fits
from ..catalogue.reference import Reference
from ..catalogue.selection import select
from ..errors import GradconformError, UsageError
from ..text import words
from .rubric import Item, Rubric
from .stages import Stage, explaining_words, stage_of, suspects, tested_words, words_of
from .twins import twin

# Cases whose ids differ only in this end ask the same with other ops. The first that can be judged decides.
_BY = re.compile(r"(\[|_)by_\w+\]$")


@dataclass(frozen=True)
class Graded:
    """A case in an item: its stage, the ops that can explain a failure of it, and those that it tests."""

    case: Case
    stage: Stage
    words: frozenset[str]
    tested: frozenset[str]

    @property
    def suspects(self) -> frozenset[str]:
        """What is wrong when nothing else fails: ops, or the backward."""
        return suspects(self.stage, self.tested)

    @property
    def question(self) -> str:
        """The id without the choice of the other ops."""
        return _BY.sub("", self.case.id)


@dataclass(frozen=True)
class Question:
    """What an item asks once: the cases of it, in the order in which they are taken."""

    item: Item
    cases: tuple[Graded, ...]

    @property
    def stage(self) -> Stage:
        """The stage of its first case."""
        return self.cases[0].stage


def graded_cases(rubric: Rubric, reference: Reference) -> list[Case]:
    """Return the cases of all items, each once, and the twin of each when the rubric has a secret.

    `reference` says where torch's answer to a twin is of the same kind. Raises UsageError, with one line for
    each item that is wrong.
    """
    found: dict[str, Case] = {}
    for question in plan_of(rubric):
        found.update((each.case.id, each.case) for each in question.cases)
    if not rubric.secret:
        return list(found.values())
    pairs = ((case, twin(case, rubric.secret, reference)) for case in found.values())
    return list(itertools.chain.from_iterable(pairs))


@functools.lru_cache(maxsize=16)
def plan_of(rubric: Rubric) -> tuple[Question, ...]:
    """Return what the items ask, item by item.

    Raises UsageError, with one line for each item that chooses nothing or names what does not exist.
    """
    questions: list[Question] = []
    complaints: list[str] = []
    asked: frozenset[str] | None = None
    try:
        asked = _words(rubric.needs)
    except UsageError as problem:
        complaints.append(f"needs: {problem}")
    counted: dict[tuple[str, str], str] = {}
    for item in rubric.items:
        if item.hand:
            continue
        try:
            chosen = list(_chosen(item))
        except GradconformError as problem:
            complaints.append(f"item {words(item.name)!r}: {problem}")
            continue
        fitting = [case for case in chosen if asked is None or fits(case, asked)]
        if not fitting:
            complaints.append(_nothing(item, len(chosen)))
        complaints += _twice(item, fitting, counted)
        questions += _questions(item, fitting)
    if complaints:
        raise UsageError("\n".join(complaints))
    return tuple(questions)


def _chosen(item: Item) -> Iterator[Case]:
    cases = select(item.cases, item.tags)
    asked = _words(item.ops)
    places = {case.id: place for place, case in enumerate(CATALOGUE)}
    for case in sorted(cases, key=lambda case: places.get(case.id, len(places))):
        if item.level in ("any", case.level) and (asked is None or fits(case, asked)):
            yield case


def _words(ops: tuple[str, ...]) -> frozenset[str] | None:
    try:
        return asked_words(ops) if ops else None
    except UsageError as problem:
        raise UsageError(str(problem).removeprefix("--ops: ")) from None


def _nothing(item: Item, chosen: int) -> str:
    why = f"none of its {chosen} cases has this level and needs these ops alone" if chosen else ""
    return f"item {words(item.name)!r} chooses no case: {why or 'no case has this level and these ops'}"


def _twice(item: Item, cases: list[Case], counted: dict[tuple[str, str], str]) -> Iterator[str]:
    """Yield a sentence when another item counts a case of this one, too; `counted` is filled."""
    parts = ("values", "gradients") if item.readings == "all" else (item.readings,)
    keys = [(case.id, part) for case in cases for part in parts]
    both = {id: counted[id, part] for id, part in keys if (id, part) in counted}
    counted.update((key, item.name) for key in keys)
    if both:
        id, other = next(iter(both.items()))
        yield (
            f"item {words(item.name)!r} and item {words(other)!r} both count {id}, and {len(both) - 1} more: "
            "a mistake would cost twice; choose it in one of them, or give them other readings"
        )


def _questions(item: Item, cases: list[Case]) -> Iterator[Question]:
    graded = [_graded(item, case) for case in cases]
    by_question: dict[str, list[Graded]] = {}
    for each in graded:
        by_question.setdefault(each.question, []).append(each)
    for several in by_question.values():
        yield Question(item, tuple(several))


def _graded(item: Item, case: Case) -> Graded:
    program = case.program
    ops, stage = words_of(program), stage_of(program)
    if item.readings == "values":
        stage = Stage.VALUE if len(ops) < 2 else Stage.COMPOSED
    return Graded(case, stage, explaining_words(program), tested_words(program))
