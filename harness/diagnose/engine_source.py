"""A program as a person writes it for an engine, in the engine's own spelling.

- `EngineWriter`: writes each step, as far as the engine's spelling says how.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..catalogue.case import Instance
from ..engine.option_names import may_be_left_out
from ..engine.spelling import COTANGENT, NODE, WANTED, Spelling
from ..program import (
    DEFAULT,
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Read,
    Ref,
    SetGrad,
    Step,
    UnknownStep,
    Update,
    ZeroGrad,
)
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.op_table import op_named
from ..program.ops import INFIX, Op
from ..program.python_writer import INDENT, Statement, Writer
from ..program.torch_writer import CannotBeSaid
from ..program.transcript import default_cotangent

_BUILTIN = ("abs", "bool", "float", "str", "repr")


class EngineWriter(Writer):
    """Writes each step in an engine's spelling. `shape` gives the shape of a node, as torch has it."""

    def __init__(
        self, instance: Instance, spelling: Spelling, shape: Callable[[Ref], tuple[int, ...]]
    ) -> None:
        super().__init__(instance.program)
        self.instance, self.spelling, self.depth, self._shape = instance, spelling, 0, shape
        self._calls = dict(spelling.ops)
        self._options = {(op, name): own for op, name, own in spelling.options}
        self._unlike_nodes = {
            first
            for step, first in zip(self.program.steps, self.program.first_values, strict=True)
            if isinstance(step, Apply) and op_named(step.op).operator in _BUILTIN[1:]
        }

    def step(self, index: int, step: Step) -> Iterator[str]:
        """Yield the lines of a step, of an input too. CannotBeSaid when the spelling says nothing of it."""
        if not isinstance(step, Input):
            yield from self.write(index, step)
            return
        array = self.instance.inputs[step.name]
        node = step.requires_grad or array.dtype in FLOAT_DTYPES
        made = self._leaf(array, step.requires_grad) if node else _numpy(array)
        yield f"{step.name} = {made}"
        for statement in self.spelling.then if step.requires_grad else ():
            yield statement.replace(NODE, step.name)

    def value(self, value: Any) -> str:
        """Return a value as `Writer` does, but an array as one of NumPy."""
        if not isinstance(value, Array):
            return super().value(value)
        if self.spelling.data != "array":
            raise CannotBeSaid
        return _numpy(value)

    def call(self, step: Apply) -> str:
        """Return an op as the engine has it. CannotBeSaid when it is not known how."""
        op, call = op_named(step.op), self._calls.get(step.op, "")
        if not call:
            return self._operator(op, step)
        shown = [self.value(operand) for operand in step.operands]
        options = [
            text for name, value in step.attributes if (text := self._option(op, name, value))
        ]
        if not call.startswith("."):
            return call.replace("()", f"({', '.join(shown + options)})")
        if not isinstance(step.operands[0], Ref):
            raise CannotBeSaid
        return shown[0] + call.replace("()", f"({', '.join(shown[1:] + options)})")

    def effect(self, step: Statement) -> str:
        """Return a backward, a reading or a `zero_grad`. CannotBeSaid for another step."""
        spelling = self.spelling
        match step:
            case Backward(root, cotangent, _, others, inputs) if not others and not inputs:
                return self._backward_from(root, cotangent)
            case ZeroGrad(leaves) if spelling.zero_grad:
                zeroed = (spelling.zero_grad.replace(NODE, self.value(leaf)) for leaf in leaves)
                return "; ".join(zeroed)
            case Read("requires_grad", of):
                return f"print({self.value(of)}.requires_grad)"
            case Read(what, of):
                text = spelling.value if what == "value" else spelling.gradient
                text = NODE if of in self._unlike_nodes else text
                return f"print({text.replace(NODE, self.value(of))})"
            case Backward() | Grad() | SetGrad() | Update() | ZeroGrad():
                raise CannotBeSaid
            case _:
                raise UnknownStep(step)

    def no_grad(self, step: NoGrad, raised: bool) -> Iterator[str]:
        """Yield the lines of one end of a stretch. CannotBeSaid where an exception leaves it."""
        if raised or step.raised or not self.spelling.no_grad:
            raise CannotBeSaid
        if step.begin:
            yield f"{INDENT * self.depth}with {self.spelling.no_grad}:"
        self.depth += 1 if step.begin else -1

    def _operator(self, op: Op, step: Apply) -> str:
        if op.operator in INFIX or op.operator in ("-x", "[]"):
            return super().call(step)
        if op.operator in _BUILTIN:
            return f"{op.operator}({self.value(step.operands[0])})"
        raise CannotBeSaid

    def _option(self, op: Op, name: str, value: Any) -> str:
        own = self._options.get((op.name, name), name)
        if op.has("positional") or own == "*":
            return self.value(value)
        return "" if may_be_left_out(name, value) else f"{own}={self.value(value)}"

    def _leaf(self, array: Array, wanted: bool) -> str:
        """Return a leaf. An array goes into the constructor as it is, without what is around a number."""
        code = self.spelling.leaf.replace(WANTED, str(wanted))
        if array.shape:
            for around in ("[{}]", "np.asarray({})", "np.float64({})"):
                code = code.replace(around, NODE)
        return code.replace(NODE, self._data(array))

    def _data(self, array: Array) -> str:
        if not array.shape:
            return repr(array.item())
        if self.spelling.data == "number" or not array.size:
            raise CannotBeSaid
        return repr(array.nested()) if self.spelling.data == "list" else _numpy(array)

    def _backward_from(self, root: Ref, cotangent: Any) -> str:
        spelling, shown = self.spelling, self.value(root)
        if cotangent == DEFAULT:
            shape = self._shape(root)
            cotangent = default_cotangent(shape) if shape else None
        if cotangent is None:
            start = f"{spelling.start}; " if spelling.start else ""
            return (start + spelling.backward).replace(NODE, shown)
        if not isinstance(cotangent, Array):
            raise CannotBeSaid
        if spelling.with_cotangent:
            as_node = spelling.cotangent_as == "node"
            given = self._leaf(cotangent, False) if as_node else self._data(cotangent)
            return spelling.with_cotangent.replace(NODE, shown).replace(COTANGENT, given)
        # The backward of a sum of products starts at the root with the same gradient.
        product = f"{shown} * {self._leaf(cotangent, False)}"
        total = self._calls.get("sum", "")
        if "mul" in self._calls or not total or spelling.start:
            raise CannotBeSaid
        summed = (
            f"({product}){total}" if total.startswith(".") else total.replace("()", f"({product})")
        )
        return spelling.backward.replace(NODE, summed)


def _numpy(array: Array) -> str:
    dtype = "" if array.dtype in ("float64", "int64", "bool") else f", dtype={array.dtype!r}"
    return f"np.array({array.nested()!r}{dtype})"
