"""`student_page`: the page of one student, which says what to change.

A hidden item is there by its name and the kind of mistake alone, until hidden items are opened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ....report.drawing.svg import STYLE
from ....report.html.assets import rendered
from ....submission.download.plan import Student
from ....text import of_engine, several_lines, words
from ...graded_cases import plan_of
from ...item_result import STATES, ItemResult, State
from ...rounding import rounded, shown
from ...rubric import Item, Rubric
from ...stages import BACKWARD
from ..marks import Mark, Status
from ..overrides import LONGEST_REASON, Override
from ..reasons import NOT_RUN, UNNAMED, hidden_points, told_of
from .advice import ADVICE
from .cards import Cards, title_of
from .open_cases import OpenCases

_HERE = Path(__file__).parent
_MOST_OPS = 12


def student_page(
    marks: Sequence[Mark],
    rubric: Rubric,
    rows: Sequence[Mapping[str, Any]],
    *,
    open_hidden: bool = False,
) -> str:
    """Return the page as HTML. It names its student alone, or nobody where it is of several.

    `marks` are those of the students who share it, with the same points and comments. `rows` are the rows of
    their submission in `results.jsonl`, as dictionaries; those of cases that fail are enough.
    """
    page = _Page(marks[0], rubric, rows, open_hidden)
    return rendered(
        "student.html",
        styles=("student.css",),
        room=_HERE,
        drawing=STYLE,
        title=words(rubric.title),
        who=_who(marks[0].student) if len(marks) == 1 else "",
        page=page,
    )


@dataclass(frozen=True)
class Line:
    """An item in the table: its name, what is tested, its points, and sentences about it."""

    name: str
    tested: str
    points: str
    lost: bool
    said: tuple[str, ...]
    mistakes: tuple[int, ...] = ()


class _Page:
    """What the template shows of one mark."""

    def __init__(
        self, mark: Mark, rubric: Rubric, rows: Sequence[Mapping[str, Any]], open_hidden: bool
    ) -> None:
        self._mark, self._rubric, self._open = mark, rubric, open_hidden
        self._items = {item.name: item for item in rubric.items}
        self._cases = OpenCases(rubric, rows, open_hidden=open_hidden)
        self._shown = mark if open_hidden else mark.without_hidden()
        told = partial(told_of, rubric=rubric, open_hidden=open_hidden)
        self._cards = Cards(mark, self._shown.items, self._cases, told)
        self.mistakes = list(self._cards.mistakes())
        self.others = list(self._cards.others())

    def _hides(self, item: ItemResult) -> bool:
        return item.hidden and not self._open

    @property
    def found(self) -> str:
        """What was graded: the class or the adapter, and where it is."""
        result = self._mark.result
        # Behind the colon stands how it is used, which the staff reads.
        return of_engine(result.found.partition(": ")[0]) if result else ""

    @property
    def score(self) -> str:
        """The sum of the points that are shown; "" where there are none yet."""
        score = self._shown.score
        return "" if score is None else rounded(score, self._rubric.rounding)

    @property
    def most(self) -> str:
        """The most that these items give."""
        return shown(self._shown.most)

    def remarks(self) -> Iterator[str]:
        """Yield sentences about the whole submission."""
        mark = self._mark
        if advice := ADVICE[mark.status]:
            yield advice
        if mark.why and mark.status in (Status.UNUSABLE, Status.NOTHING):
            yield f"Why: {words(mark.why)}"
        ran = any(item.asked for item in self._shown.items)
        if mark.status not in NOT_RUN and ran and not any(map(self._lost, self._mark.items)):
            yield "All that was tested is right."
        yield from filter(None, [hidden_points(item for item in mark.items if self._hides(item))])
        if mark.late:
            yield "It came late."
        if mark.result and mark.result.start_note:
            yield mark.result.start_note
        if mark.result and mark.result.undiagnosed and any(map(self._lost, self._shown.items)):
            yield UNNAMED
        if mark.result and mark.result.differs:
            yield (
                "Your engine does not always give the same answer to the same question. Look for random "
                "numbers, for the order of a set, and for what is kept from one graph to the next."
            )

    def lines(self) -> Iterator[Line]:
        """Yield the items, in the order of the rubric."""
        for item in self._mark.items:
            if self._hides(item):
                yield Line(words(item.item), "", "hidden", False, tuple(self._kinds(item)))
                continue
            points = "none yet" if item.item in self._mark.blank else shown(item.points)
            bonus = ", a bonus" if item.bonus else ""
            yield Line(
                words(item.item),
                _tested(self._items[item.item], self._rubric),
                f"{points} of {shown(item.most)}{bonus}",
                self._lost(item),
                tuple(self._of_item(item)),
                tuple(self._numbers(item)),
            )

    def _fails_by(self, item: ItemResult, finding: Mapping[str, Any]) -> bool:
        failing = self._cases.failing.get(item.item, set())
        return self._lost(item) and not failing.isdisjoint(finding["cases"])

    def _numbers(self, item: ItemResult) -> Iterator[int]:
        for number, (finding, _) in enumerate(self._cards.told, 1):
            if self._fails_by(item, finding):
                yield number

    def _lost(self, item: ItemResult) -> bool:
        return item.item not in self._mark.blank and item.points < item.most

    def _kinds(self, item: ItemResult) -> Iterator[str]:
        """Yield the kinds of the mistakes by which a hidden item fails, and the ops without a known one."""
        known = [each for each in self._cards.findings if self._fails_by(item, each)]
        yield from map(title_of, known)
        told = {each["op"] or BACKWARD for each in known}
        for op in item.wrong:
            if op not in told:
                yield f"fails {'in' if op == BACKWARD else 'with'} {words(op)}"

    def _of_item(self, item: ItemResult) -> Iterator[str]:
        given = self._mark.given_for(item.item)
        if given is not None:
            yield f"A person gave these points: {_written(given)}"
        elif item.state is State.BY_HAND:
            yield STATES[item.state].capitalize()
        elif self._mark.status in NOT_RUN:
            return
        elif item.state is State.NOT_JUDGED:
            yield (
                f'Not judged: each of its cases needs what the item "{words(item.at_fault)}" has lost. Mend '
                "that first."
            )
        elif item.asked:
            yield item.tally
            # The sentences before are about cases that failed, and stand on the cards.
            yield from map(words, item.reasons[len(item.failing) :])

    def comments(self) -> Iterator[tuple[str, str]]:
        """Yield comments of a person: the item, or "", and the text."""
        hidden = {item.item for item in self._mark.items if self._hides(item)}
        for each in self._mark.comments:
            if each.item not in hidden:
                yield words(each.item), _written(each)


def _who(student: Student) -> str:
    """Return the name of a student, or else an id, but no address.

    The name of the submission of a group may be an id of another member.
    """
    known = (student.name, *student.ids.values())
    return next((words(each) for each in known if each and "@" not in each), "")


def _written(override: Override) -> str:
    return several_lines(override.reason[:LONGEST_REASON])


def _tested(item: Item, rubric: Rubric) -> str:
    """Return in words what an item tests."""
    if item.text or item.hand:
        return words(item.text)
    questions = [each for each in plan_of(rubric) if each.item == item]
    ops = sorted({op for each in questions for op in each.cases[0].tested})
    more = f" and {len(ops) - _MOST_OPS} more" if len(ops) > _MOST_OPS else ""
    what = {"values": "Values", "gradients": "Gradients", "all": "Values and gradients"}
    return f"{what[item.readings]} of {', '.join(ops[:_MOST_OPS])}{more}"
