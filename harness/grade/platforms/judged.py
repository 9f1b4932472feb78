"""An outcome as every platform says it: a line for each item that cases judge, the sum, and a text above.

- `Line`: one item. `lines_of`: all of them. `Points`: the sum of their points.
- `text_of`: the text.
- `cut`, `room_for`: a text that is not longer than a platform allows. `as_json`: a file of JSON.

Points that a person gives are not among them: each platform has a place of its own for these.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from ...text import of_engine, shortened, words
from ..course.marks import Mark
from ..course.overrides import LONGEST_REASON
from ..course.reasons import UNNAMED, mistakes
from ..item_result import STATES, ItemResult, State, most_of
from ..rounding import exact, rounded
from .platform import Outcome

_LONGEST_ITEM = 10_000  # bytes about one item: its twelve reasons are hardly ever that long
SMALLEST = Fraction(1, 10**6)  # of a point, as `exact` writes it
_NOTICED = Fraction(1, 100)  # between the sum of the items and the score
_BESIDES = 500  # bytes of an item for its name and its numbers


@dataclass(frozen=True)
class Line:
    """One item. `most` is what it gives, also for a `bonus`; `text` is what its student may read.

    With `judged` False nothing is known of it.
    """

    name: str
    points: Fraction
    most: Fraction
    text: str
    bonus: bool = False
    hidden: bool = False
    judged: bool = True

    @property
    def passed(self) -> bool:
        """True when it was judged, and no point of it is lost."""
        return self.judged and self.points >= self.most


@dataclass(frozen=True)
class Points:
    """The sum of the points, rounded as the rubric says, and the maximum, which has no bonus in it."""

    score: Fraction
    most: Fraction
    step: Fraction

    @property
    def capped(self) -> Fraction:
        """The score, or the maximum where a bonus brought it above."""
        return min(self.score, self.most)

    @property
    def share(self) -> float:
        """The share of the maximum, from 0 to 1."""
        return float(self.capped / self.most) if self.most else 0.0

    @property
    def lost_bonus(self) -> str:
        """The sentence for a platform that takes no more than the maximum, "" when nothing is lost."""
        if self.score <= self.most:
            return ""
        return (
            f"The score is {exact(self.score)} of {exact(self.most)} points, because of a bonus. "
            "This site takes no more than the maximum, so the staff has to enter the rest."
        )

    @classmethod
    def of(cls, outcome: Outcome) -> Points:
        """Return the points of an outcome."""
        items = list(_items(outcome))
        step = outcome.rubric.rounding
        score = Fraction(rounded(sum((i.points for i in items), Fraction()), step))
        return cls(score, most_of(items), step)


def lines_of(outcome: Outcome, unit: Fraction = SMALLEST) -> list[Line]:
    """Return the items that cases judge, in the order of the rubric.

    Points are multiples of `unit`. Those of all items without a bonus add up to the sum of the exact points,
    and the maxima to that of the exact maxima. Three items of a third give 0.33, 0.34 and 0.33.
    """
    items = list(_items(outcome))
    counted = [item for item in items if not item.bonus]
    most = dict(zip(counted, _in_units([item.most for item in counted], unit), strict=True))
    full = [item for item in counted if item.points == item.most]
    rest = [item for item in counted if item.points != item.most]
    whole = sum((item.points for item in counted), Fraction())
    left = _nearest(whole, unit) - sum((most[item] for item in full), Fraction())
    points = dict(zip(rest, _in_units([item.points for item in rest], unit, left), strict=True))
    return [
        Line(
            words(item.item),
            min(points.get(item, shown), shown) if not item.bonus else _nearest(item.points, unit),
            shown,
            "\n".join(_of_item(item, outcome.mark)) if outcome.mark else "not judged",
            item.bonus,
            item.hidden,
            judged=outcome.mark is not None,
        )
        for item in items
        for shown in [most.get(item, _nearest(item.most, unit))]
    ]


def _in_units(
    values: Sequence[Fraction], unit: Fraction, total: Fraction | None = None
) -> list[Fraction]:
    """Return multiples of the unit that add up to `total`, by default the nearest to the sum of the values.

    Each value is rounded down, and then those with the largest remainders up, as many as are needed.
    """
    total = _nearest(sum(values, Fraction()), unit) if total is None else total
    down = [floor(value / unit) for value in values]
    up = int(total / unit) - sum(down)
    by_remainder = sorted(range(len(values)), key=lambda k: down[k] - values[k] / unit)
    raised = set(by_remainder[: max(0, up)])
    return [(number + (k in raised)) * unit for k, number in enumerate(down)]


def _nearest(points: Fraction, unit: Fraction) -> Fraction:
    return floor(points / unit + Fraction(1, 2)) * unit


def text_of(outcome: Outcome) -> str:
    """Return what a student reads above the items.

    A mistake is named only where a case of an item that is not hidden shows it.
    """
    return "\n".join(_sentences(outcome))


def _sentences(outcome: Outcome) -> Iterator[str]:
    yield from (f"{words(each).rstrip('.')}." for each in outcome.said)
    rubric, mark = outcome.rubric, outcome.mark
    yield from map(of_engine, mark.odd if mark else ())
    if result := mark and mark.result:
        yield from filter(None, [result.start_note])
        if result.undiagnosed and any(line.points < line.most for line in lines_of(outcome)):
            yield UNNAMED
        yield from mistakes(rubric, result.findings)
    hidden_items = {item.name for item in rubric.items if item.hidden}
    for each in mark.comments if mark else ():
        if each.item not in hidden_items:
            yield shortened(each.reason, LONGEST_REASON)
    given = {each.item for each in mark.given} if mark else set()
    for item in rubric.items:
        if item.hand and item.name not in given:
            yield f"{words(item.name)}: a person gives these points, at most {exact(item.points)}."
    hidden = sum((item.points for item in rubric.items if item.hidden), Fraction())
    if hidden:
        yield f"{exact(hidden)} points are of hidden items, of which the cases are not shown."
    lines = lines_of(outcome)
    parts, points = sum((line.points for line in lines), Fraction()), Points.of(outcome)
    if abs(parts - points.score) >= _NOTICED:
        yield f"The points are rounded once, to a multiple of {exact(points.step)}."


def cut(text: str, most: int) -> str:
    """Return the text in at most so many bytes of UTF-8: its head, and how much was left out."""
    data = text.encode("utf-8", "replace")
    if len(data) <= most:
        return data.decode()
    said = f"\n[{len(data)} bytes came, and this site takes {most}: the rest was left out]"
    return data[: max(0, most - len(said))].decode("utf-8", "ignore") + said


def room_for(lines: Sequence[Line], largest: int) -> int:
    """Return how many bytes the text of an item may have, where all together have `largest` as JSON."""
    # JSON writes no more than two bytes for a byte of a cleaned text: `"`, `\\` and the ends of lines.
    room = largest // (2 * max(1, len(lines))) - _BESIDES
    return max(0, min(_LONGEST_ITEM, room))


def as_json(values: Mapping[str, Any]) -> bytes:
    """Return strict JSON. ValueError for a number that is not finite."""
    return json.dumps(values, allow_nan=False, ensure_ascii=False).encode("utf-8", "replace")


def number(points: Fraction) -> float:
    """Return the points as JSON has them: with six digits where no decimal is exact."""
    return float(exact(points))


def _items(outcome: Outcome) -> Iterator[ItemResult]:
    if outcome.mark is not None:
        yield from (item for item in outcome.mark.items if item.state is not State.BY_HAND)
        return
    for item in outcome.rubric.items:
        if not item.hand:
            nothing = Fraction()
            yield ItemResult(
                item.name,
                nothing,
                item.points,
                State.NOT_JUDGED,
                hidden=item.hidden,
                bonus=item.bonus,
            )


def _of_item(item: ItemResult, mark: Mark) -> Iterator[str]:
    given = mark.given_for(item.item)
    if given is not None and not item.hidden:
        yield f"given by a person: {shortened(given.reason, LONGEST_REASON)}"
        return
    if item.bonus:
        yield "a bonus"
    if item.hidden:
        yield from map(words, item.wrong)
        return
    if item.asked:
        yield item.tally
    if item.state is State.NOT_JUDGED:
        yield STATES[item.state]
    for reason in item.reasons:
        if reason != mark.why:  # which is said above the items
            yield of_engine(reason)
