"""The walk of a functional engine through a program.

The steps run once, on plain arrays, for their values; for each backward they run again inside a
function of the leaves, which the library differentiates. Sums of gradients, moved leaves and which
leaf a backward reaches are kept here.
"""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from harness import optimizer
from harness.array import Array, answer
from harness.program import (
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
    Update,
    ZeroGrad,
    refs_in,
)
from harness.pullback import Pullbacks, Variable
from harness.raised import row_of
from harness.transcript import Unsupported

if TYPE_CHECKING:
    from harness.functional import FunctionalEngine


class Replay(Pullbacks):
    """One walk for values; the walks for gradients are `Pullbacks`'."""

    def __init__(
        self, engine: FunctionalEngine, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        super().__init__(engine, program, inputs)
        # Differentiating by the result of an op is differentiating by a zero that is added to it.
        self.probed = {ref.index for ref in program.watched}
        self.probed |= {r.index for s in program.steps if isinstance(s, Grad) for r in s.inputs}
        self.now = -1
        self.gradients: dict[int, Any] = {}

    def apply(self, step: Apply) -> None:
        """Compute, and note by what the results can be differentiated."""
        self.now += 1
        first = len(self.values)
        self.compute(step)
        for index in range(first, len(self.values)):
            self.depends.append(self.dependence(step, index))

    def dependence(self, step: Apply, index: int) -> frozenset[Variable]:
        """The variables that a result of the step can be differentiated by, itself among them."""
        if self.stopped or step.op == "detach" or row_of(step.op).smooth == "never":
            return frozenset()
        sources = (*refs_in(step.operands), *refs_in([value for _, value in step.attributes]))
        found = frozenset[Variable]().union(*(self.depends[ref.index] for ref in sources))
        return found | {(index, 0)} if found and index in self.probed else found

    def effect(self, step: Step) -> None:
        """Every step but `Apply`, on the first walk."""
        self.now += 1
        match step:
            case Input(name, requires_grad):
                self._input(self.inputs[name], requires_grad)
            case Backward():
                self._backward(step)
            case Grad(output, inputs, cotangent):
                self.values += self.differentiated(step, self.now)
                sources = [output, *refs_in(cotangent)]
                found = frozenset[Variable]().union(*(self.depends[s.index] for s in sources))
                self.depends += [found if step.create_graph else frozenset()] * len(inputs)
            case SetGrad(leaf, gradient):
                self._set_grad(leaf, gradient)
            case ZeroGrad(leaves):
                for ref in leaves:
                    self.gradients.pop(ref.index, None)
            case NoGrad(begin):
                self.stopped += 1 if begin else -1
            case Update():
                self._update(step)
            case Read(what, of, _):
                self.readings.append(self._reading(what, of))

    def _input(self, array: Array, requires_grad: bool) -> None:
        variable = (len(self.values), 0)
        self.primals[variable] = self._leaf(array, requires_grad)
        self.values.append(self.primals[variable])
        self.depends.append(frozenset({variable} if requires_grad else ()))

    def _reading(self, what: str, of: Ref) -> Any:
        if what == "requires_grad":
            raise Unsupported("requires_grad")
        if what == "value":
            return answer(self.library.value(self.values[of.index]))
        gradient = self.gradients.get(of.index)
        return None if gradient is None else answer(self.library.value(gradient))

    def _update(self, step: Update) -> None:
        """Moved leaves are new variables: what was computed before goes on from the old ones."""
        for ref in step.leaves:
            index = ref.index
            value, gradient = self._reading("value", ref), self._reading("grad", ref)
            if isinstance(value, Array) and isinstance(gradient, Array):
                state = self.momenta.setdefault(index, optimizer.State())
                moved = optimizer.move(value, gradient, step.rule, dict(step.settings), state)
                self.versions[index] = self.versions.get(index, 0) + 1
                variable = (index, self.versions[index])
                self.primals[variable] = self.values[index] = self.library.array(moved)
                self.depends[index] = frozenset({variable})
                self.gradients.pop(index, None)

    def _set_grad(self, leaf: Ref, gradient: Ref | Array) -> None:
        if isinstance(gradient, Ref):
            raise Unsupported("a gradient that is an object of its own")
        like = self.known(self.values[leaf.index])
        if gradient.shape != like.shape:
            raise Unsupported("a gradient of another shape")
        self.gradients[leaf.index] = self.library.array(replace(gradient, dtype=like.dtype))

    def _backward(self, step: Backward) -> None:
        """One pass for each root; the sum of all is what torch's one pass gives."""
        chosen = {ref.index for ref in step.inputs}
        self._accumulate(step.root, step.cotangent, chosen)
        for root in step.others:
            self._accumulate(root, DEFAULT, chosen)

    def _accumulate(self, root: Ref, cotangent: Any, chosen: set[int]) -> None:
        wanted = [
            (index, version)
            for index, version in sorted(self.depends[root.index])
            if version == self.versions.get(index, 0) and (not chosen or index in chosen)
        ]
        if not wanted:
            raise Unsupported("a backward that reaches no leaf")
        for (index, _), gradient in zip(
            wanted, self.pulled(root, wanted, cotangent, self.now), strict=True
        ):
            before = self.gradients.get(index)
            self.gradients[index] = gradient if before is None else operator.add(before, gradient)
