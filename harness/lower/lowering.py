"""A tensor program -> the same program on scalars.

Every float input becomes one scalar input per element, named `x[0,1]`; each op becomes scalar ops on
elements, a backward from a tensor becomes one from the sum of its elements times their cotangents, and
a reading becomes one per element. Integer and bool inputs and array literals become literals. An
engine that knows scalars alone so runs matrix products, softmax and networks.

What cannot be lowered is Unsupported, in a sentence: an op that no table has, tied extrema and other
kinks at which torch's tensor op has a gradient of its own, mixed dtypes, an empty tensor, and a program
beyond the budget of scalar steps.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from harness import trace
from harness.lower import elementwise, linear, movement, reductions
from harness.lower.element import Element, Tensor
from harness.lower.lowered import Lowered
from harness.lower.other_steps import LoweredSteps
from harness.program import Apply, Input, Program
from harness.program.arrays import FLOAT_DTYPES, Array
from harness.program.transcript import Unsupported
from harness.trace.symbol import Symbol

BUDGET = 5_000
OPS = {**elementwise.OPS, **movement.OPS, **reductions.OPS, **linear.OPS}


def lower(program: Program, inputs: Mapping[str, Array], budget: int = BUDGET) -> Lowered:
    """The program on scalars. Unsupported, in a sentence, when it cannot be lowered."""
    literals = (o for s in program.steps if isinstance(s, Apply) for o in s.operands)
    arrays = [*inputs.values(), *(o for o in literals if isinstance(o, Array))]
    floating = {array.dtype for array in arrays if array.dtype in FLOAT_DTYPES}
    if len(floating) > 1:
        raise Unsupported(f"lowering mixed dtypes ({', '.join(sorted(floating))})")
    walk = _Walk(program, inputs, budget)
    with np.errstate(all="ignore"):
        scalar = trace.traced(walk.run, walk.wanted)
    return Lowered(scalar, walk.scalars, tuple(walk.gatherings), tuple(walk.tape.origins))


class _Walk(LoweredSteps):
    """One walk through a tensor program, in which `harness.trace` records the scalar one."""

    def __init__(self, program: Program, inputs: Mapping[str, Array], budget: int) -> None:
        super().__init__(program, inputs, budget)
        self.scalars: dict[str, Array] = {}
        self.wanted: dict[str, bool] = {}
        for index, step in enumerate(program.steps):
            self.tape.step = index
            if isinstance(step, Input) and inputs[step.name].dtype in FLOAT_DTYPES:
                self.name_elements(step)

    def name_elements(self, step: Input) -> None:
        array = self.inputs[step.name]
        for index, number in zip(np.ndindex(array.shape), array.data, strict=True):
            name = f"{step.name}[{','.join(map(str, index))}]" if index else step.name
            self.scalars[name] = Array(array.dtype, (), (number,))
            self.wanted[name] = step.requires_grad
            self.tape.mark()

    def run(self, **symbols: Symbol) -> None:
        """The traced function: its symbols are the scalar inputs, in order."""
        elements = iter(
            Element(self.tape, symbol, self.scalars[name].item())
            for name, symbol in symbols.items()
        )
        for index, step in enumerate(self.program.steps):
            self.tape.step = index
            if isinstance(step, Input):
                self.values.append(self.leaf(self.inputs[step.name], elements))
            elif isinstance(step, Apply):
                self.values += self.apply(step)
            else:
                self.take(step)
            if any(value.size == 0 for value in self.values[-1:]):
                raise Unsupported("lowering an empty tensor")

    def leaf(self, array: Array, elements: Any) -> Tensor:
        floating = array.dtype in FLOAT_DTYPES
        leaf: Tensor = np.empty(array.shape, dtype=object)
        for index, number in zip(np.ndindex(array.shape), array.data, strict=True):
            leaf[index] = next(elements) if floating else number
        return leaf

    def apply(self, step: Apply) -> list[Tensor]:
        function = OPS.get(step.op)
        if function is None:
            raise Unsupported(f"lowering {step.op} to scalars")
        operands = [self.resolve(operand) for operand in step.operands]
        attributes = {name: self.resolve(value) for name, value in step.attributes}
        try:
            inspect.signature(function).bind(*operands, **attributes)
        except TypeError as problem:
            raise Unsupported(f"lowering {step.op}: {problem}") from None
        try:
            result = function(*operands, **attributes)
        except (ValueError, IndexError, KeyError) as problem:
            # A mistake that the case makes on purpose, or what NumPy does not do as torch does.
            raise Unsupported(f"lowering {step.op}: {problem}") from None
        results = list(result) if isinstance(result, list | tuple) else [result]
        if len(results) != step.results:
            raise Unsupported(f"lowering {step.op} to {step.results} results")
        return results
