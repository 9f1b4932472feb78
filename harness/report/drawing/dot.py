"""A circuit in the language of Graphviz, which places it anew.

- `dot`: the text of a `.dot` file.
"""

from __future__ import annotations

from collections.abc import Iterator

from .circuit import Circuit, Node
from .graph import CONSTANT, LEAF, LITERAL, STUB

_SHAPES = {LEAF: "box", CONSTANT: "box", LITERAL: "plaintext", STUB: "plaintext"}


def dot(circuit: Circuit) -> str:
    """Return the circuit as a directed graph from left to right. The sentences below it are comments."""
    lines = ["digraph circuit {", "  rankdir=LR;", f"  label={_quoted(circuit.title)};"]
    lines += [f"  // {note}" for note in circuit.notes]
    lines += [f"  n{k} [{', '.join(_attributes(node))}];" for k, node in enumerate(circuit.nodes)]
    for wire in circuit.wires:
        style = " [style=dashed]" if wire.dashed else ""
        lines.append(f"  n{wire.source} -> n{wire.target}{style};")
    return "\n".join([*lines, "}"]) + "\n"


def _attributes(node: Node) -> Iterator[str]:
    yield f"label={_quoted(*node.lines())}"
    yield f"tooltip={_quoted(node.spoken)}"
    yield f"shape={_SHAPES.get(node.kind, 'ellipse')}"
    if node.kind == CONSTANT:
        yield "style=dashed"
    if node.look or node.mark:
        yield "penwidth=3"


def _quoted(*lines: str) -> str:
    r"""A quoted text of several lines. A quote would end it, and `\N` would be the name of the node."""
    escaped = (line.replace("\\", "\\\\").replace('"', '\\"') for line in lines)
    return '"' + r"\n".join(escaped) + '"'
