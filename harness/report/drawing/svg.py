"""A circuit as SVG: text that can be selected, in colours for light and for dark.

- `svg`: the document. `inside`: the drawing as a part of a page, which has `STYLE`: the colours, by the
  classes of `harness.report.drawing.circuit`.
"""

from __future__ import annotations

import textwrap
from xml.etree import ElementTree

from .circuit import CHARACTER, LINE, Circuit, Node, Text

_NARROWEST = 560  # so that the sentences below a small circuit do not become a tower
_OF_NOTE = 6.7  # the width of a character of a note
STYLE = """
.circuit text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1b1f24; }
.circuit .title { font-weight: bold; }
.circuit .note, .circuit .index { font-size: 11px; fill: #59636e; }
.circuit .paper { fill: #ffffff; }
.circuit .wire, .circuit .stem { fill: none; stroke: #59636e; stroke-width: 1.3; }
.circuit .dashed, .circuit .constant .stem, .circuit .literal .stem { stroke-dasharray: 4 3; }
.circuit .node rect { fill: #ffffff; stroke: #1b1f24; stroke-width: 1.3; }
.circuit .leaf rect { fill: #eef1f5; }
.circuit .constant rect, .circuit .literal rect { stroke: #59636e; stroke-dasharray: 4 3; }
.circuit .stub rect { stroke: none; }
.circuit .look rect { stroke: #c0135e; stroke-width: 3.5; }
.circuit .symbol { text-anchor: middle; }
.circuit .value { fill: #11702a; }
.circuit .grad { fill: #c62020; }
.circuit .wrong { font-weight: bold; }
.circuit .mark { fill: #c0135e; font-weight: bold; }
@media screen and (prefers-color-scheme: dark) {
.circuit text { fill: #e6edf3; }
.circuit .note, .circuit .index { fill: #9aa4af; }
.circuit .paper, .circuit .node rect { fill: #0d1117; }
.circuit .leaf rect { fill: #1c2430; }
.circuit .wire, .circuit .stem, .circuit .constant rect, .circuit .literal rect { stroke: #9aa4af; }
.circuit .node rect { stroke: #e6edf3; }
.circuit .look rect { stroke: #ff7eb6; }
.circuit .value { fill: #56d364; }
.circuit .grad { fill: #ff7b72; }
.circuit .mark { fill: #ff7eb6; }
}
"""


def svg(circuit: Circuit) -> str:
    """Return the SVG document. It has no script, needs no other file, and scales by its viewBox."""
    width = max(circuit.width, _NARROWEST)
    title = _wrapped(circuit.title, width, CHARACTER)
    below = [line for note in circuit.notes for line in _wrapped(note, width, _OF_NOTE)]
    top = LINE * len(title) + 8
    bottom = top + circuit.height
    root = _root(circuit, width, bottom + LINE * len(below) + 8)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    _add(root, "style", STYLE)
    _lines(root, title, 6, "title")
    _drawn(circuit, _add(root, "g", transform=f"translate(0 {top})"))
    _lines(root, below, bottom, "note")
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode") + "\n"


def inside(circuit: Circuit) -> str:
    """Return the drawing as an element of HTML: without style, and without the sentences below it."""
    root = _root(circuit, circuit.width, circuit.height)
    _drawn(circuit, root)
    return ElementTree.tostring(root, encoding="unicode")


def _drawn(circuit: Circuit, drawing: ElementTree.Element) -> None:
    for wire in circuit.wires:
        _add(drawing, "path", **{"class": wire.role, "d": wire.path})
    for node in circuit.nodes:
        _node(drawing, node)


def _root(circuit: Circuit, width: int, height: int) -> ElementTree.Element:
    sizes = {"viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height)}
    root = ElementTree.Element("svg", {"class": "circuit", "role": "img", **sizes})
    _add(root, "title", circuit.title)
    _add(root, "desc", " ".join(f"{node.spoken}." for node in circuit.nodes))
    _add(root, "rect", **{"class": "paper", "width": "100%", "height": "100%"})
    return root


def _lines(root: ElementTree.Element, lines: list[str], top: int, role: str) -> None:
    for number, line in enumerate(lines, 1):
        _text(root, Text(14, top + LINE * number, role, line))


def _node(drawing: ElementTree.Element, node: Node) -> None:
    group = _add(drawing, "g", **{"class": node.role})
    _add(group, "title", node.spoken)
    for exit in node.exits:
        _add(group, "path", **{"class": "stem", "d": exit.path})
    names = ("x", "y", "width", "height", "rx")
    sizes = (node.x, node.y, node.width, node.height, node.corner)
    _add(group, "rect", **dict(zip(names, map(str, sizes), strict=True)))
    for text in node.texts():
        _text(group, text)


def _text(parent: ElementTree.Element, text: Text) -> None:
    _add(parent, "text", text.text, **{"x": str(text.x), "y": str(text.y), "class": text.role})


def _add(
    parent: ElementTree.Element, tag: str, text: str = "", **attributes: str
) -> ElementTree.Element:
    made = ElementTree.SubElement(parent, tag, attributes)
    # The text is escaped when it is written.
    made.text = text or None
    return made


def _wrapped(text: str, width: int, character: float) -> list[str]:
    return textwrap.wrap(text, int((width - 28) / character))
