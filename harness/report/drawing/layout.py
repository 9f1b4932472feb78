"""A layered layout: boxes in columns, wires from left to right, and few crossings.

- `placed`: gives each box and each wire its place. `Link`: a wire. `Layout`: the places.

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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .boxes import Box, Columns, Segment
from .heights import tops
from .ordering import ordered

_GAP = 44  # between two columns


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
    columns = ordered(columns, items, segments)
    heights = tops(columns, items, segments)
    widths = [max((items[item].width for item in column), default=0) for column in columns]
    lefts = [sum(widths[:k]) + k * _GAP for k in range(len(widths))]

    def route(path: Sequence[Segment]) -> Iterator[Point]:
        for part in path:
            yield (
                lefts[ranks[part.left]] + widths[ranks[part.left]],
                heights[part.left] + part.leaves,
            )
            yield lefts[ranks[part.right]], heights[part.right] + part.enters

    return Layout(
        width=lefts[-1] + widths[-1],
        height=max((heights[k] + box.height for k, box in enumerate(items)), default=0),
        corners=tuple((lefts[ranks[k]], heights[k]) for k in range(len(boxes))),
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
) -> tuple[list[Box], list[list[Segment]]]:
    """Return the boxes with the lanes after them, and for each link its segments. `ranks` grows, too.

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
            path.append(Segment(at, height, lanes[key], _LANE.entries[0]))
            at, height = lanes[key], _LANE.exits[0]
        path.append(Segment(at, height, link.target, target.entries[link.entry]))
        paths.append(path)
    return items, paths
