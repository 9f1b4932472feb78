"""The words in the nodes of a drawing: the symbol of an op, and a literal.

- `symbol`: the text in the node of a step. `in_symbol`: true when this text holds the step's literal.
- `literal`: the text in the node of a literal. `shortened`: a text, cut to what a node has room for.
"""

from __future__ import annotations

from ...program import Apply, Grad, Input, refs_in
from ...program.arrays import Array
from ...program.op_table import op_named
from ...program.ops import INFIX
from ...program.printing import operand_text
from ...text import words

_LONGEST = 22  # characters in a node
_SYMBOLS = {"sigmoid": "σ", "sum": "Σ"}
# A literal on the right of these is one gate with the op, as in the lecture: `+1`, `*-1`, `**-1`.
_WITHOUT_X = ("+", "*", "/", "**")


def symbol(step: Input | Apply | Grad) -> str:
    """The text in the node of a step: the name of an input, `*`, `+1`, `1/x`, `σ`, `relu`, `sum dim=0`."""
    if isinstance(step, Input):
        return shortened(step.name)
    if isinstance(step, Grad):
        return "grad"
    op = op_named(step.op)
    if in_symbol(step):
        return shortened(_gate(step, op.operator))
    if op.operator == "[]":
        return shortened(f"[{operand_text(step.attributes[0][1])}]")
    if op.operator in INFIX or op.operator == "-x":
        return op.operator
    own = _SYMBOLS.get(step.op) or op.called or step.op
    others = [
        operand_text(operand)
        for operand in step.operands
        if not isinstance(operand, int | float | Array) and not any(refs_in(operand))
    ]
    others += [f"{name}={operand_text(value)}" for name, value in step.attributes]
    return shortened(" ".join((own, *others)))


def in_symbol(step: Apply) -> bool:
    """True for an infix op on one value and one number, which are drawn as one gate."""
    numbers = [isinstance(operand, int | float) for operand in step.operands]
    return len(numbers) == 2 and any(numbers) and op_named(step.op).operator in INFIX


def _gate(step: Apply, operator: str) -> str:
    left, right = step.operands
    if isinstance(right, int | float):
        return f"{'' if operator in _WITHOUT_X else 'x'}{operator}{literal(right)}"
    assert isinstance(left, int | float)
    return f"{literal(left)}{operator}{'' if operator in '+*' else 'x'}"


def literal(value: float | Array) -> str:
    """The text of a literal: a number as short as it can be, an array by its first numbers."""
    return shortened(str(value) if isinstance(value, int) else format(value, "g"))


def shortened(text: str) -> str:
    """The text on one line, printable, and cut to what a node has room for."""
    shown = words(text)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
