"""The predictions of known mistakes, which are computed once for all engines of a run.

- `Hypothesis`: mistakes that an engine may have, all at once.
- `Predictions`: what an engine with these mistakes answers where it is wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference, quietly
from ..engine import builtin
from ..engine.contract import Engine
from ..judge.outcome import CaseRun, Verdict
from ..judge.verdict import judge_case
from ..program.transcript import Transcript
from .composition import OWN, Composition, Rewritten, rewritten
from .evidence import Answer, Evidence, agree, answer_of
from .mistake import Mistake, Mistaken

# A longer program says nothing about the mistake that a shorter one does not say.
MOST_STEPS = 60
_NO_RUN = CaseRun("", "", "", "")


@dataclass(frozen=True)
class Hypothesis:
    """An engine that has these mistakes, all of one built-in engine, and composes its ops in this way."""

    mistakes: tuple[Mistake, ...]
    composition: Composition = OWN

    @property
    def engine(self) -> str:
        """The name of the built-in engine."""
        return self.mistakes[0].engine

    def concerns(self, instance: Instance) -> bool:
        """True when the case uses an op of one of the mistakes, so that it can change the answer."""
        used = self.composition.used(instance.program.ops)
        return any(not each.ops or not used.isdisjoint(each.ops) for each in self.mistakes)


class Predictions:
    """The wrong answers of engines with known mistakes to the given cases. Nothing is computed twice."""

    def __init__(self, cases: Iterable[Case], reference: Reference) -> None:
        self._cases = {case.id: case for case in cases}
        self._reference = reference
        self._engine = functools.cache(builtin.load)
        self._rewritten: dict[tuple[Composition, str], Rewritten] = {}
        self._right: dict[tuple[str, Composition, str], Transcript] = {}
        self._claims: dict[
            tuple[tuple[Mistake, ...], Composition], dict[str, Mapping[str, Answer]]
        ] = {}

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

    def claims(self, hypothesis: Hypothesis, instance: Instance) -> Mapping[str, Answer]:
        """Return the answers that are wrong by the mistakes alone, by the label of the reading."""
        composition = hypothesis.composition.within(instance.program.ops)
        known = self._claims.setdefault((hypothesis.mistakes, composition), {})
        found = known.get(instance.digest)
        if found is None:
            found = known[instance.digest] = self._claimed(
                hypothesis.mistakes, composition, instance
            )
        return found

    def _claimed(
        self, mistakes: tuple[Mistake, ...], composition: Composition, instance: Instance
    ) -> Mapping[str, Answer]:
        bare = self._engine(mistakes[0].engine)
        engine: Engine = bare
        for mistake in mistakes:
            engine = Mistaken(mistake, engine)
        wrong = self._answer(engine, composition, instance)
        right = self._without(bare, composition, instance)
        if wrong == right:
            return {}
        judged = judge_case(instance, self._reference, wrong, _NO_RUN)
        claims = {str(o.reading): answer_of(o) for o in judged if o.verdict is Verdict.FAIL}
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
        return made.original(quietly(engine, replace(instance, program=made.program)))

    def _without(self, engine: Engine, composition: Composition, instance: Instance) -> Transcript:
        key = engine.info.name, composition, instance.digest
        found = self._right.get(key)
        if found is None:
            found = self._right[key] = self._answer(engine, composition, instance)
        return found
