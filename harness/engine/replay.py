"""The walk of a functional engine through a program.

The steps run once, on plain arrays, for their values; for each backward they run again inside a
function of the leaves, which the library differentiates (see `harness.engine.pullback`). Sums of gradients,
moved leaves and which leaf a backward reaches are kept here.

An example, with the leaf x = 3:

    step 0   %0 = input x
    step 1   %1 = %0 * %0                   9
    step 2   backward %1 retain_graph
    step 3   update %0 by sgd(lr=0.1)
    step 4   %2 = %1 * %0                   9 * 2.4 = 21.6
    step 5   backward %2
    step 6   read grad %0                   9

- Step 2: the library differentiates x -> x * x, which is step 1 run again. The gradient 6 is kept here,
  because the library keeps none.
- Step 3: x becomes 3 - 0.1 * 6 = 2.4. This is a new variable, (0, 1): reference 0, moved once. The
  gradient of the old leaf is forgotten, because torch's fresh leaf has none.
- Step 4: `%2` depends on two variables, (0, 0) through `%1`, and (0, 1).
- Step 5: only (0, 1) is a leaf of the program now. So steps 1 to 4 run again with the old x held at 3,
  and the library differentiates x -> 9 * x. The gradient is 9.
- Without step 3, (0, 0) would still be the leaf. Step 5 would give 3x² = 27, and step 6 would read 33, the
  sum of 6 and 27.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from ..program import (
    DEFAULT,
    Apply,
    Backward,
    Effect,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
    refs_in,
)
from ..program.arrays import Array, answer
from ..program.op_table import op_named
from ..program.transcript import Reading, Transcript, Unsupported
from . import optimizer
from .library import FunctionalLibrary
from .op_caller import OpCaller
from .pullback import Pullbacks, Variable, Walk


class Replay:
    """One run of one program on one library: the walk for values, and the gradients between its steps."""

    def __init__(
        self, library: FunctionalLibrary, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        self.library, self.program, self.inputs = library, program, inputs
        self.caller = OpCaller(library, program)
        self.pullbacks = Pullbacks(library, program, self.caller)
        self.walk = Walk()
        # To differentiate by the result of an op, a zero is added to it, and the zero is the variable.
        self.probed = {ref.index for ref in program.watched}
        self.probed |= {r.index for s in program.steps if isinstance(s, Grad) for r in s.inputs}
        self.depends: list[frozenset[Variable]] = []
        self.gradients: dict[int, Any] = {}
        self.momenta: dict[int, optimizer.State] = {}
        self.readings: list[Reading] = []
        self.now = 0

    def run(self) -> Transcript:
        """Walk the steps until the end, or until one stops the run.

        UnknownStep for an unknown kind of step.
        """
        for index, step in enumerate(self.program.steps):
            self.now = index
            try:
                if isinstance(step, Apply):
                    self._apply(step)
                else:
                    self._effect(step)
            except Exception as problem:
                stop = self.caller.stop(index, step, problem, self.walk.values)
                return Transcript(tuple(self.readings), stop)
        return Transcript(tuple(self.readings))

    def _apply(self, step: Apply) -> None:
        """Compute the results, and note the variables that each can be differentiated by."""
        first = len(self.walk.values)
        self.pullbacks.compute(step, self.walk)
        for index in range(first, len(self.walk.values)):
            self.depends.append(self._dependence(step, index))

    def _dependence(self, step: Apply, index: int) -> frozenset[Variable]:
        """The variables that a result of the step can be differentiated by, itself among them."""
        if self.walk.stopped or step.op == "detach" or op_named(step.op).smooth == "never":
            return frozenset()
        found = self._sources(refs_in([step.operands, [value for _, value in step.attributes]]))
        return found | {(index, 0)} if found and index in self.probed else found

    def _sources(self, refs: Iterable[Ref]) -> frozenset[Variable]:
        """The variables that any of the values depends on."""
        return frozenset[Variable]().union(*(self.depends[ref.index] for ref in refs))

    def _effect(self, step: Input | Grad | Effect) -> None:
        match step:
            case Input(name, requires_grad):
                self._input(self.inputs[name], requires_grad)
            case Backward():
                self._backward(step)
            case Grad():
                self._grad(step)
            case SetGrad(leaf, gradient):
                self._set_grad(leaf, gradient)
            case ZeroGrad(leaves):
                for ref in leaves:
                    self.gradients.pop(ref.index, None)
            case NoGrad(begin, raised):
                if raised:
                    # Gradients are stopped by a function here, and there is no context to be left.
                    raise Unsupported("no_grad that an exception leaves")
                self.walk.stopped += 1 if begin else -1
            case Update():
                self._update(step)
            case Read(what, of, _):
                self.readings.append(self._reading(what, of))
            case _:
                raise UnknownStep(step)

    def _input(self, array: Array, requires_grad: bool) -> None:
        variable = (len(self.walk.values), 0)
        self.pullbacks.primals[variable] = self.pullbacks.leaf(array)
        self.walk.values.append(self.pullbacks.primals[variable])
        self.depends.append(frozenset({variable} if requires_grad else ()))

    def _grad(self, step: Grad) -> None:
        if not self.depends[step.output.index].issuperset(map(self.walk.variable, step.inputs)):
            raise Unsupported("the gradient by a value that was not used, or that has moved since")
        self.walk.values += self.pullbacks.gradients(step, self.now, self.walk)
        found = self._sources([step.output, *refs_in(step.cotangent)])
        self.depends += [found if step.create_graph else frozenset()] * len(step.inputs)

    def _reading(self, what: str, of: Ref) -> Reading:
        if what == "requires_grad":
            raise Unsupported("requires_grad")
        if what == "value":
            return answer(self.library.value(self.walk.values[of.index]))
        gradient = self.gradients.get(of.index)
        return None if gradient is None else answer(self.library.value(gradient))

    def _update(self, step: Update) -> None:
        """Make a new variable of each moved leaf. Values computed before still depend on the old one."""
        for ref in step.leaves:
            value, gradient = self._reading("value", ref), self._reading("grad", ref)
            if isinstance(value, Array) and isinstance(gradient, Array):
                state = self.momenta.setdefault(ref.index, optimizer.State())
                moved = optimizer.move(value, gradient, step.rule, dict(step.settings), state)
                self._replace(ref.index, self.library.array(moved))

    def _replace(self, index: int, leaf: Any) -> None:
        variable = (index, self.walk.versions.get(index, 0) + 1)
        self.walk.versions[index] = variable[1]
        self.pullbacks.primals[variable] = self.walk.values[index] = leaf
        self.depends[index] = frozenset({variable})
        self.gradients.pop(index, None)

    def _set_grad(self, leaf: Ref, gradient: Ref | Array) -> None:
        if isinstance(gradient, Ref):
            raise Unsupported("setting a gradient to another value of the program")
        like = self.pullbacks.known(self.walk.values[leaf.index])
        if gradient.shape != like.shape:
            raise Unsupported("a gradient of another shape")
        self.gradients[leaf.index] = self.library.array(replace(gradient, dtype=like.dtype))

    def _backward(self, step: Backward) -> None:
        """Differentiate each root on its own. The sum is the result of torch's one pass for all."""
        chosen = {ref.index for ref in step.inputs}
        self._accumulate(step.root, step.cotangent, chosen)
        for root in step.others:
            self._accumulate(root, DEFAULT, chosen)

    def _accumulate(self, root: Ref, cotangent: Any, chosen: set[int]) -> None:
        wanted = [
            (index, version)
            for index, version in sorted(self.depends[root.index])
            if version == self.walk.versions.get(index, 0) and (not chosen or index in chosen)
        ]
        if not wanted:
            raise Unsupported("a backward that reaches no leaf")
        pulled = self.pullbacks.pulled(root, wanted, cotangent, self.now, self.walk)
        for (index, _), gradient in zip(wanted, pulled, strict=True):
            before = self.gradients.get(index)
            self.gradients[index] = gradient if before is None else operator.add(before, gradient)
