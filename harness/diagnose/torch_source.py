"""A program as plain torch code that prints its readings: evidence for a person who doubts torch's answers.

- `torch_source`: writes the code, runs it, and compares the printed values with the answers of the reference.
- `TorchWriter`: writes the steps. `CannotBeSaid`: a step needs more than one line.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from textwrap import indent
from typing import Any

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..engine.library import find_function, find_method
from ..errors import ProgramError
from ..program import (
    DEFAULT,
    Apply,
    Backward,
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
)
from ..program.arrays import Array, answer
from ..program.op_table import find
from ..program.ops import Op
from ..program.transcript import Transcript, default_cotangent
from .python_source import INDENT, Statement, Writer


def torch_source(instance: Instance, reference: Reference) -> str | None:
    """Return the code. It needs the names `inf` and `nan` where a number is one of them.

    None when a step cannot be written in one line of torch, or when the code prints other values than the
    reference gave.
    """
    try:
        written = "\n".join(TorchWriter(instance, reference).lines())
    except (CannotBeSaid, ProgramError):
        return None
    expected = reference(instance)
    if not _prints(written, reference, expected):
        return None
    return written if expected.stop is None else _REFUSAL.format(indent(written, "    "))


_REFUSAL = """\
try:
{}
except Exception as refusal:
    print("torch raises", repr(refusal))"""


class CannotBeSaid(Exception):
    """A step needs more than one line of torch."""


class TorchWriter(Writer):
    """Writes each step as `Writer` does, in torch's own spelling."""

    def __init__(self, instance: Instance, reference: Reference) -> None:
        super().__init__(instance.program)
        self.instance, self.reference, self.depth = instance, reference, 0
        self.labels = iter(instance.program.labels)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the code. CannotBeSaid when a step needs more than one line."""
        yield "import torch"
        yield ""
        yield "torch.set_printoptions(precision=10)"
        for index, step in enumerate(self.program.steps):
            yield from self.step(index, step)

    def step(self, index: int, step: Step) -> Iterator[str]:
        """Yield the lines of a step, of an input too. CannotBeSaid when it needs more than one line."""
        if isinstance(step, Input):
            array = self.instance.inputs[step.name]
            flows = ", requires_grad=True" if step.requires_grad else ""
            yield f"{step.name} = {_tensor(array, flows)}"
            return
        yield from self.write(index, step)
        first = self.program.first_values[index]
        if first in self.program.watched and isinstance(step, Apply | Grad):
            yield f"{self.value(first)}.retain_grad()"

    def no_grad(self, step: NoGrad, raised: bool) -> Iterator[str]:
        """Yield the lines of one end of a stretch, as `Writer` does."""
        if step.begin:
            yield from [f"{INDENT * self.depth}try:"] if raised else []
            self.depth += raised
            yield f"{INDENT * self.depth}with torch.no_grad():"
            self.depth += 1
            return
        yield from [f"{INDENT * self.depth}raise KeyError"] if step.raised else []
        self.depth -= 1 + step.raised
        if step.raised:
            yield f"{INDENT * self.depth}except KeyError:"
            yield f"{INDENT * (self.depth + 1)}pass"

    def value(self, value: Any) -> str:
        """Return a value as `Writer` does, but an array as a tensor."""
        return _tensor(value) if isinstance(value, Array) else super().value(value)

    def call(self, step: Apply) -> str:
        """Return an op as an operator, else as a method or a function. CannotBeSaid if it has none."""
        op = find(step.op)
        assert op is not None, "a checked program has no unknown op"
        if op.operator == "[]=" or (op.results != 1 and step.results == 1):
            raise CannotBeSaid
        shown = [self.value(operand) for operand in step.operands]
        if op.operator in ("bool", "float", "str", "repr"):
            return f"{op.operator}({shown[0]})"
        if op.operator and op.operator != "abs":
            return super().call(step)
        options = [self.value(v) for _, v in step.attributes]
        if not op.has("positional"):
            names = (name for name, _ in step.attributes)
            options = [f"{n}={v}" for n, v in zip(names, options, strict=True)]
        method = self._method(op, step)
        if method is None:
            return f"{_function(op)}({', '.join(shown + options)})"
        if op.has("property"):
            return f"{shown[0]}.{method}"
        return f"{shown[0]}.{method}({', '.join(shown[1:] + options)})"

    def _method(self, op: Op, step: Apply) -> str | None:
        import torch

        if op.has("function") or not step.operands or not isinstance(step.operands[0], Ref):
            return None
        if find_method(op, torch.Tensor) is None:
            return None
        return next(name for name in op.spellings if hasattr(torch.Tensor, name))

    def effect(self, step: Statement) -> str:
        """Return a backward, a gradient or a reading. CannotBeSaid for a step that needs more lines."""
        match step:
            case Backward(root, cotangent, retain, others, inputs) if not others and not inputs:
                options = [
                    *self.cotangent(root, cotangent),
                    *(["retain_graph=True"] if retain else []),
                ]
                return f"{self.value(root)}.backward({', '.join(options)})"
            case Grad(output, inputs, cotangent) if step.plain:
                asked = [self.value(output), self.value(list(inputs))]
                asked += self.cotangent(output, cotangent)
                return f"torch.autograd.grad({', '.join(asked)}, create_graph=True)"
            case ZeroGrad(leaves):
                return " = ".join(f"{self.value(leaf)}.grad" for leaf in leaves) + " = None"
            case Read(what, of, _):
                return self.reading(self.value(of) + ("" if what == "value" else f".{what}"))
            case Backward() | Grad() | SetGrad() | Update():
                raise CannotBeSaid
            case _:
                raise UnknownStep(step)

    def reading(self, shown: str) -> str:
        """Return the line that prints the next reading, which is written as `shown`."""
        return f"print({next(self.labels)!r}, {shown})"

    def cotangent(self, root: Ref, cotangent: Any) -> list[str]:
        """Return the cotangent as an argument: a list of one, or empty when torch needs none."""
        if isinstance(cotangent, Ref):
            return [self.value(cotangent)]
        if cotangent == DEFAULT:
            shape = self.shape(root)
            cotangent = default_cotangent(shape) if shape else None
        return [] if cotangent is None else [f"{_tensor(cotangent)}.to({self.value(root)}.dtype)"]

    def shape(self, node: Ref) -> tuple[int, ...]:
        """Return the shape that a node has when torch runs the program; () when torch raises before."""
        made = [k for k, first in enumerate(self.program.first_values) if first.index <= node.index]
        upto = Program((*self.program.steps[: made[-1] + 1], Read("value", node)))
        (*_, found) = self.reference.ask(replace(self.instance, program=upto)).readings or (None,)
        # When torch raises before the node, the backward is not reached, and no shape is needed.
        return found.shape if isinstance(found, Array) else ()


def _tensor(array: Array, options: str = "") -> str:
    dtype = f"dtype=torch.{array.dtype}"
    if array.size:
        return f"torch.tensor({array.nested()!r}, {dtype}{options})"
    return f"torch.zeros({array.shape!r}, {dtype}{options})"


def _function(op: Op) -> str:
    """Return the dotted name of a function. The order of the modules is that of the torch engine."""
    import torch

    for module in (torch.nn.functional, torch.linalg, torch.special, torch):
        for spelling in op.spellings:
            if find_function(replace(op, torch="", called=spelling, aliases=""), [module]):
                return f"{module.__name__}.{spelling}"
    raise CannotBeSaid


def _prints(written: str, reference: Reference, expected: Transcript) -> bool:
    """True when the code prints the readings of the reference, or raises as the reference raised."""
    readings: list[Any] = []
    engine: Any = reference.engine
    scope: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
    scope["print"] = lambda _, value: readings.append(answer(engine.value(value)))
    raised = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(written, "<torch>", "exec"), scope)
        except Exception:
            raised = True
    if raised != (expected.stop is not None):
        return False
    return repr(tuple(readings)) == repr(expected.readings)
