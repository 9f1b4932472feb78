"""A circuit: a program with its numbers, as in a lecture, with a place for everything.

- `Circuit`: what is drawn. `Circuit.to_json` is for a program that draws it and knows nothing of layouts.
- `Node`, `Exit`, `Wire`, `Text`: its parts.

Leaves stand at the left, and each wire leads from a value to an op that reads it. The value is written above
the wire, the gradient below it. Coordinates are integers, in pixels, from the upper left corner.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .layout import Point
from .numbers import NO_NUMBER, Number

LINE = 15  # the height of a line of text
CHARACTER = 7.3  # the width of a character of 12 pixels in a font of one width


@dataclass(frozen=True)
class Text:
    """A text at a place. Its role is its class in CSS: symbol, value, grad, index or mark.

    "wrong" beside it marks a number of the engine. A symbol is centred on its place; any other text begins
    there. The place is on the base line.
    """

    x: int
    y: int
    role: str
    text: str


@dataclass(frozen=True)
class Exit:
    """A value that goes out of a node: its name in the program, its wire up to `end`, and its numbers."""

    ref: str
    x: int
    y: int
    end: int
    value: Number = NO_NUMBER
    grad: Number = NO_NUMBER

    @property
    def path(self) -> str:
        """The wire as the path of an SVG."""
        return f"M{self.x} {self.y}H{self.end}"

    def texts(self) -> Iterator[Text]:
        """The numbers: torch's beside the wire, and the engine's beyond it where they differ."""
        rows = (("value", self.value, self.y - 4, -LINE), ("grad", self.grad, self.y + 13, LINE))
        for role, shown, height, further in rows:
            if shown.torch:
                yield Text(self.x + 4, height, role, shown.torch)
            if shown.engine:
                yield Text(self.x + 4, height + further, f"{role} wrong", f"✗ {shown.engine}")


@dataclass(frozen=True)
class Node:
    """A node: its kind (leaf, constant, literal, op or stub), its shape, and what goes out of it.

    `about` is its whole line. `index` and `mark` are written above it: its value's name in the program, and
    words such as "first wrong value". `look` is true for the ops in which the mistake is to be looked for.
    """

    kind: str
    symbol: str
    about: str
    x: int
    y: int
    width: int
    height: int
    exits: tuple[Exit, ...] = ()
    index: str = ""
    mark: str = ""
    look: bool = False

    @property
    def role(self) -> str:
        """Its classes in CSS."""
        return f"node {self.kind} look" if self.look else f"node {self.kind}"

    @property
    def above(self) -> str:
        """What is written above it, on one line."""
        return f"{self.index} {self.mark}".strip()

    @property
    def corner(self) -> int:
        """The radius of its corners; a node with a short symbol is a circle."""
        return min(self.width, self.height, 36) // 2

    @property
    def spoken(self) -> str:
        """Its line and its numbers, for a person who cannot see the drawing, or who points at the node."""
        parts = [self.about, self.mark]
        for each in self.exits:
            for what, shown in (("value", each.value), ("gradient", each.grad)):
                parts += [shown.torch and f"{what} {shown.torch}"]
                parts += [shown.engine and f"the engine's {what} {shown.engine}"]
        return ", ".join(filter(None, parts))

    def lines(self) -> Iterator[str]:
        """All texts below one another, for a drawing in which they have no places of their own."""
        yield self.symbol
        for text in self.texts():
            if text.role != "symbol":
                yield f"grad {text.text}" if text.role.startswith("grad") else text.text

    def texts(self) -> Iterator[Text]:
        """All texts in the node and beside it."""
        yield Text(self.x + self.width // 2, self.y + self.height // 2 + 4, "symbol", self.symbol)
        if self.above:
            numbers = (text.y - LINE + 3 for each in self.exits for text in each.texts())
            role = "mark" if self.mark else "index"
            yield Text(self.x, min([self.y, *numbers]) - 4, role, self.above)
        for each in self.exits:
            yield from each.texts()


@dataclass(frozen=True)
class Wire:
    """A wire from an exit of one node to another node. `dashed` where no gradient can come back."""

    source: int
    exit: int
    target: int
    points: tuple[Point, ...]
    dashed: bool = False

    @property
    def role(self) -> str:
        """Its classes in CSS."""
        return "wire dashed" if self.dashed else "wire"

    @property
    def path(self) -> str:
        """The wire as the path of an SVG: curves between the columns, straight lines through them."""
        parts = []
        for (x0, y0), (x1, y1) in zip(self.points[::2], self.points[1::2], strict=True):
            middle = (x0 + x1) // 2
            parts.append(f"{x0} {y0}C{middle} {y0} {middle} {y1} {x1} {y1}")
        return f"M{'L'.join(parts)}"


@dataclass(frozen=True)
class Circuit:
    """A drawing: its title, the sentences below it, its size, and its parts with their places."""

    title: str
    notes: tuple[str, ...]
    width: int
    height: int
    nodes: tuple[Node, ...]
    wires: tuple[Wire, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON object from which a script draws the circuit as SVG, element by element.

        Draw the wires first, then each node as a group with the class `role` and a `<title>`. All numbers are
        integers, in pixels. A role is a list of CSS classes, separated by blanks. `STYLE`, in
        `harness.report.drawing.svg`, has their colours.

            {"title": text, "notes": [text, ...], "width": 640, "height": 300,
             "wires": [[path, role], ...],
             "nodes": [{"role": role, "title": text, "rect": [x, y, width, height, rx],
                        "stems": [path, ...], "texts": [[x, y, role, text], ...]}, ...]}

        A path is the `d` of a `<path>`. A text stands on the base line `y`. With the role symbol it is
        centred on `x`, with any other it begins there. No text is markup: put it in as text.
        """
        return {
            "title": self.title,
            "notes": list(self.notes),
            "width": self.width,
            "height": self.height,
            "wires": [[wire.path, wire.role] for wire in self.wires],
            "nodes": [
                {
                    "role": node.role,
                    "title": node.spoken,
                    "rect": [node.x, node.y, node.width, node.height, node.corner],
                    "stems": [each.path for each in node.exits],
                    "texts": [[text.x, text.y, text.role, text.text] for text in node.texts()],
                }
                for node in self.nodes
            ],
        }
