"""Which ops of an engine are wrong, stage by stage, so that a mistake costs points once.

- `Faults`: judges the questions of a rubric in the order of their stages.
"""

from __future__ import annotations

from .answers import Answer, Answers
from .graded_cases import Graded, Question
from .reasons import Judged
from .stages import Stage

# At these stages no op is at fault, but the whole walk.
_OF_THE_WALK = (Stage.START, Stage.REACH)


class Faults:
    """The faults that were found so far, and the items that lost points for them."""

    def __init__(self) -> None:
        self._walk: dict[Stage, str] = {}
        self._ops: dict[Stage, dict[str, str]] = {stage: {} for stage in Stage}
        self._lacking: set[str] = set()

    def judge(self, question: Question, answers: Answers) -> Judged:
        """Return what the first of the question's cases says that can be judged.

        A case that fails cannot be judged when a fault of an earlier stage, which cost points of another
        item, explains it.
        """
        item, first = question.item, question.cases[0]
        blamed = ""
        for graded in question.cases:
            answer = answers.of(graded, item.readings)
            if answer is Answer.PASSED:
                return Judged(graded, answer)
            lacking = answer is Answer.LACKING
            at_fault = self._explained(graded)
            lost = lacking and not graded.tested.isdisjoint(self._lacking)
            another = lacking and graded is not question.cases[-1]
            if lost or at_fault == item.name or not (at_fault or another):
                return Judged(graded, answer, answers.message(graded, item.readings))
            blamed = blamed or at_fault
        return Judged(first, Answer.FAILED, at_fault=blamed)

    def note(self, question: Question, judged: Judged) -> None:
        """Remember a fault, for the stages behind."""
        if not judged.counts or judged.passed:
            return
        graded, name = judged.graded, question.item.name
        if graded.stage in _OF_THE_WALK:
            self._walk.setdefault(graded.stage, name)
        for word in graded.tested:
            self._ops[graded.stage].setdefault(word, name)
            if judged.answer is Answer.LACKING:
                self._lacking.add(word)

    def _explained(self, graded: Graded) -> str:
        """The item that has lost points for a fault which explains that this case fails, or ""."""
        for stage in Stage:
            if stage >= graded.stage:
                break
            if stage in self._walk:
                return self._walk[stage]
            at_fault = self._ops[stage]
            for word in sorted(graded.words & at_fault.keys()):
                return at_fault[word]
        return ""
