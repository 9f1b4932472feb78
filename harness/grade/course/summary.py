"""The summary of a grading on a terminal: for graders alone.

- `summary_lines`: those who need a person first, the distribution, the items, the mistakes, and hints.
- `needs_a_person`: one of these. `totals`: the old and the new score of a student who was graded alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from statistics import median

from ...text import words
from ..item_result import State
from ..rounding import exact, rounded
from .document import Grading
from .folder import SCORES
from .grading_file import GRADING
from .marks import Mark, Status
from .scores import named

_MOST = 20  # lines of one kind
_MOST_NAMES = 5  # submissions in the line of an item
_BINS, _WIDTH = 10, 40
# Those who need a person, the most urgent first.
_URGENT = (
    Status.GRADER_ERROR,
    Status.UNUSABLE,
    Status.NOTHING,
)
# Those who need the same command once more. They are only counted.
_UNFINISHED = (Status.NOT_YET, Status.OUT_OF_DATE)


def summary_lines(grading: Grading) -> Iterator[str]:
    """Yield the lines."""
    marks, step = grading.marks, grading.rubric.rounding
    yield from _need_a_person(marks)
    yield from _distribution(marks, step)
    yield from _items(marks)
    yield from _mistakes(marks)
    yield from _alike(grading)


def totals(before: Sequence[Mark], grading: Grading) -> Iterator[str]:
    """Yield the old and the new score of a student who was graded alone."""
    step = grading.rubric.rounding
    now = {_member(mark): mark for mark in grading.marks}
    for mark in before:
        scores = (mark.score, now[_member(mark)].score)
        old, new = ("none" if each is None else rounded(each, step) for each in scores)
        yield f"{_who(mark)}: {old} before, {new} now"


def needs_a_person(mark: Mark) -> bool:
    """Return True when a person should look at a student before the points are published."""
    differs = mark.result is not None and bool(mark.result.differs)
    urgent = mark.status in (*_URGENT, *_UNFINISHED, Status.WAITS)
    return urgent or bool(mark.stale) or differs


def _member(mark: Mark) -> tuple[str, tuple[str, ...]]:
    return mark.key, tuple(mark.student.ids.values())


def _need_a_person(marks: Sequence[Mark]) -> Iterator[str]:
    for status in _URGENT:
        found = [mark for mark in marks if mark.status is status]
        yield from _first([f"{_who(mark)}: {status}{_because(mark)}" for mark in found])
    left = Counter(mark.status for mark in marks if mark.status in _UNFINISHED)
    yield from (f"{status}: {count}" for status, count in left.items())
    waiting = Counter(name for mark in marks if mark.status is Status.WAITS for name in mark.blank)
    yield from (
        f"{words(name)} waits for the points of a person: {count}"
        for name, count in waiting.items()
    )
    yield from _first(
        [f"{_who(m)}: {words(said)}" for m in marks if m.result for said in m.result.differs]
    )
    yield from _first(
        [
            f"{_who(mark)}: what was given for {each.item or 'all'} is stale: it was given for another "
            "file; give it again with --override to confirm it"
            for mark in marks
            for each in mark.stale
        ]
    )
    absent = sum(mark.status is Status.ABSENT for mark in marks)
    if absent:
        yield f"handed in nothing, and stays blank: {absent}"


def _because(mark: Mark) -> str:
    why = mark.why or " ".join(mark.odd if mark.status is Status.NOTHING else ())
    return f": {words(why)}" if why else ""


def _first(lines: Sequence[str], file: str = SCORES) -> Iterator[str]:
    yield from lines[:_MOST]
    if (more := len(lines) - _MOST) > 0:
        yield f"... and {more} more, see {file}"


def _who(mark: Mark) -> str:
    return words(mark.key or " ".join(mark.student.ids.values()) or mark.student.name)


def _distribution(marks: Sequence[Mark], step: Fraction) -> Iterator[str]:
    scores = sorted(mark.score for mark in marks if mark.score is not None)
    if not scores:
        yield "no score yet"
        return
    most = max(marks[0].most, Fraction(1))
    mean = sum(scores, Fraction(0)) / len(scores)
    told = {"lowest": scores[0], "median": median(scores), "mean": mean, "highest": scores[-1]}
    figures = ", ".join(f"{name} {rounded(value, step)}" for name, value in told.items())
    waits = any(mark.status is Status.WAITS for mark in marks)
    without = ", without the points that a person has not given yet" if waits else ""
    yield f"{len(scores)} scores of {exact(marks[0].most)}{without}: {figures}"
    bins = Counter(min(int(score * _BINS / most), _BINS - 1) for score in scores)
    tallest = max(bins.values())
    for number in range(_BINS):
        count = bins[number]
        bar = "#" * -(-count * _WIDTH // tallest)
        yield f"  {number * 100 // _BINS:3} to {(number + 1) * 100 // _BINS:3} % {count:4} {bar}".rstrip()


def _items(marks: Sequence[Mark]) -> Iterator[str]:
    for number, item in enumerate(marks[0].items if marks else ()):
        having = [mark for mark in marks if item.item not in mark.blank]
        found = [mark.items[number] for mark in having]
        if not found or not item.most:
            continue
        rate = sum((each.points for each in found), Fraction(0)) / (item.most * len(found))
        left = [_who(mark) for mark in having if mark.items[number].state is State.NOT_JUDGED]
        not_judged = _not_judged(left, item.most)
        yield f"{words(item.item)}: {float(rate):.0%} of the points{not_judged}"


def _not_judged(left: Sequence[str], most: Fraction) -> str:
    if not left:
        return ""
    more = len(left) - _MOST_NAMES
    names = ", ".join(left[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
    return f", not judged for {len(left)} ({exact(most * len(left))} points): {names}"


def _mistakes(marks: Sequence[Mark]) -> Iterator[str]:
    counts = Counter(
        name
        for mark in marks
        if mark.result is not None
        for name in dict.fromkeys(map(named, mark.result.findings))
    )
    if counts:
        yield "mistakes, by the number of students:"
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    yield from _first([f"  {count:4} {name}" for name, count in ordered])


def _alike(grading: Grading) -> Iterator[str]:
    if grading.hints:
        yield "hints for staff, which are no points: look yourself"
    hints = [f"  {', '.join(each.keys)}: {each.why}" for each in grading.hints]
    yield from _first(hints, GRADING)
