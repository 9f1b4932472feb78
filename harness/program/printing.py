"""A program as text for people.

- `text`: the whole. `step_text`: a step. `call_text`: an op. `operand_text`: an operand or an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import (
    Apply,
    Backward,
    Default,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    Step,
    UnknownStep,
    Update,
    ZeroGrad,
    defined_by,
)
from .arrays import Array
from .op_table import op_named
from .ops import INFIX

_GRAD_OPTIONS = ("create_graph", "allow_unused", "materialize_grads")


def text(program: Program) -> str:
    """The program as text, one line for each step. UnknownStep for an unknown kind of step."""
    return "\n".join(step_text(program, index) for index in range(len(program.steps)))


def step_text(program: Program, index: int) -> str:
    """One step as text, with the references that it defines on the left.

    IndexError when there is no such step. UnknownStep for an unknown kind of step.
    """
    step, first = program.steps[index], program.first_values[index].index
    defined = ", ".join(f"%{first + k}" for k in range(defined_by(step)))
    return f"{defined} = {_body(step)}" if defined else _body(step)


def _body(step: Step) -> str:
    match step:
        case Input(name, requires_grad):
            return f"input {name}" + ("" if requires_grad else " (constant)")
        case Apply():
            return call_text(step)
        case Grad():
            return _grad(step)
        case Backward():
            return _backward(step)
        case SetGrad(leaf, gradient):
            return f"set grad {leaf} to {gradient}"
        case ZeroGrad(leaves):
            return f"zero_grad {_list(leaves)}"
        case NoGrad(begin, raised):
            return f"no_grad {'begin' if begin else 'end by an exception' if raised else 'end'}"
        case Update(leaves, rule, settings):
            options = ", ".join(f"{name}={value:g}" for name, value in settings)
            return f"update {_list(leaves)} by {rule}({options})"
        case Read(what, of, _):
            return f"read {what} {of}"
        case _:
            raise UnknownStep(step)


def _grad(step: Grad) -> str:
    asked = [name for name in _GRAD_OPTIONS if getattr(step, name)]
    said = "" if step.plain else f" ({', '.join(asked) or 'no graph'})"
    return f"grad {step.output} by {_list(step.inputs)}" + _cotangent(step.cotangent) + said


def _backward(step: Backward) -> str:
    line = f"backward {_list((step.root, *step.others))}" + _cotangent(step.cotangent)
    line += f" to {_list(step.inputs)} alone" if step.inputs else ""
    return line + (" retain_graph" if step.retain_graph else "")


def call_text(step: Apply, names: Mapping[Ref, str] | None = None) -> str:
    """The op as it would be written, `2 - %0` or `sum(%0, dim=0)`; `names` may replace references."""
    op = op_named(step.op)
    operator = op.operator
    shown = [operand_text(operand, names) for operand in step.operands]
    if operator in INFIX and len(shown) == 2:
        return f"{shown[0]} {operator} {shown[1]}"
    if operator == "[]":
        return f"{shown[0]}[{operand_text(step.attributes[0][1], names)}]"
    if operator == "-x":
        return f"-{shown[0]}"
    shown += [f"{name}={operand_text(value, names)}" for name, value in step.attributes]
    return f"{op.called or step.op}({', '.join(shown)})"


def operand_text(operand: Any, names: Mapping[Ref, str] | None = None) -> str:
    """An operand or the value of an attribute as it would be written; `names` may replace references."""
    if isinstance(operand, Ref):
        return (names or {}).get(operand, str(operand))
    if isinstance(operand, list | tuple):
        inner = ", ".join(operand_text(part, names) for part in operand)
        if isinstance(operand, list):
            return f"[{inner}]"
        return f"({inner},)" if len(operand) == 1 else f"({inner})"
    if isinstance(operand, slice):
        parts = [operand.start, operand.stop, *([operand.step] if operand.step is not None else [])]
        return ":".join("" if part is None else operand_text(part, names) for part in parts)
    if operand is ...:
        return "..."
    return f"array{operand}" if isinstance(operand, Array) else repr(operand)


def _list(refs: tuple[Ref, ...]) -> str:
    return ", ".join(map(str, refs))


def _cotangent(cotangent: Default | Ref | Array | None) -> str:
    if isinstance(cotangent, Default):
        return ""
    return (
        " without cotangent" if cotangent is None else f" with cotangent {operand_text(cotangent)}"
    )
