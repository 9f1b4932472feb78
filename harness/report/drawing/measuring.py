"""The room that a node takes, with its numbers and marks.

- `measured`: a vertex as a node, and the box for the layout.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from .boxes import Box
from .circuit import CHARACTER, LINE, Exit, Node
from .graph import LITERAL, OP, STUB, Vertex
from .labels import Labels

_CIRCLE = 36  # the height of an op
_LOW = 24  # the height of any other node
_STEM = 28  # the shortest wire before the first curve
_ENTRIES = 12  # between two wires that come into one node


def measured(vertex: Vertex, labels: Labels, exits: int, entries: int) -> tuple[Node, Box]:
    """Return the vertex as a node in the upper left corner, and its box, with so many exits and entries."""
    shown = labels.exits(vertex)
    # A literal, and a stub for several values, have an exit without a name.
    shown += [Exit("", 0, 0, 0)] * (exits - len(shown))
    heights, spread = _heights(shown)
    middle = (heights[0] + heights[-1]) // 2 if heights else 0
    low = _CIRCLE if vertex.kind == OP else _LOW
    apart = heights[-1] - heights[0] if heights else 0
    tall = max(low, _ENTRIES * (entries + 1), apart + _LOW)
    wide = max(low, _width(vertex.symbol) + 16)
    node = Node(vertex.kind, vertex.symbol, vertex.about, 0, 0, wide, tall)
    node = replace(
        node, index=labels.index(vertex), mark=labels.mark(vertex), look=labels.look(vertex)
    )
    centre = max(tall // 2, middle) + (LINE if node.above else 0)
    node = replace(
        node,
        y=centre - tall // 2,
        exits=tuple(
            replace(each, x=wide, y=centre - middle + height)
            for each, height in zip(shown, heights, strict=True)
        ),
    )
    first = centre - (entries - 1) * _ENTRIES // 2
    box = Box(
        max(wide + max(map(_stem, shown), default=0), _width(node.above)),
        centre + max(tall - tall // 2, spread - middle),
        tuple(first + k * _ENTRIES for k in range(entries)),
        tuple(each.y for each in node.exits),
        late=vertex.kind in (LITERAL, STUB),
    )
    return node, box


def _heights(exits: Sequence[Exit]) -> tuple[list[int], int]:
    """Return the heights of the wires that go out, below one another with their numbers, and that of all."""
    heights, spread = [], 0
    for exit in exits:
        above = bool(exit.value.torch) + bool(exit.value.engine)
        below = bool(exit.grad.torch) + bool(exit.grad.engine)
        heights.append(spread + above * LINE + 4)
        spread = heights[-1] + below * LINE + 4
    return heights, spread


def _stem(exit: Exit) -> int:
    """Return the length of the wire beside which the numbers of a value stand."""
    return max(_STEM, max((_width(text.text) for text in exit.texts()), default=0) + 10)


def _width(text: str) -> int:
    return math.ceil(len(text) * CHARACTER)
