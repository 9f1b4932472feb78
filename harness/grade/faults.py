"""Which ops of an engine are wrong, stage by stage, so that a mistake costs points once.

- `Faults`: judges the questions of a rubric in the order of their stages.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable

from ..diagnose.expansions import EXPANSIONS, OF_ITS_OWN, parts
from .answers import Answer, Answers
from .graded_cases import Graded, Question
from .reasons import Judged
from .stages import Stage


class Faults:
    """The faults that were found so far, and the items that lost points for them.

    The ops `by_themselves` have a mistake of their own, which no mistake of another op explains.
    """

    def __init__(self, by_themselves: frozenset[str] = frozenset()) -> None:
        self._by_themselves = by_themselves
        self._start = ""
        self._reach = ""
        self._parts: dict[str, str] = {}
        self._ops: dict[Stage, dict[str, str]] = {stage: {} for stage in Stage}
        self._lacking: set[str] = set()

    def judge(self, question: Question, answers: Answers) -> Judged:
        """Return what the first of the question's cases says that can be judged.

        A case that fails cannot be judged when a fault that cost points of another item explains it.
        """
        item, first, last = question.item, question.cases[0], question.cases[-1]
        if self._start and first.stage > Stage.START:
            return Judged(first, Answer.FAILED, at_fault=self._start)
        blamed = ""
        # One form of the op may be there although another one is missing.
        there = any(answers.of(each, item.readings) is Answer.PASSED for each in question.cases)
        for graded in question.cases:
            answer = answers.of(graded, item.readings)
            if answer is Answer.PASSED:
                return Judged(graded, answer, tells=answers.tells(graded))
            at_fault = self._explained(graded)
            lacking = answer is Answer.LACKING
            lost = lacking and not there and not graded.tested.isdisjoint(self._lacking)
            another = lacking and graded is not last
            if lost or at_fault == item.name or not (at_fault or another):
                return Judged(graded, answer, answers.message(graded, item.readings))
            blamed = blamed or at_fault
        return Judged(first, Answer.FAILED, at_fault=blamed)

    def note(self, question: Question, judged: Judged) -> None:
        """Remember a fault, for all that is judged afterwards."""
        if not judged.counts or judged.answer in (Answer.PASSED, Answer.NOT_ASKED):
            return
        graded, name = judged.graded, question.item.name
        for word in graded.tested:
            self._ops[graded.stage].setdefault(word, name)
            if judged.answer is Answer.LACKING:
                self._lacking.add(word)

    def look_at_the_walk(self, questions: Iterable[Question], answers: Answers) -> None:
        """Find out whether the walk as a whole is at fault, before any gradient is judged.

        No gradient can be judged when a backward starts wrongly and most ops have wrong gradients: those that
        are right, are so because they are 0. (An engine may refuse a leaf as a root and be right otherwise.)
        The walk does not get to each node when a tree of sums is wrong and a sum alone is right. Then an op
        that is computed by others may be wrong for this reason; so may it be when one of the others is right
        alone, and forgets the upstream gradient or what arrived before.
        """
        found: dict[Stage, list[tuple[Graded, str, bool]]] = {stage: [] for stage in Stage}
        for question in questions:
            for graded in question.cases:
                answer = answers.of(graded, question.item.readings)
                if answer is not Answer.NOT_ASKED:
                    passed = answer is Answer.PASSED
                    found[graded.stage].append((graded, question.item.name, passed))
        slopes = found[Stage.SLOPE]
        if 2 * sum(passed for *_, passed in slopes) < len(slopes):
            self._start = next((name for _, name, passed in found[Stage.START] if not passed), "")
        alone = (*found[Stage.VALUE], *slopes)
        wrong = {word for graded, _, passed in alone if not passed for word in graded.tested}
        unreached = (
            name
            for graded, name, passed in found[Stage.REACH]
            if not passed and wrong.isdisjoint(graded.words)
        )
        self._reach = next(unreached, "")
        for graded, name, passed in (*found[Stage.UPSTREAM], *found[Stage.SUM]):
            if not passed and wrong.isdisjoint(graded.words):
                self._parts.update(dict.fromkeys(graded.tested, name))

    def _explained(self, graded: Graded) -> str:
        """The item that has lost points for a fault which explains that this case fails, or ""."""
        if self._reach and graded.stage >= Stage.SLOPE:
            return self._reach
        if graded.stage is Stage.SLOPE:
            composed = graded.tested - self._by_themselves
            others = frozenset().union(*map(_parts_of, composed)) & self._parts.keys()
            for word in sorted(others):
                return self._parts[word]
        for stage in Stage:
            for word in sorted(graded.words & self._ops[stage].keys()):
                if stage <= graded.stage:
                    return self._ops[stage][word]
        return ""


@functools.cache
def _parts_of(word: str) -> frozenset[str]:
    """The other ops by which an engine may compute this one."""
    found: set[str] = set()
    left = [word]
    while left:
        op = left.pop()
        ways = () if op in OF_ITS_OWN else EXPANSIONS.get(op, ())
        fresh = {part for way in ways for part in parts(op, way)} - found
        found |= fresh
        left += fresh
    return frozenset(found - {word})
