"""A rubric held against engines whose mistakes are known, and against correct ones.

- `Calibration`: runs them. `Effect`: the items in which one engine lost points.

Everything runs in this process or in forks of it: these engines are gradconform's own.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..diagnose.mistake import Mistake, Mistaken
from ..engine import builtin, garbage
from ..engine.contract import Engine
from ..judge.outcome import CaseRun
from ..judge.verdict import judge_case
from ..program.transcript import Transcript
from ..report.results_file import flattened
from ..run.runner import transcript_of
from ..selftest import DTYPE
from .award import Award, award
from .graded_cases import graded_cases
from .item_result import State
from .rubric import Rubric

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Effect:
    """What an engine lost: points of items that were judged, and of items that could not be judged for it."""

    name: str
    lost: Mapping[str, Fraction]
    not_judged: Mapping[str, Fraction]
    # The first case of the catalogue that shows the mistake with the ops of the rubric, where no item does.
    shown_by: str = ""

    @property
    def nothing(self) -> bool:
        """True when no point was lost."""
        return not (self.lost or self.not_judged)


class Calibration:
    """The cases of a rubric, with torch's answers and those of the correct engines."""

    def __init__(self, rubric: Rubric, reference: Reference) -> None:
        self.rubric, self._reference = rubric, reference
        self.cases = graded_cases(rubric, reference)
        self._asked = [case.instance(0, DTYPE) for case in self.cases]
        for instance in self._asked:
            reference(instance)
        self._bare = functools.cache(builtin.load)
        self._right = functools.cache(self._answers_of)

    @property
    def engine(self) -> str:
        """The built-in engine whose mistakes this rubric is about."""
        return "numpy" if any(case.has_arrays for case in self.cases) else "scalar"

    def of_mistake(self, mistake: Mistake) -> Effect:
        """Return what an engine with this one mistake loses."""
        engine = Mistaken(mistake, self._bare(mistake.engine))
        rows: Rows = []
        for instance, (right, passed) in zip(self._asked, self._right(mistake.engine), strict=True):
            given = transcript_of(engine, instance)
            # An answer that is the same without the mistake is not judged again, to save time.
            rows += passed if given == right else self._rows(instance, given)
        garbage.free()
        return _effect(mistake.name, award(self.rubric, rows))

    def of_engine(self, engine: Engine) -> Effect:
        """Return what another engine loses."""
        given = (self._rows(instance, transcript_of(engine, instance)) for instance in self._asked)
        rows = [row for rows in given for row in rows]
        return _effect(engine.info.name, award(self.rubric, rows))

    def _answers_of(self, name: str) -> list[tuple[Transcript, Rows]]:
        engine = self._bare(name)
        answers = [transcript_of(engine, instance) for instance in self._asked]
        return [
            (given, self._rows(instance, given))
            for instance, given in zip(self._asked, answers, strict=True)
        ]

    def _rows(self, instance: Instance, given: Transcript) -> Rows:
        case = instance.case
        run = CaseRun("", case.family, case.level, case.id, DTYPE)
        return [flattened(one) for one in judge_case(instance, self._reference, given, run)]


def _effect(name: str, given: Award) -> Effect:
    lost = {one.item: one.most - one.points for one in given.items if one.points < one.most}
    states = {one.item: one.state for one in given.items}
    return Effect(
        name,
        {item: points for item, points in lost.items() if states[item] is State.JUDGED},
        {item: points for item, points in lost.items() if states[item] is State.NOT_JUDGED},
    )
