"""The predictions of known mistakes, which are computed once for all engines of a run.

- `Claim`: the wrong answers to one reading.
- `Predictions`: what an engine with these mistakes answers where it is wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference, quietly
from ..engine import builtin
from ..engine.contract import Engine
from ..judge.outcome import CaseRun, Verdict
from ..judge.verdict import judge_case
from ..program import Backward
from ..program.transcript import Transcript
from .composition import Composition
from .evidence import Answer, Evidence, agree, answer_of
from .finding import Kind
from .hypothesis import Hypothesis, mistaken
from .mistake import Mistake, other_walks
from .rewriting import Rewritten, rewritten

# A longer program says nothing about the mistake that a shorter one does not say.
MOST_STEPS = 60
# Where a contribution replaces another one, or is lost, the order of the walk decides which.
_ORDERED = frozenset({Kind.ASSIGNED, Kind.ACCUMULATION, Kind.LIFECYCLE, Kind.STATE, Kind.WALK})
# These mistakes are about several backwards.
_OF_SEVERAL = frozenset({Kind.LIFECYCLE, Kind.STATE})
_NO_RUN = CaseRun("", "", "", "")


class Claim(NamedTuple):
    """The wrong answers to one reading, in the orders in which a correct engine may walk the graph.

    `sure` is True when the reading has the same wrong answer in each of these orders. In other orders, as in
    that of a set, there may be further answers where it is False. It is False, too, where what a second
    backward finds is a matter of convention.
    """

    answers: tuple[Answer, ...]
    sure: bool


class Predictions:
    """The wrong answers of engines with known mistakes to the given cases. Nothing is computed twice."""

    def __init__(self, cases: Iterable[Case], reference: Reference) -> None:
        self._cases = {case.id: case for case in cases}
        self._reference = reference
        self._engine = functools.cache(builtin.load)
        self._walks = functools.cache(other_walks)
        self._rewritten: dict[tuple[Composition, str], Rewritten] = {}
        self._right: dict[tuple[str, Composition, str], Transcript] = {}
        self._claims: dict[Hypothesis, dict[str, Mapping[str, Claim]]] = {}

    def instances(self, evidence: Evidence) -> list[Instance]:
        """Return the cases of the evidence that are short enough, the fewest steps first.

        A case that is not among those of this object, or has another program there, is left out.
        """
        found = []
        for run in evidence.runs.values():
            case = self._cases.get(run.case)
            if case is not None and 0 < run.steps <= MOST_STEPS:
                instance = case.instance(run.seed, run.dtype)
                if instance.digest == run.digest:
                    found.append(instance)
        return sorted(found, key=lambda instance: len(instance.program))

    def claims(self, hypothesis: Hypothesis, instance: Instance) -> Mapping[str, Claim]:
        """Return the answers that are wrong by the mistakes alone, by the label of the reading."""
        part = hypothesis.within(instance)
        if part is None:
            return {}
        known = self._claims.setdefault(part, {})
        found = known.get(instance.digest)
        if found is None:
            found = known[instance.digest] = self._in_all_orders(part, instance)
        return found

    def _in_all_orders(self, hypothesis: Hypothesis, instance: Instance) -> Mapping[str, Claim]:
        mistakes, composition = hypothesis.mistakes, hypothesis.composition
        found = [self._claimed(mistakes, composition, instance)]
        if not _ORDERED.isdisjoint(each.kind for each in mistakes):
            for walk in self._walks(mistakes[0].engine):
                found.append(self._claimed((walk, *mistakes), composition, instance))
        labels = dict.fromkeys(label for claims in found for label in claims)
        decided = not _depends_on_conventions(mistakes, instance)
        combined = {}
        for label in labels:
            answers = tuple(claims[label] for claims in found if label in claims)
            same = all(agree(answers[0], answer) for answer in answers)
            combined[label] = Claim(answers, decided and same and len(answers) == len(found))
        return combined

    def _claimed(
        self, changes: tuple[Mistake, ...], composition: Composition, instance: Instance
    ) -> Mapping[str, Answer]:
        bare = self._engine(changes[0].engine)
        # The first change is made first, so that a mistake may replace the walk.
        wrong = self._answer(mistaken(changes, bare), composition, instance)
        right = self._without(bare, composition, instance)
        if wrong == right:
            return {}
        judged = judge_case(instance, self._reference, wrong, _NO_RUN, causes=False)
        claims = {str(o.reading): answer_of(o) for o in judged if o.verdict is Verdict.FAIL}
        if wrong.stop == right.stop:
            # An engine without the mistake raises there, too, or does not raise where torch does.
            labels = instance.program.labels
            claims = {label: claim for label, claim in claims.items() if label in labels}
        if composition.ways:
            # In another composition the engine may be wrong without the mistake, at the edges of floats.
            same = zip(instance.program.labels, wrong.readings, right.readings, strict=False)
            for label in [label for label, a, b in same if agree(a, b)]:
                claims.pop(label, None)
        return claims

    def _answer(self, engine: Engine, composition: Composition, instance: Instance) -> Transcript:
        if not composition.ways:
            return quietly(engine, instance)
        key = composition, instance.digest
        made = self._rewritten.get(key)
        if made is None:
            made = self._rewritten[key] = rewritten(instance.program, composition)
        inputs = {**instance.inputs, **made.constants}
        composed = replace(instance, program=made.program, inputs=inputs)
        return made.original(quietly(engine, composed))

    def _without(self, engine: Engine, composition: Composition, instance: Instance) -> Transcript:
        key = engine.info.name, composition, instance.digest
        found = self._right.get(key)
        if found is None:
            found = self._right[key] = self._answer(engine, composition, instance)
        return found


def _depends_on_conventions(mistakes: Iterable[Mistake], instance: Instance) -> bool:
    backwards = sum(isinstance(step, Backward) for step in instance.program.steps)
    return backwards > 1 and _OF_SEVERAL.isdisjoint(each.kind for each in mistakes)
