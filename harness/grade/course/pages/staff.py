"""`class.html`: what a class did not understand, and who needs a person. For those who grade alone.

- `class_page`: the page as text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from ....judge.outcome import Verdict
from ....report.html.assets import rendered
from ....report.mistakes import kind_in_words
from ....text import words
from ...item_result import State
from ...rounding import exact, rounded
from ..class_facts import BINS, ClassFacts, Distribution, ItemFacts, who
from ..discrimination import FEWEST
from ..document import Grading
from ..marks import Mark, Status
from ..page_names import page_names
from ..scores import named

_HUNDREDTH = Fraction(1, 100)  # as points of an item are shown; grading.json has them exact
_MOST_CAUSES = 3  # of one item
_SLOWEST = 10  # submissions that are listed, although nothing stopped in them


class _Student(NamedTuple):
    """A student in words; `page` is the address of the student's page."""

    name: str
    page: str


class _Bin(NamedTuple):
    """A bar: the scores that it counts, in words, their number, and its length in percent."""

    scores: str
    students: int
    length: float


class _Item(NamedTuple):
    """A row of the table of items. `rate` is in percent, None without points."""

    name: str
    remark: str
    most: str
    rate: float | None
    full: str
    causes: str
    not_judged: str
    students: Sequence[_Student]
    discrimination: float | None


def class_page(grading: Grading) -> str:
    """Return the page. Its links lead to the students' pages in `feedback/` beside it."""
    facts, step = ClassFacts(grading.marks), grading.rubric.rounding
    names = _Names(grading.marks)
    found = facts.distribution
    return rendered(
        "class.html",
        ("class.js",),
        ("class.css",),
        room=Path(__file__).parent,
        title=words(grading.rubric.title),
        count=len(grading.marks),
        handed_in=len({mark.key for mark in grading.marks if mark.key}),
        needs=facts.needs,
        absent=[names.of(mark) for mark in grading.marks if mark.status is Status.ABSENT],
        student=names.of,
        most=exact(grading.marks[0].most) if grading.marks else "0",
        figures={each: rounded(n, step) for each, n in found.figures.items()} if found else {},
        scored=len(found.scores) if found else 0,
        waits=bool(found and found.waits),
        bins=list(_bins(found)) if found else [],
        items=[_item(each, names) for each in facts.items],
        correlated=facts.ran >= FEWEST,
        fewest=FEWEST,
        ran=facts.ran,
        mistakes=facts.mistakes,
        kind_in_words=kind_in_words,
        hints=[
            (each.why, [one for key in each.keys for one in names.of_key(key)])
            for each in grading.hints
        ],
        times=list(_times(facts, names)),
        columns=[item.item for item in grading.marks[0].items] if grading.marks else [],
        rows=[_row(mark, names, step) for mark in grading.marks],
    )


class _Names:
    """Students as the page calls them: by name, and with the submission where the name occurs twice."""

    def __init__(self, marks: Sequence[Mark]) -> None:
        self._often = Counter(mark.student.name for mark in marks)
        self._pages = dict(zip(map(_member, marks), page_names(marks), strict=True))
        self._by_key: dict[str, list[Mark]] = {}
        for mark in marks:
            self._by_key.setdefault(mark.key, []).append(mark)

    def of(self, mark: Mark) -> _Student:
        """Return a student."""
        name = words(mark.student.name)
        if name and self._often[mark.student.name] > 1:
            name = f"{name} ({who(mark)})"
        return _Student(name or who(mark), self._pages[_member(mark)])

    def of_key(self, key: str) -> list[_Student]:
        """Return the students of a submission."""
        return [self.of(mark) for mark in self._by_key[key]]


def _member(mark: Mark) -> tuple[str, str, tuple[str, ...]]:
    return mark.key, mark.student.name, tuple(mark.student.ids.values())


def _bins(found: Distribution) -> Iterator[_Bin]:
    tallest = max(found.bins)
    edges = [exact(found.most * number / BINS) for number in range(BINS + 1)]
    for number, count in enumerate(found.bins):
        below = "" if number == BINS - 1 else "below "
        yield _Bin(f"{edges[number]} to {below}{edges[number + 1]}", count, 100 * count / tallest)


def _item(found: ItemFacts, names: _Names) -> _Item:
    item, left = found.item, len(found.not_judged)
    remarks = [word for word, holds in (("hidden", item.hidden), ("bonus", item.bonus)) if holds]
    because = ", ".join(f"{words(name)} ({count})" for name, count in found.at_fault.items())
    many = f"{left} student{'s' if left != 1 else ''}, {exact(found.hanging)} points"
    return _Item(
        words(item.item),
        ", ".join(remarks),
        rounded(item.most, _HUNDREDTH),
        None if found.rate is None else float(100 * found.rate),
        f"{found.full} of {len(found.having)}" if found.having else "",
        _causes(found.causes),
        (f"{many}, because of {because}" if because else many) if left else "",
        [names.of(mark) for mark in found.not_judged],
        found.discrimination,
    )


def _causes(causes: Mapping[str, int]) -> str:
    said = [f"{cause} ({count})" for cause, count in causes.items()]
    more = [f"and {len(said) - _MOST_CAUSES} more"] if len(said) > _MOST_CAUSES else []
    return ", ".join([*said[:_MOST_CAUSES], *more])


def _times(facts: ClassFacts, names: _Names) -> Iterator[dict[str, Any]]:
    """Yield the slowest submissions, and all in which something stopped."""
    for number, mark in enumerate(facts.times):
        failed = mark.status is Status.GRADER_ERROR
        if mark.result is not None and (number < _SLOWEST or mark.stops or failed):
            yield {
                "students": names.of_key(mark.key),
                "seconds": mark.result.seconds,
                "stops": [
                    mark.stops.get(verdict, 0)
                    for verdict in (Verdict.TIMEOUT, Verdict.OUT_OF_MEMORY, Verdict.CRASH)
                ],
                "failed": failed,
            }


def _row(mark: Mark, names: _Names, step: Fraction) -> dict[str, Any]:
    findings = mark.result.findings if mark.result else ()
    return {
        "student": names.of(mark),
        "submission": mark.key,
        "score": "" if mark.score is None else rounded(mark.score, step),
        "order": -1.0 if mark.score is None else float(mark.score),
        "status": str(mark.status),
        "late": mark.late,
        "gone": mark.gone,
        "points": [
            (
                "" if item.item in mark.blank else rounded(item.points, _HUNDREDTH),
                item.state is State.NOT_JUDGED,
                item.state is State.OVERRIDDEN,
            )
            for item in mark.items
        ],
        "mistakes": "; ".join(dict.fromkeys(map(named, findings))),
    }
