"""Lowering: a tensor program becomes a program on scalars with the same result.

An engine that has only scalars can then run matrix products, softmax and networks.

- A float input becomes one scalar input for each element, named `x[0,1]`. Integer and bool inputs and
  array literals become literals.
- An op becomes scalar ops on elements.
- A backward from a tensor becomes a backward from the sum of its elements times their cotangents.
- A reading becomes one reading for each element.

An example, with x = [3, 4]. The cotangent of `%1` is the default one for the shape (2,), [1.117, -0.735].

    step 0   %0 = input x            ->    %0 = input x[0]
                                           %1 = input x[1]
    step 1   %1 = %0 * %0            ->    %2 = %0 * %0
                                           %3 = %1 * %1
    step 2   backward %1             ->    %4 = %2 * 1.1171875
                                           %5 = %3 * -0.7353515625
                                           %6 = %4 + %5
                                           backward %6
    step 3   read grad %0            ->    read grad %0
                                           read grad %1

`Lowered.assemble` puts the two readings together again: the gradient is [6.703, -5.883]. A scalar engine
that stops at `%6 = %4 + %5` has stopped at step 2.

`lower` raises Unsupported, with a sentence, for: an op that no table of this room has; tied extrema and other
kinks, where torch's tensor op has a subgradient of its own; mixed dtypes; an empty tensor; and a program with
more scalar steps than the budget.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import trace
from ..program import Apply, Input, Program
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.transcript import Unsupported
from ..trace.symbol import Symbol
from . import elementwise, linear, movement, reductions
from .element import Element, Tensor
from .lowered import Lowered
from .other_steps import LoweredSteps

BUDGET = 5_000
OPS = {**elementwise.OPS, **movement.OPS, **reductions.OPS, **linear.OPS}


def lower(program: Program, inputs: Mapping[str, Array], budget: int = BUDGET) -> Lowered:
    """The program on scalars. Unsupported, with a sentence, when it cannot be lowered."""
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
    """One walk through a tensor program, while `harness.trace` records the scalar program."""

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
        """The function that is traced. Its symbols are the scalar inputs, in order."""
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
            # The case makes this mistake on purpose, or NumPy does not do what torch does.
            raise Unsupported(f"lowering {step.op}: {problem}") from None
        results = list(result) if isinstance(result, list | tuple) else [result]
        if len(results) != step.results:
            raise Unsupported(f"lowering {step.op} to {step.results} results")
        return results
