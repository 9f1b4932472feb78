"""The order of the boxes in their columns, with few crossings of wires: the third step of the layout.

- `ordered`: the columns in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import fmean

from .boxes import Box, Columns, Segment

_SWEEPS = 8


def ordered(columns: Columns, items: Sequence[Box], segments: Sequence[Segment]) -> Columns:
    """Return the columns in the order with the fewest crossings that the sweeps find."""
    best, fewest = columns, _crossings(columns, items, segments)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        columns = list(columns)
        forwards = sweep % 2 == 0
        for rank in range(len(columns)) if forwards else reversed(range(len(columns))):
            columns[rank] = _by_barycentre(columns, rank, items, segments, forwards)
        count = _crossings(columns, items, segments)
        if count < fewest:
            best, fewest = columns, count
    return best


def _by_barycentre(
    columns: Columns, rank: int, items: Sequence[Box], segments: Sequence[Segment], forwards: bool
) -> list[int]:
    """Return the column, each box at the mean place of its neighbours on one side, or where it was."""
    place = _Places(columns, items)
    near: dict[int, list[float]] = {}
    for each in segments:
        if forwards:
            near.setdefault(each.right, []).append(place.of(each.left, each.leaves))
        else:
            near.setdefault(each.left, []).append(place.of(each.right, each.enters))
    column = columns[rank]
    return sorted(column, key=lambda k: fmean(near.get(k) or [place.of(k, items[k].height / 2)]))


class _Places:
    """The place of each height of each box in its column, from 0 to 1, if all boxes were of one height."""

    def __init__(self, columns: Columns, items: Sequence[Box]) -> None:
        self._items = items
        self._found = {item: (k, len(c)) for c in columns for k, item in enumerate(c)}

    def of(self, item: int, height: float) -> float:
        """Return the place of this height of the box."""
        k, count = self._found[item]
        return (k + height / self._items[item].height) / count


def _crossings(columns: Columns, items: Sequence[Box], segments: Sequence[Segment]) -> int:
    place, rank = _Places(columns, items), {k: r for r, c in enumerate(columns) for k in c}
    drawn: dict[int, list[tuple[float, float]]] = {}
    for each in segments:
        ends = place.of(each.left, each.leaves), place.of(each.right, each.enters)
        drawn.setdefault(rank[each.left], []).append(ends)
    return sum(
        (a - c) * (b - d) < 0 for gap in drawn.values() for (a, b), (c, d) in combinations(gap, 2)
    )
