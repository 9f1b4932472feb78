"""The points of each student: those that were counted, and those that a person gave instead.

- `Mark`: one student. `Status`: what the points mean. `marks`: all of them, in the order of the plan.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType
from typing import Any, NamedTuple

from ...judge.outcome import ERRORED
from ...submission.download.plan import HandIn, Plan, Student
from ..award import award
from ..item_result import ItemResult, State, most_of
from ..rubric import Rubric
from .basis import Basis, can_be_counted
from .overrides import Override, Overrides
from .result import End, Result


class Status(StrEnum):
    """What the points of a student mean. The comment behind each says it. The first need a person first."""

    GRADER_ERROR = "grader-error"  # gradconform or the machine failed: blank, never zero
    UNUSABLE = (
        "unusable"  # no engine was found in what was handed in: no points, and a person looks
    )
    WAITS = "waits-for-hand"  # an item whose points a person gives has none yet
    OUT_OF_DATE = "out-of-date"  # what was handed in, or gradconform, has changed since
    NOT_YET = "not-graded"  # the grading has not come so far
    NOTHING = "nothing-to-grade"  # what was handed in holds no code: blank, and a person looks
    ABSENT = "not-handed-in"  # blank, never zero
    GRADED = "graded"


_BLANK = frozenset({Status.GRADER_ERROR, Status.NOT_YET, Status.NOTHING, Status.ABSENT})


@dataclass(frozen=True)
class Mark:
    """The points of one student.

    `key` is that of the submission, "" for a student who handed in nothing and has none. `blank` are the
    names of items without points. `comments` are those of a person, and `stale` are overrides that are not
    applied, because they are about another file. With `gone` the submission is not in the download any more.
    `stops` counts the cases in which the engine did not finish, by their verdict.
    """

    key: str
    student: Student
    status: Status
    items: tuple[ItemResult, ...]
    blank: frozenset[str] = frozenset()
    result: Result | None = None
    odd: tuple[str, ...] = ()
    late: bool = False
    gone: bool = False
    why: str = ""
    given: tuple[Override, ...] = ()
    comments: tuple[Override, ...] = ()
    stale: tuple[Override, ...] = ()
    stops: Mapping[str, int] = field(default_factory=dict)

    @property
    def score(self) -> Fraction | None:
        """The sum of the points; None where there are none yet."""
        wanted = {item.item for item in self.items if not item.bonus}
        if self.status in _BLANK and (not wanted or wanted & self.blank):
            return None
        return sum((i.points for i in self.items if i.item not in self.blank), Fraction(0))

    @property
    def most(self) -> Fraction:
        """The sum of the points that the items give, without those of a bonus."""
        return most_of(self.items)

    def without_hidden(self) -> Mark:
        """Return the mark without hidden items, as a student sees it until they are opened."""
        return replace(self, items=tuple(item for item in self.items if not item.hidden))

    def given_for(self, item: str) -> Override | None:
        """Return the points that a person gave for an item; None when they are counted."""
        return next((each for each in self.given if each.item == item), None)


class _Counted(NamedTuple):
    """The status of a submission, its items, why it is so, and the cases that did not finish."""

    status: Status
    items: tuple[ItemResult, ...]
    why: str = ""
    stops: Mapping[str, int] = MappingProxyType({})


class Marks:
    """Counts the points of the students of a grading from the rows of their submissions.

    Iterating gives the marks: in the order of the plan, then those who handed in nothing, then those who are
    gone. `rows` gives those of a submission by its key when they are needed, and they are not held.
    """

    def __init__(
        self,
        plan: Plan,
        rows: Callable[[str], Sequence[Mapping[str, Any]]],
        results: Mapping[str, Result],
        rubric: Rubric,
        basis: Basis,
        overrides: Overrides,
    ) -> None:
        self._plan, self._rows, self._results = plan, rows, results
        self._rubric, self._basis, self._overrides = rubric, basis, overrides
        self._nothing = award(rubric, ()).items

    def __iter__(self) -> Iterator[Mark]:
        for hand_in in self._plan.hand_ins:
            yield from self._of(hand_in, self._results.get(hand_in.key))
        for student in self._plan.absent:
            bare = Mark("", student, Status.ABSENT, self._nothing, self._all())
            yield self._by_hand(bare, "")
        there = {hand_in.key for hand_in in self._plan.hand_ins}
        for key, result in self._results.items():
            if key not in there:
                yield from (replace(mark, gone=True) for mark in self._of(result.hand_in(), result))

    def _of(self, hand_in: HandIn, result: Result | None) -> Iterator[Mark]:
        status, items, why, stops = self._counted(hand_in, result)
        blank = self._all() if status in _BLANK else frozenset[str]()
        blank |= {item.item for item in items if item.state is State.BY_HAND}
        for student in hand_in.students:
            mark = Mark(
                hand_in.key,
                student,
                status,
                items,
                blank,
                result=result,
                odd=hand_in.odd,
                late=hand_in.late,
                why=why,
                stops=stops,
            )
            yield self._by_hand(mark, hand_in.fingerprint)

    def _counted(self, hand_in: HandIn, result: Result | None) -> _Counted:
        """Return what is counted of a submission, before a person's points."""
        if result is None:
            if hand_in.path is None:
                return _Counted(Status.NOTHING, self._nothing, hand_in.why)
            return _Counted(Status.NOT_YET, self._nothing)
        now = self._basis.with_submission(hand_in.fingerprint)
        if not can_be_counted(result.basis, now):
            return _Counted(Status.NOT_YET, self._nothing, "it was graded with other cases")
        if result.end is End.GRADER_ERROR:
            return _Counted(Status.GRADER_ERROR, self._nothing, result.why)
        if result.end is End.UNUSABLE:
            return _Counted(Status.UNUSABLE, tuple(self._lost(result.why)), result.why)
        rows = self._rows(result.key)
        status = Status.GRADED if result.basis == now else Status.OUT_OF_DATE
        stops = Counter(row["verdict"] for row in rows if row["verdict"] in ERRORED)
        return _Counted(status, award(self._rubric, rows, result.findings).items, stops=stops)

    def _lost(self, why: str) -> Iterator[ItemResult]:
        """Yield the items of a submission in which there is no engine."""
        for item in self._nothing:
            if item.state is State.BY_HAND:
                yield item
            else:
                yield replace(item, points=Fraction(0), state=State.JUDGED, reasons=(why,))

    def _by_hand(self, mark: Mark, fingerprint: str) -> Mark:
        """Return the mark with the points and comments that a person gave."""
        names = {mark.key, *mark.student.ids.values()} - {""}
        found = list(self._overrides.of(names, fingerprint))
        holding = [each for each, same in found if same]
        points = {each.item: each for each in holding if each.points is not None}
        items = tuple(_overridden(item, points.get(item.item)) for item in mark.items)
        blank = mark.blank - points.keys()
        status = Status.WAITS if mark.status is Status.GRADED and blank else mark.status
        return replace(
            mark,
            status=status,
            items=items,
            blank=blank,
            given=tuple(points.values()),
            comments=tuple(each for each in holding if each.points is None),
            stale=tuple(each for each, same in found if not same),
        )

    def _all(self) -> frozenset[str]:
        return frozenset(item.item for item in self._nothing)


def _overridden(item: ItemResult, override: Override | None) -> ItemResult:
    if override is None or override.points is None:
        return item
    return replace(item, points=override.points, state=State.OVERRIDDEN)
