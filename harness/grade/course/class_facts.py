"""The facts about a class, for the summary on a terminal and for the page of the staff.

- `ClassFacts`: all of them. `needs_a_person`: one student alone. `who`: a student in a word.
- `Needs`, `Distribution`, `ItemFacts`, `Mistake`: its parts.

Each student counts once, so that a group counts as often as it has members.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from statistics import median
from typing import Any

from ...text import words
from ..item_result import ItemResult, State
from .discrimination import JUDGED, discrimination
from .marks import Mark, Status
from .scores import named

BINS = 10
# Those who need a person, the most urgent first.
_URGENT = (
    Status.GRADER_ERROR,
    Status.UNUSABLE,
    Status.NOTHING,
)
# Those who need the same command once more. They are only counted.
_UNFINISHED = (Status.NOT_YET, Status.OUT_OF_DATE)
# A mark, and a sentence about it.
Said = tuple[Mark, str]


def who(mark: Mark) -> str:
    """Return a student in a word: the submission, or else the ids or the name."""
    return words(mark.key or " ".join(mark.student.ids.values()) or mark.student.name)


def needs_a_person(mark: Mark) -> bool:
    """Return True when a person should look at a student before the points are published."""
    differs = mark.result is not None and bool(mark.result.differs)
    urgent = mark.status in (*_URGENT, *_UNFINISHED, Status.WAITS)
    return urgent or bool(mark.stale) or differs


@dataclass(frozen=True)
class Needs:
    """Who needs a person, and what for.

    `urgent` are those without usable work, `differs` those whose engine does not always give the same answer,
    `stale` those for whom a person gave points for another file. `unfinished` counts students by their
    status, and `waiting` by the item whose points a person gives. `absent` students handed in nothing.
    """

    urgent: tuple[Said, ...]
    differs: tuple[Said, ...]
    stale: tuple[Said, ...]
    unfinished: Mapping[str, int]
    waiting: Mapping[str, int]
    absent: int

    @classmethod
    def of(cls, marks: Sequence[Mark]) -> Needs:
        """Return what the marks need."""
        return cls(
            tuple((m, _urgent(m)) for status in _URGENT for m in marks if m.status is status),
            tuple((m, words(said)) for m in marks if m.result for said in m.result.differs),
            tuple((m, _stale(each.item)) for m in marks for each in m.stale),
            Counter(str(m.status) for m in marks if m.status in _UNFINISHED),
            Counter(name for m in marks if m.status is Status.WAITS for name in m.blank),
            sum(m.status is Status.ABSENT for m in marks),
        )


def _urgent(mark: Mark) -> str:
    why = mark.why or " ".join(mark.odd if mark.status is Status.NOTHING else ())
    return f"{mark.status}: {words(why)}" if why else str(mark.status)


def _stale(item: str) -> str:
    return (
        f"what was given for {words(item) or 'all'} is stale: it was given for another file; give it again "
        "with --override to confirm it"
    )


@dataclass(frozen=True)
class Distribution:
    """The scores of a class, the lowest first, at least one. `most` is the maximum without a bonus.

    With `waits` some are without the points that a person has not given yet.
    """

    scores: tuple[Fraction, ...]
    most: Fraction
    waits: bool

    @cached_property
    def figures(self) -> dict[str, Fraction]:
        """The lowest, the median, the mean and the highest score, by these words."""
        mean = sum(self.scores, Fraction()) / len(self.scores)
        middle = Fraction(median(self.scores))
        return {
            "lowest": self.scores[0],
            "median": middle,
            "mean": mean,
            "highest": self.scores[-1],
        }

    @cached_property
    def bins(self) -> tuple[int, ...]:
        """The number of scores in each tenth of the maximum. The last one has those above, too."""
        most = max(self.most, Fraction(1))
        found = Counter(min(int(score * BINS / most), BINS - 1) for score in self.scores)
        return tuple(found[number] for number in range(BINS))


@dataclass(frozen=True)
class ItemFacts:
    """One item of the rubric over a class.

    `having` are the students who have points for it, `rate` is their share of the points, None without any.
    `full` of them have all points. `causes` counts the students whose engine ran by the start of the reasons
    for which they lost points, the most frequent first. `not_judged` are those for whom another item is at
    fault, and `at_fault` counts these items. `discrimination` is a correlation, None where it cannot be told.
    """

    item: ItemResult
    having: tuple[Mark, ...]
    rate: Fraction | None
    full: int
    causes: Mapping[str, int]
    not_judged: tuple[Mark, ...]
    at_fault: Mapping[str, int]
    discrimination: float | None

    @property
    def hanging(self) -> Fraction:
        """The points that are lost because the item was not judged."""
        return self.item.most * len(self.not_judged)


@dataclass(frozen=True)
class Mistake:
    """A mistake and the students who made it.

    `variants` has, for each way to make it, the sentence that the first of these students reads, and them.
    """

    op: str
    kind: str
    name: str
    marks: tuple[Mark, ...]
    variants: tuple[tuple[str, tuple[Mark, ...]], ...]


def _seconds(mark: Mark) -> float:
    return mark.result.seconds if mark.result else 0.0


class ClassFacts:
    """The facts about a class. `marks` are those of all its students."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = marks

    @cached_property
    def ran(self) -> int:
        """The number of students whose engine was held against the cases."""
        return sum(mark.status in JUDGED for mark in self.marks)

    @cached_property
    def times(self) -> tuple[Mark, ...]:
        """A mark of each submission that was opened, the slowest first."""
        found = {mark.key: mark for mark in self.marks if mark.result is not None}
        return tuple(sorted(found.values(), key=_seconds, reverse=True))

    @cached_property
    def needs(self) -> Needs:
        """Who needs a person."""
        return Needs.of(self.marks)

    @cached_property
    def distribution(self) -> Distribution | None:
        """The scores; None while there is none."""
        scores = sorted(mark.score for mark in self.marks if mark.score is not None)
        waits = any(mark.status is Status.WAITS for mark in self.marks)
        return Distribution(tuple(scores), self.marks[0].most, waits) if scores else None

    @cached_property
    def items(self) -> tuple[ItemFacts, ...]:
        """The items that give points, in the order of the rubric."""
        items = self.marks[0].items if self.marks else ()
        return tuple(self._item(k, item) for k, item in enumerate(items) if item.most)

    def _item(self, number: int, item: ItemResult) -> ItemFacts:
        having = tuple(mark for mark in self.marks if item.item not in mark.blank)
        found = [mark.items[number] for mark in having]
        total = sum((each.points for each in found), Fraction())
        left = [each for each in found if each.state is State.NOT_JUDGED]
        return ItemFacts(
            item,
            having,
            total / (item.most * len(found)) if found else None,
            sum(each.points >= each.most for each in found),
            dict(self._causes(number).most_common()),
            tuple(m for m in having if m.items[number].state is State.NOT_JUDGED),
            Counter(each.at_fault for each in left if each.at_fault),
            discrimination(self.marks, number),
        )

    def _causes(self, number: int) -> Counter[str]:
        items = (mark.items[number] for mark in self.marks if mark.status in JUDGED)
        judged = (item for item in items if item.state is State.JUDGED)
        return Counter(
            cause
            for item in judged
            for cause in {words(reason.partition(":")[0]) for reason in item.reasons}
        )

    @cached_property
    def mistakes(self) -> tuple[Mistake, ...]:
        """The mistakes, the most frequent first."""
        found: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
        for number, mark in enumerate(self.marks):
            for finding in mark.result.findings if mark.result else ():
                found.setdefault(named(finding), []).append((number, finding))
        made = [self._mistake(name, findings) for name, findings in found.items()]
        return tuple(sorted(made, key=lambda each: (-len(each.marks), each.name)))

    def _mistake(self, name: str, findings: Sequence[tuple[int, Mapping[str, Any]]]) -> Mistake:
        ways: dict[tuple[str, str], dict[int, str]] = {}
        for number, finding in findings:
            way = (finding["mistake"], finding["operand"])
            ways.setdefault(way, {}).setdefault(number, finding["sentence"])
        ordered = sorted(ways.values(), key=len, reverse=True)
        variants = ((next(iter(each.values())), self._at(each)) for each in ordered)
        first = findings[0][1]
        every = self._at({number: None for number, _ in findings})
        return Mistake(first["op"] or "", first["kind"], name, every, tuple(variants))

    def _at(self, numbers: Iterable[int]) -> tuple[Mark, ...]:
        return tuple(self.marks[number] for number in numbers)
