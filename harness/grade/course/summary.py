"""The summary of a grading on a terminal: for graders alone.

- `summary_lines`: those who need a person first, the distribution, the items, the mistakes, and hints.
- `totals`: the old and the new score of a student who was graded alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import groupby

from ...text import words
from ..rounding import exact, rounded
from .class_facts import BINS, ClassFacts, Distribution, ItemFacts, Mistake, Needs, Said, who
from .document import Grading
from .folder import SCORES
from .grading_file import GRADING
from .marks import Mark

_MOST = 20  # lines of one kind
_MOST_NAMES = 5  # submissions in the line of an item
_WIDTH = 40


def summary_lines(grading: Grading) -> Iterator[str]:
    """Yield the lines."""
    facts = ClassFacts(grading.marks)
    yield from _need_a_person(facts.needs)
    yield from _distribution(facts.distribution, grading.rubric.rounding)
    yield from map(_item, (each for each in facts.items if each.rate is not None))
    yield from _mistakes(facts.mistakes)
    yield from _alike(grading)


def totals(before: Sequence[Mark], grading: Grading) -> Iterator[str]:
    """Yield the old and the new score of a student who was graded alone."""
    step = grading.rubric.rounding
    now = {_member(mark): mark for mark in grading.marks}
    for mark in before:
        scores = (mark.score, now[_member(mark)].score)
        old, new = ("none" if each is None else rounded(each, step) for each in scores)
        yield f"{who(mark)}: {old} before, {new} now"


def _member(mark: Mark) -> tuple[str, tuple[str, ...]]:
    return mark.key, tuple(mark.student.ids.values())


def _need_a_person(needs: Needs) -> Iterator[str]:
    for _, said in groupby(needs.urgent, key=lambda each: each[0].status):
        yield from _first(_said(said))
    yield from (f"{status}: {count}" for status, count in needs.unfinished.items())
    yield from (
        f"{words(name)} waits for the points of a person: {count}"
        for name, count in needs.waiting.items()
    )
    yield from _first(_said(needs.differs))
    yield from _first(_said(needs.stale))
    if needs.absent:
        yield f"handed in nothing, and stays blank: {needs.absent}"


def _said(said: Iterable[Said]) -> list[str]:
    return [f"{who(mark)}: {sentence}" for mark, sentence in said]


def _first(lines: Sequence[str], file: str = SCORES) -> Iterator[str]:
    yield from lines[:_MOST]
    if (more := len(lines) - _MOST) > 0:
        yield f"... and {more} more, see {file}"


def _distribution(found: Distribution | None, step: Fraction) -> Iterator[str]:
    if found is None:
        yield "no score yet"
        return
    figures = ", ".join(f"{name} {rounded(value, step)}" for name, value in found.figures.items())
    without = ", without the points that a person has not given yet" if found.waits else ""
    yield f"{len(found.scores)} scores of {exact(found.most)}{without}: {figures}"
    tallest = max(found.bins)
    for number, count in enumerate(found.bins):
        bar = "#" * -(-count * _WIDTH // tallest)
        yield f"  {number * 100 // BINS:3} to {(number + 1) * 100 // BINS:3} % {count:4} {bar}".rstrip()


def _item(found: ItemFacts) -> str:
    return (
        f"{words(found.item.item)}: {float(found.rate or 0):.0%} of the points{_not_judged(found)}"
    )


def _not_judged(found: ItemFacts) -> str:
    left = [who(mark) for mark in found.not_judged]
    if not left:
        return ""
    return f", not judged for {len(left)} ({exact(found.hanging)} points): {_some(left)}"


def _mistakes(found: Sequence[Mistake]) -> Iterator[str]:
    if found:
        yield "mistakes, by the number of students:"
    yield from _first([f"  {len(each.marks):4} {each.name}" for each in found])


def _some(keys: Sequence[str]) -> str:
    more = len(keys) - _MOST_NAMES
    return ", ".join(keys[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _alike(grading: Grading) -> Iterator[str]:
    if grading.hints:
        yield "hints for staff, which are no points: look yourself"
    hints = [f"  {_some(each.keys)}: {each.why}" for each in grading.hints]
    yield from _first(hints, GRADING)
