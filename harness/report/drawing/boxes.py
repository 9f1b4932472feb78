"""What a layout works on: boxes, and the parts of wires between them.

- `Box`: what takes room. `Segment`: a part of a wire. `Columns`: the boxes of each column, from above.
"""

from __future__ import annotations

from dataclasses import dataclass


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
class Segment:
    """A part of a wire, between boxes of adjacent columns. `leaves` and `enters` are heights in the boxes."""

    left: int
    leaves: int
    right: int
    enters: int


# By their numbers.
Columns = list[list[int]]
