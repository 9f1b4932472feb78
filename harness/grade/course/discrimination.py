"""How well an item tells students with many points in the other items from those with few.

- `discrimination`: of one item, for classes of at least `FEWEST` students. `JUDGED`: who counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import StatisticsError, correlation

from ..item_result import State
from .marks import Mark, Status

FEWEST = 30  # with fewer students the number says more about chance than about the item
JUDGED = (Status.GRADED, Status.WAITS, Status.OUT_OF_DATE)  # by the cases


def discrimination(marks: Sequence[Mark], number: int) -> float | None:
    """Return the discrimination of the item with this number, from -1 to 1.

    It is the corrected item-total correlation: Pearson's correlation of the points of the item with the sum
    of the points of all other items. Where an item gives all points or none, it is the point-biserial
    correlation. Source: Nunnally and Bernstein, Psychometric Theory, third edition (1994), chapter 8; the
    item is left out of the total because it would correlate with itself (Henrysson 1963, Psychometrika 28).

    Students whose engine was not judged in the item do not count. None for fewer than 30 students, and where
    all have the same points in the item or in the others.
    """
    pairs = list(_pairs(marks, number))
    if len(pairs) < FEWEST:
        return None
    own, others = zip(*pairs, strict=True)
    try:
        return correlation(own, others)
    except StatisticsError:  # one of the two is the same for all
        return None


def _pairs(marks: Sequence[Mark], number: int) -> Iterator[tuple[float, float]]:
    for mark in marks:
        item = mark.items[number]
        if mark.status not in JUDGED or item.item in mark.blank or item.state is State.NOT_JUDGED:
            continue
        rest = sum(
            each.points
            for k, each in enumerate(mark.items)
            if k != number and each.item not in mark.blank
        )
        yield float(item.points), float(rest)
