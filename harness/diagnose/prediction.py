"""The predictions of known mistakes, which are computed once for all engines of a run.

- `Hypothesis`: mistakes that an engine may have, all at once.
- `Predictions`: what an engine with these mistakes answers where it is wrong.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference, quietly
from ..engine import builtin
from ..engine.contract import Engine
from ..judge.outcome import CaseRun, Verdict
from ..judge.verdict import judge_case
from ..program.transcript import Transcript
from .evidence import Answer, Evidence, answer_of
from .mistake import Mistake, Mistaken

# A longer program says nothing about the mistake that a shorter one does not say.
MOST_STEPS = 60
_NO_RUN = CaseRun("", "", "", "")


@dataclass(frozen=True)
class Hypothesis:
    """An engine that has these mistakes, which are all of one built-in engine."""

    mistakes: tuple[Mistake, ...]

    @property
    def engine(self) -> str:
        """The name of the built-in engine."""
        return self.mistakes[0].engine

    def concerns(self, instance: Instance) -> bool:
        """True when the case uses an op of each mistake, so that all of them can change the answer."""
        used = instance.program.ops
        return all(not each.ops or not used.isdisjoint(each.ops) for each in self.mistakes)


class Predictions:
    """The wrong answers of engines with known mistakes to the given cases. Nothing is computed twice."""

    def __init__(self, cases: Iterable[Case], reference: Reference) -> None:
        self._cases = {case.id: case for case in cases}
        self._reference = reference
        self._engine = functools.cache(builtin.load)
        self._right: dict[tuple[str, str], Transcript] = {}
        self._claims: dict[Hypothesis, dict[str, Mapping[str, Answer]]] = {}

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
        known = self._claims.setdefault(hypothesis, {})
        found = known.get(instance.digest)
        if found is None:
            found = known[instance.digest] = self._claimed(hypothesis, instance)
        return found

    def _claimed(self, hypothesis: Hypothesis, instance: Instance) -> Mapping[str, Answer]:
        bare = self._engine(hypothesis.engine)
        engine: Engine = bare
        for mistake in hypothesis.mistakes:
            engine = Mistaken(mistake, engine)
        wrong = quietly(engine, instance)
        if wrong == self._without(hypothesis.engine, bare, instance):
            return {}
        judged = judge_case(instance, self._reference, wrong, _NO_RUN)
        return {str(o.reading): answer_of(o) for o in judged if o.verdict is Verdict.FAIL}

    def _without(self, name: str, engine: Engine, instance: Instance) -> Transcript:
        found = self._right.get((name, instance.digest))
        if found is None:
            found = self._right[name, instance.digest] = quietly(engine, instance)
        return found
