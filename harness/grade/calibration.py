"""A rubric held against engines whose mistakes are known, and against correct ones.

- `Calibration`: runs them. `Effect`: the items in which one engine lost points.

All of it runs in this process or in forks of it: these engines are gradconform's own.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

from ..catalogue.case import STRESS, Instance
from ..catalogue.collection import catalogue
from ..catalogue.needs import asked_words, fits
from ..catalogue.reference import Reference
from ..diagnose.mistake import Mistake, Mistaken, known_mistakes, other_walks
from ..engine import builtin, garbage
from ..engine.contract import Engine
from ..judge.outcome import CaseRun
from ..judge.verdict import judge_case
from ..program.transcript import Transcript
from ..report.results_file import flattened
from ..run.runner import transcript_of
from ..run.worker_process import Task
from ..selftest import CORRECT, DTYPE, Selftest
from .award import Award, award
from .graded_cases import graded_cases
from .item_result import State
from .rubric import Rubric
from .starts import Starts

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Effect:
    """What an engine lost: points of items that were judged, and of items that could not be judged for it.

    `level` is that of the mistake, "" for a correct engine. Where no point was lost, `shown_by` is a core
    case of the catalogue that shows the mistake and needs nothing but the ops of the rubric, or "".
    """

    name: str
    lost: Mapping[str, Fraction]
    not_judged: Mapping[str, Fraction]
    level: str = ""
    shown_by: str = ""

    @property
    def nothing(self) -> bool:
        """True when no point was lost."""
        return not (self.lost or self.not_judged)


@dataclass(frozen=True)
class Measured:
    """One engine was measured. `engine` is its number, and it counts as one case."""

    engine: int
    effect: Effect
    case: int = field(default=0, init=False)


class Calibration:
    """The cases of a rubric, with torch's answers and those of the correct engines.

    `mistakes` are by default all known ones. As the `Work` of a schedule, its engines are numbered: first the
    mistakes, then the correct engines.
    """

    def __init__(
        self, rubric: Rubric, reference: Reference, mistakes: Sequence[Mistake] | None = None
    ) -> None:
        self.rubric, self._reference = rubric, reference
        self.cases = graded_cases(rubric, reference)
        self._starts = Starts(self.cases)
        self._asked = [case.instance(0, DTYPE) for case in self.cases]
        for instance in self._asked:
            reference(instance)
        # Mistakes are made in the engine of numbers, or in the one of arrays.
        self.engine = "numpy" if any(case.has_arrays for case in self.cases) else "scalar"
        known = known_mistakes() if mistakes is None else mistakes
        self.mistakes = [one for one in known if one.engine == self.engine]
        self._bare = functools.cache(builtin.load)
        self._right = functools.cache(self._answers_of)
        self._in_catalogue = functools.cache(self._of_catalogue)

    @functools.cached_property
    def correct(self) -> list[Engine]:
        """The engines that come with gradconform, and theirs with other correct walks."""
        walks = [
            Mistaken(replace(walk, name=f"{self.engine}, walk {number}"), self._bare(self.engine))
            for number, walk in enumerate(other_walks(self.engine), 1)
        ]
        able = [name for name in CORRECT if name != "scalar" or self.engine == "scalar"]
        return [*map(self._bare, able), *walks]

    def for_fork(self) -> Calibration:
        """Return the same for a fork of this process."""
        found = copy.copy(self)
        found._reference = self._reference.branch()
        found._in_catalogue = functools.cache(found._of_catalogue)
        return found

    def handed_over(self) -> None:
        """Close in this process what only the fork uses."""
        self._reference.close()

    def perform(self, task: Task) -> Generator[Measured]:
        """Yield the effect of each engine of the task."""
        for number in task.engines:
            if number < len(self.mistakes):
                yield Measured(number, self.of_mistake(self.mistakes[number]))
            else:
                yield Measured(number, self.of_engine(self.correct[number - len(self.mistakes)]))

    def of_mistake(self, mistake: Mistake) -> Effect:
        """Return what an engine with this one mistake loses."""
        engine = Mistaken(mistake, self._bare(mistake.engine))
        rows: Rows = []
        for instance, (right, passed) in zip(self._asked, self._right(mistake.engine), strict=True):
            given = transcript_of(engine, instance)
            # An answer that is the same without the mistake is not judged again, to save time.
            rows += passed if given == right else self._rows(instance, given)
        garbage.free()
        counting = self._starts.counting(rows, lambda: self._started_by_hand(mistake))
        found = _effect(mistake.name, award(self.rubric, counting))
        shown = self._shown(mistake) if found.nothing and mistake.level == "core" else ""
        return replace(found, level=mistake.level, shown_by=shown)

    def _started_by_hand(self, mistake: Mistake) -> Rows:
        bare = self._bare(mistake.engine).started_by_hand()
        return self._rows_of(Mistaken(mistake, bare)) if bare else []

    def of_engine(self, engine: Engine) -> Effect:
        """Return what a correct engine loses."""
        return _effect(engine.info.name, award(self.rubric, self._rows_of(engine)))

    def _rows_of(self, engine: Engine) -> Rows:
        rows: Rows = []
        for instance in self._asked:
            rows += self._rows(instance, transcript_of(engine, instance))
        return rows

    def _shown(self, mistake: Mistake) -> str:
        cases = self._in_catalogue().caught(mistake)
        return next((case.id for case in cases if case.level == "core"), "")

    def _of_catalogue(self) -> Selftest:
        """The core cases that need nothing but the ops of the rubric."""
        asked = asked_words(self.rubric.needs) if self.rubric.needs else None
        kind = [case for case in catalogue() if self.engine == "numpy" or not case.has_arrays]
        core = [case for case in kind if case.level == "core" and STRESS not in case.tags]
        fitting = [case for case in core if asked is None or fits(case, asked)]
        return Selftest(fitting, self._reference)

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
