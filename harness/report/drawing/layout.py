"""A layered layout: boxes in columns, wires from left to right, and few crossings.

- `placed`: gives each box and each wire its place. `Box`, `Link`: what is placed. `Layout`: the places.

The method is that of K. Sugiyama, S. Tagawa and M. Toda, "Methods for Visual Understanding of Hierarchical
System Structures", IEEE Transactions on Systems, Man, and Cybernetics 11 (1981), 109-125:

1. The column of a box is the length of the longest path to it.
2. A wire over several columns gets a lane in each column between.
3. The order in a column follows the mean place of the neighbours (the barycentre), in several sweeps.
4. The heights follow the neighbours too, as near as the order and the distances allow. For one column this
   is an isotonic regression, which pooling of adjacent violators solves.

The result depends on nothing but the boxes and links, and all of its numbers are integers, in pixels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

_GAP = 44  # between two columns
_DISTANCE = 12  # between two boxes of a column
_ORDER_SWEEPS = 8
_HEIGHT_SWEEPS = 24


@dataclass(frozen=True)
class Box:
    """What takes room: a width and a height, and the heights at which wires go in and out, from its top.

    A box that is `late` stands directly before its first reader; any other box without an entry stands in the
    first column.
    """

    width: int
    height: int
    entries: tuple[int, ...] = ()
    exits: tuple[int, ...] = ()
    late: bool = False


@dataclass(frozen=True)
class Link:
    """A wire from an exit of the box `source` to an entry of the box `target`, which comes later."""

    source: int
    exit: int
    target: int
    entry: int


Point = tuple[int, int]


@dataclass(frozen=True)
class Layout:
    """The places. `corners` are the upper left corners of the boxes, `ends` the right ends of their columns.

    A route has an even number of points: it is a curve from the first of each pair to the second one, in the
    gap between two columns, and a straight line from pair to pair.
    """

    width: int
    height: int
    corners: tuple[Point, ...]
    ends: tuple[int, ...]
    routes: tuple[tuple[Point, ...], ...]


@dataclass(frozen=True)
class _Segment:
    """A part of a wire, between boxes of adjacent columns. `leaves` and `enters` are heights in the boxes."""

    left: int
    leaves: int
    right: int
    enters: int


Columns = list[list[int]]
_LANE = Box(0, 16, (8,), (8,))


def placed(boxes: Sequence[Box], links: Sequence[Link]) -> Layout:
    """Give each box and each link its place. No two boxes overlap, and no wire crosses a box.

    Each link leads from an earlier box to a later one.
    """
    ranks = _ranks(boxes, links)
    items, paths = _with_lanes(boxes, links, ranks)
    segments = list(dict.fromkeys(each for path in paths for each in path))
    columns: Columns = [[] for _ in range(max(ranks, default=0) + 1)]
    for item, rank in enumerate(ranks):
        columns[rank].append(item)
    columns = _ordered(columns, items, segments)
    tops = _tops(columns, items, segments)
    widths = [max((items[item].width for item in column), default=0) for column in columns]
    lefts = [sum(widths[:k]) + k * _GAP for k in range(len(widths))]

    def route(path: Sequence[_Segment]) -> Iterator[Point]:
        for part in path:
            yield lefts[ranks[part.left]] + widths[ranks[part.left]], tops[part.left] + part.leaves
            yield lefts[ranks[part.right]], tops[part.right] + part.enters

    return Layout(
        width=lefts[-1] + widths[-1],
        height=max((tops[k] + box.height for k, box in enumerate(items)), default=0),
        corners=tuple((lefts[ranks[k]], tops[k]) for k in range(len(boxes))),
        ends=tuple(lefts[ranks[k]] + widths[ranks[k]] for k in range(len(boxes))),
        routes=tuple(tuple(route(path)) for path in paths),
    )


def _ranks(boxes: Sequence[Box], links: Sequence[Link]) -> list[int]:
    """Return the column of each box: the length of the longest path to it."""
    ranks = [0] * len(boxes)
    for link in sorted(links, key=lambda link: link.target):
        ranks[link.target] = max(ranks[link.target], ranks[link.source] + 1)
    for index, box in enumerate(boxes):
        readers = [ranks[link.target] for link in links if link.source == index]
        if box.late and readers:
            ranks[index] = min(readers) - 1
    return ranks


def _with_lanes(
    boxes: Sequence[Box], links: Sequence[Link], ranks: list[int]
) -> tuple[list[Box], list[list[_Segment]]]:
    """Return the boxes with the lanes behind them, and for each link its segments. `ranks` grows, too.

    The wires of one value share their lanes.
    """
    items, lanes = list(boxes), dict[tuple[int, int, int], int]()
    paths = []
    for link in links:
        source, target = boxes[link.source], boxes[link.target]
        at, height = link.source, source.exits[link.exit]
        path = []
        for rank in range(ranks[link.source] + 1, ranks[link.target]):
            key = link.source, link.exit, rank
            if key not in lanes:
                lanes[key] = len(items)
                items.append(_LANE)
                ranks.append(rank)
            path.append(_Segment(at, height, lanes[key], _LANE.entries[0]))
            at, height = lanes[key], _LANE.exits[0]
        path.append(_Segment(at, height, link.target, target.entries[link.entry]))
        paths.append(path)
    return items, paths


def _ordered(columns: Columns, items: Sequence[Box], segments: Sequence[_Segment]) -> Columns:
    """Return the columns in the order with the fewest crossings that the sweeps find."""
    best, fewest = columns, _crossings(columns, items, segments)
    for sweep in range(_ORDER_SWEEPS):
        columns = list(columns)
        forwards = sweep % 2 == 0
        for rank in range(len(columns)) if forwards else reversed(range(len(columns))):
            columns[rank] = _by_barycentre(columns, rank, items, segments, forwards)
        count = _crossings(columns, items, segments)
        if count < fewest:
            best, fewest = columns, count
    return best


def _by_barycentre(
    columns: Columns, rank: int, items: Sequence[Box], segments: Sequence[_Segment], forwards: bool
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


def _crossings(columns: Columns, items: Sequence[Box], segments: Sequence[_Segment]) -> int:
    place, rank = _Places(columns, items), {k: r for r, c in enumerate(columns) for k in c}
    drawn: dict[int, list[tuple[float, float]]] = {}
    for each in segments:
        ends = place.of(each.left, each.leaves), place.of(each.right, each.enters)
        drawn.setdefault(rank[each.left], []).append(ends)
    return sum(
        (a - c) * (b - d) < 0 for gap in drawn.values() for (a, b), (c, d) in combinations(gap, 2)
    )


def _tops(columns: Columns, items: Sequence[Box], segments: Sequence[_Segment]) -> list[int]:
    """Return the height of each box: as near to its neighbours as its column allows, from 0 on."""
    before: dict[int, list[tuple[int, int]]] = {}
    after: dict[int, list[tuple[int, int]]] = {}
    for each in segments:
        before.setdefault(each.right, []).append((each.left, each.leaves - each.enters))
        after.setdefault(each.left, []).append((each.right, each.enters - each.leaves))
    both = {k: [*before.get(k, ()), *after.get(k, ())] for k in (*before, *after)}
    tops = [0.0] * len(items)
    for sweep in range(_HEIGHT_SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            _settle(column, items, tops, both)
    # The sweeps do not quite end. A last one makes a chain straight.
    for column in columns:
        _settle(column, items, tops, before)
    # The same offsets are added after rounding, so that rounding brings no two boxes nearer.
    rounded = [0] * len(items)
    for column in columns:
        for k, offset in zip(column, _stacked(column, items), strict=True):
            rounded[k] = round(tops[k] - offset) + offset
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
