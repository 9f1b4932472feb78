"""The heights of the boxes in their columns, near to their neighbours: the fourth step of the layout.

- `tops`: the height of each box.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from .boxes import Box, Columns, Segment

_DISTANCE = 12  # between two boxes of a column
_SWEEPS = 24
_STILL = 0.2  # pixels by which no box moves in the last sweep


def tops(columns: Columns, items: Sequence[Box], segments: Sequence[Segment]) -> list[int]:
    """Return the height of each box: as near to its neighbours as its column allows, from 0 on."""
    before: dict[int, list[tuple[int, int]]] = {}
    after: dict[int, list[tuple[int, int]]] = {}
    for each in segments:
        before.setdefault(each.right, []).append((each.left, each.leaves - each.enters))
        after.setdefault(each.left, []).append((each.right, each.enters - each.leaves))
    both = {k: [*before.get(k, ()), *after.get(k, ())] for k in (*before, *after)}
    found = [0.0] * len(items)
    for sweep in range(_SWEEPS):
        earlier = list(found)
        for column in columns if sweep % 2 == 0 else reversed(columns):
            _settle(column, items, found, both)
        if all(abs(a - b) < _STILL for a, b in zip(earlier, found, strict=True)):
            break
    # The sweeps do not quite end. A last one makes a chain straight.
    for column in columns:
        _settle(column, items, found, before)
    # The same offsets are added after rounding, so that rounding brings no two boxes nearer.
    rounded = [0] * len(items)
    for column in columns:
        for k, offset in zip(column, _stacked(column, items), strict=True):
            rounded[k] = round(found[k] - offset) + offset
    highest = min(rounded, default=0)
    return [top - highest for top in rounded]


def _settle(
    column: Sequence[int],
    items: Sequence[Box],
    tops: list[float],
    pulls: Mapping[int, Sequence[tuple[int, int]]],
) -> None:
    """Move the boxes of a column as near as they may to where others, at some distance, pull them."""
    stacked = _stacked(column, items)
    wanted = [
        fmean([tops[other] + moved for other, moved in pulls.get(k, [(k, 0)])]) - offset
        for k, offset in zip(column, stacked, strict=True)
    ]
    for k, offset, top in zip(column, stacked, _isotonic(wanted), strict=True):
        tops[k] = top + offset


def _stacked(column: Iterable[int], items: Sequence[Box]) -> list[int]:
    """Return the heights of the boxes of a column that stand as near to each other as they may."""
    found, height = [], 0
    for k in column:
        found.append(height)
        height += items[k].height + _DISTANCE
    return found


def _isotonic(wanted: Iterable[float]) -> list[float]:
    """Return the numbers in ascending order that are nearest to these by least squares."""
    blocks: list[tuple[float, int]] = []
    for number in wanted:
        total, count = number, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            total, count = total + blocks[-1][0], count + blocks[-1][1]
            blocks.pop()
        blocks.append((total, count))
    return [total / count for total, count in blocks for _ in range(count)]
