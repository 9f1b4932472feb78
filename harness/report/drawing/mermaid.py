"""A circuit in the language of Mermaid, which GitHub and many editors draw in Markdown.

- `mermaid`: the text of a `.mmd` file.
"""

from __future__ import annotations

from .circuit import Circuit, Node
from .graph import CONSTANT, LITERAL, OP, STUB

_STYLES = {
    CONSTANT: "stroke-dasharray:4 3",
    LITERAL: "stroke-dasharray:4 3",
    STUB: "stroke:none",
}


def mermaid(circuit: Circuit) -> str:
    """Return the circuit as a flowchart from left to right."""
    lines = ["flowchart LR"]
    for k, node in enumerate(circuit.nodes):
        opening, closing = "()" if node.kind == OP else "[]"
        lines.append(f'  n{k}{opening}"{_label(node)}"{closing}')
        style = "stroke-width:4px" if node.look or node.mark else _STYLES.get(node.kind)
        if style:
            lines.append(f"  style n{k} {style}")
    for wire in circuit.wires:
        lines.append(f"  n{wire.source} {'-.->' if wire.dashed else '-->'} n{wire.target}")
    return "\n".join(lines) + "\n"


def _label(node: Node) -> str:
    return "<br>".join(map(_escaped, node.lines()))


def _escaped(text: str) -> str:
    """The text, in which every sign that could be markup is written by its number."""
    return "".join(c if c.isalnum() or c in " ." else f"#{ord(c)};" for c in text)
