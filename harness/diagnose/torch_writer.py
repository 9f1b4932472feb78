"""The steps of a program as lines of torch.

- `TorchWriter`: writes the steps. `CannotBeSaid`: a step has no line of torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..engine.library import find_function, find_method
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
from ..program.arrays import Array
from ..program.op_table import find
from ..program.ops import Op
from ..program.transcript import default_cotangent
from .python_source import INDENT, Statement, Writer


class CannotBeSaid(Exception):
    """A step has no line of torch, as a step of an optimizer: the harness computes it itself."""


class TorchWriter(Writer):
    """Writes each step as `Writer` does, in torch's own spelling."""

    def __init__(self, instance: Instance, reference: Reference) -> None:
        super().__init__(instance.program)
        self.instance, self.reference, self.depth = instance, reference, 0
        self.labels = iter(instance.program.labels)

    def lines(self) -> Iterator[str]:
        """Yield the lines of the code. CannotBeSaid when a step has none."""
        yield "import torch"
        yield ""
        yield "torch.set_printoptions(precision=10)"
        for index, step in enumerate(self.program.steps):
            yield from self.step(index, step)

    def step(self, index: int, step: Step) -> Iterator[str]:
        """Yield the lines of a step, of an input too. CannotBeSaid when it has none."""
        if isinstance(step, Input):
            array = self.instance.inputs[step.name]
            flows = ", requires_grad=True" if step.requires_grad else ""
            yield f"{step.name} = {_tensor(array, flows)}"
            return
        first = self.program.first_values[index]
        if isinstance(step, Apply) and (changed := self._changed(step)):
            yield f"{INDENT * self.depth}{changed}"
            self.names = {**self.names, first: self.value(step.operands[0])}
        else:
            yield from self.write(index, step)
        if first in self.program.watched and isinstance(step, Apply | Grad):
            yield f"{self.value(first)}.retain_grad()"

    def _changed(self, step: Apply) -> str:
        """Return the line of a change whose result is its first operand itself; "" for any other op."""
        op, of = find(step.op), self.value(step.operands[0]) if step.operands else ""
        if op is not None and op.operator == "[]=":
            return f"{of}[{self.subscript(step.attributes[0][1])}] = {self.value(step.operands[1])}"
        if op is not None and op.has("hook"):
            factor = self.value(step.attributes[0][1])
            return f"{of}.register_hook(lambda gradient: gradient * {factor})"
        return ""

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
        if op.results != 1 and step.results == 1:
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
        """Return a backward, a gradient or a reading. CannotBeSaid for a step of an optimizer."""
        match step:
            case Backward():
                return self._backward(step)
            case Grad():
                asked = [self.value(step.output), self.value(list(step.inputs))]
                asked += self.cotangent(step.output, step.cotangent)
                options = ("create_graph", "allow_unused", "materialize_grads")
                asked += [f"{name}=True" for name in options if getattr(step, name)]
                return f"torch.autograd.grad({', '.join(asked)})"
            case SetGrad(leaf, gradient):
                return f"{self.value(leaf)}.grad = {self.value(gradient)}"
            case ZeroGrad(leaves):
                return " = ".join(f"{self.value(leaf)}.grad" for leaf in leaves) + " = None"
            case Read(what, of, _):
                return self.reading(self.value(of) + ("" if what == "value" else f".{what}"))
            case Update():
                raise CannotBeSaid
            case _:
                raise UnknownStep(step)

    def _backward(self, step: Backward) -> str:
        given = self.cotangent(step.root, step.cotangent)
        options = ["retain_graph=True"] if step.retain_graph else []
        options += [f"inputs={self.value(list(step.inputs))}"] if step.inputs else []
        if not step.others:
            return f"{self.value(step.root)}.backward({', '.join(given + options)})"
        each = [given, *(self.cotangent(root, DEFAULT) for root in step.others)]
        cotangents = ", ".join(one[0] if one else "None" for one in each)
        roots = self.value([step.root, *step.others])
        return f"torch.autograd.backward({', '.join([roots, f'[{cotangents}]', *options])})"

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
        steps = self.program.steps[: made[-1] + 1]
        open_stretches = sum(1 if s.begin else -1 for s in steps if isinstance(s, NoGrad))
        upto = Program((*steps, *[NoGrad(begin=False)] * open_stretches, Read("value", node)))
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
