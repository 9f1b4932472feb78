"""Differentiating a stretch of a program with a library that differentiates functions.

`Pullbacks` runs the steps again inside a function of chosen variables, which the library traces, and
pulls a cotangent back through it. `harness.engine.replay` does the first walk, and keeps the state between
two backwards.

An example, with the leaf x = 3:

    step 0   %0 = input x                3
    step 1   %1 = %0 * %0                9
    step 2   %2 = %1 * %0               27
    step 3   %3 = grad %2 by %1          3
    step 4   %4 = %3 * %1               27
    step 5   backward %4
    step 6   read grad %0               27

A library differentiates by the arguments of a function alone. Step 3 asks for the gradient by `%1`, which
no argument can be, because the steps compute it. So the function has a probe as its argument: a zero that
is added to `%1`. No value changes by it, and the derivative by the probe is the derivative by `%1`.

    def function(probe):         the first walk calls the vjp of this at 0
        v1 = 3 * 3 + probe       step 1 again: 9
        return v1 * 3            step 2 again: 27; the pullback of 1 is 3

The backward of step 5 differentiates by the leaf, and steps 1 to 4 run again inside the vjp. Step 3 is
a vjp inside this vjp, and runs steps 1 and 2 once more.

    def outer(x, probe):         called at 3 and 0
        v1 = x * x + probe       9
        v2 = v1 * x              27

        def inner(probe):        called at the probe of `outer`
            v1 = x * x + probe   9
            return v1 * x        27
        v3 = pullback of `inner` at 1      3, which is x

        return v3 * v1           27, which is x * (x * x + probe)

The library traces `x` through `inner` and its pullback too, and so knows that `%3` depends on x. The
pullback of `outer` at 1 is 3x² = 27 by x, which is read, and x = 3 by the probe. If `%3` were only the
constant 3 of the first walk, the gradient would be 3 * 2x = 18.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..program import (
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
)
from ..program.arrays import Array, answer
from ..program.op_table import op_named
from ..program.transcript import Unsupported, default_cotangent
from .exceptions import missing
from .library import FunctionalLibrary
from .op_caller import OpCaller, resolved

# A value by which gradients can be asked for: the number of its reference, and how often it was moved.
Variable = tuple[int, int]


@dataclass
class Walk:
    """The state of one walk over the steps.

    - `given`: the arguments of the functions that are being differentiated.
    - `values`: the values that the steps have defined so far.
    - `versions`: how often each leaf was moved.
    - `stopped`: how many stretches of no_grad are open.
    """

    given: Mapping[Variable, Any] = field(default_factory=dict)
    values: list[Any] = field(default_factory=list)
    versions: dict[int, int] = field(default_factory=dict)
    stopped: int = 0

    def variable(self, ref: Ref) -> Variable:
        """The variable that a reference stands for now."""
        return ref.index, self.versions.get(ref.index, 0)


class Pullbacks:
    """Computes the steps of a program, and differentiates them by computing them again.

    `primals` are the numbers of the variables: the first walk puts the leaves there.
    """

    def __init__(self, library: FunctionalLibrary, program: Program, caller: OpCaller) -> None:
        self.library, self.program, self.caller = library, program, caller
        self.primals: dict[Variable, Any] = {}
        self.cotangents: dict[tuple[int, int], Any] = {}

    def compute(self, step: Apply, walk: Walk) -> None:
        """Call the op and keep its results.

        A probe is added to a result whose gradient is wanted. In `no_grad` the gradient is stopped at the
        results. Unsupported for an op that is a method alone. Raises what `OpCaller.results` raises.
        """
        if op_named(step.op).has("method"):
            # Replayed values must not change in place, and an array's methods are NumPy's, not torch's.
            raise Unsupported(missing(step))
        operands = [resolved(part, walk.values, self.constant) for part in step.operands]
        options = {
            name: resolved(part, walk.values, self.constant) for name, part in step.attributes
        }
        for result in self.caller.results(step, operands, options):
            variable, value = (len(walk.values), 0), result
            if walk.stopped:
                value = self.library.stop_gradient(result)
            elif variable in walk.given:
                value = operator.add(result, walk.given[variable])
            walk.values.append(value)

    def leaf(self, array: Array) -> Any:
        """The library's array. Unsupported when the library does not compute in its dtype."""
        self._refuse_dtype(array)
        return self.library.array(array)

    def constant(self, array: Array) -> Any:
        """An array literal of an op. Unsupported when the library does not compute in its dtype."""
        self._refuse_dtype(array)
        return self.library.constant(array)

    def _refuse_dtype(self, array: Array) -> None:
        if array.dtype not in self.library.dtypes:
            raise Unsupported(f"{array.dtype} data")

    def gradients(self, step: Grad, now: int, walk: Walk) -> list[Any]:
        """The gradients that the step asks for, with the steps before `now` as the function.

        Raises what `pulled` raises.
        """
        wanted = [walk.variable(ref) for ref in step.inputs]
        found = list(self.pulled(step.output, wanted, step.cotangent, now, walk))
        return found if step.create_graph else [self.library.stop_gradient(g) for g in found]

    def pulled(
        self, root: Ref, wanted: Sequence[Variable], cotangent: Any, now: int, walk: Walk
    ) -> Sequence[Any]:
        """The gradients of `root` by the variables, with the steps before `now` as the function.

        Unsupported when the cotangent cannot be made. Besides this, every exception of the library.
        """

        def function(*primals: Any) -> Any:
            given = {**walk.given, **dict(zip(wanted, primals, strict=True))}
            return self._walked(given, now).values[root.index]

        primals = [
            walk.given[v] if v in walk.given else self._primal(v, walk.values) for v in wanted
        ]
        output, pullback = self.library.vjp(function, primals)
        if isinstance(cotangent, Ref):
            return pullback(walk.values[cotangent.index])
        # Made on the first walk, because the output is plain numbers only there.
        key = now, root.index
        if key not in self.cotangents:
            self.cotangents[key] = self._cotangent(output, cotangent)
        return pullback(self.cotangents[key])

    def _primal(self, variable: Variable, values: Sequence[Any]) -> Any:
        """A leaf's value; for an inner value the zero that is added to it."""
        if variable not in self.primals:
            like = self.known(values[variable[0]])
            zeros = Array(like.dtype, like.shape, (0.0,) * like.size)
            self.primals[variable] = self.library.array(zeros)
        return self.primals[variable]

    def known(self, value: Any) -> Array:
        """The numbers of a value of the first walk. Unsupported when it is no array."""
        found = answer(self.library.value(value))
        if not isinstance(found, Array):
            raise Unsupported(f"a result that is no array ({found})")
        return found

    def _cotangent(self, output: Any, cotangent: Any) -> Any:
        like = self.known(output)
        if cotangent is None and like.size != 1:
            raise Unsupported("a backward from a tensor without a cotangent")
        if isinstance(cotangent, Default) and like.shape:
            cotangent = default_cotangent(like.shape)
        data = cotangent.data if isinstance(cotangent, Array) else (1.0,)
        return self.library.array(Array(like.dtype, like.shape, data))

    def _walked(self, given: Mapping[Variable, Any], now: int) -> Walk:
        """A walk over the steps before `now`, with the variables `given` as arguments."""
        walk = Walk(given)
        for index, step in enumerate(self.program.steps[:now]):
            self._repeat(step, index, walk)
        return walk

    def _repeat(self, step: Step, index: int, walk: Walk) -> None:
        match step:
            case Apply():
                self.compute(step, walk)
            case Input():
                walk.values.append(self._argument((len(walk.values), 0), walk))
            case Grad():
                walk.values += self.gradients(step, index, walk)
            case NoGrad(begin, _):
                walk.stopped += 1 if begin else -1
            case Update(leaves, _, _):
                self._move(leaves, walk)
            case Backward() | SetGrad() | ZeroGrad() | Read():
                pass  # They write or read gradients, on which no value depends.
            case _:
                raise UnknownStep(step)

    def _move(self, leaves: Sequence[Ref], walk: Walk) -> None:
        """Replace the leaves that the first walk has moved."""
        for ref in leaves:
            index, version = walk.variable(ref)
            if (index, version + 1) in self.primals:
                walk.versions[index] = version + 1
                walk.values[index] = self._argument((index, version + 1), walk)

    def _argument(self, variable: Variable, walk: Walk) -> Any:
        found = walk.given.get(variable)
        return self.primals[variable] if found is None else found
