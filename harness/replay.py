"""The walk of a functional engine through a program.

The steps run once, on plain arrays, for their values; for each backward they run again inside a
function of the leaves, which the library differentiates. Sums of gradients, moved leaves and which
leaf a backward reaches are kept here.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from harness import optimizer
from harness.array import Array, answer
from harness.interpret import Interpreter, find_function, missing, row_of
from harness.program import (
    Apply,
    Backward,
    Default,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    Ref,
    Step,
    Update,
    ZeroGrad,
    refs_in,
)
from harness.transcript import Unsupported, default_cotangent

if TYPE_CHECKING:
    from harness.engine import EagerEngine
    from harness.functional import FunctionalEngine

# A value by which can be differentiated: the number of its reference, and how often it was moved.
Variable = tuple[int, int]


class Replay(Interpreter):
    """One walk for values; `replayed` walks again, on what the library traces."""

    def __init__(
        self, engine: FunctionalEngine, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        # An interpreter calls ops alike for both; leaves and gradients, where they differ, are here.
        super().__init__(cast("EagerEngine", engine), program, inputs)
        self.library = engine
        self.direct, self.watched = False, set()
        # Differentiating by the result of an op is differentiating by a zero that is added to it.
        self.probed = {ref.index for ref in program.watched}
        self.probed |= {r.index for s in program.steps if isinstance(s, Grad) for r in s.inputs}
        self.now = -1
        self.stopped = 0
        self.versions: dict[int, int] = {}
        self.primals: dict[Variable, Any] = {}
        self.depends: list[frozenset[Variable]] = []
        self.gradients: dict[int, Any] = {}
        self.seeds: dict[int, Any] = {}
        self.given: Mapping[Variable, Any] = {}

    def apply(self, step: Apply) -> None:
        """Compute, and note by what the results can be differentiated."""
        self.now += 1
        first = len(self.values)
        self.compute(step)
        for index in range(first, len(self.values)):
            self.depends.append(self.dependence(step, index))

    def compute(self, step: Apply) -> None:
        """Call the op; add a probe to results whose gradient is wanted, and stop it in no_grad."""
        first = len(self.values)
        super().apply(step)
        for index in range(first, len(self.values)):
            if self.stopped:
                self.values[index] = self.library.stop_gradient(self.values[index])
            elif (index, 0) in self.given:
                self.values[index] = operator.add(self.values[index], self.given[index, 0])

    def dependence(self, step: Apply, index: int) -> frozenset[Variable]:
        """The variables that a result of the step can be differentiated by, itself among them."""
        if self.stopped or step.op == "detach" or row_of(step.op).smooth == "never":
            return frozenset()
        sources = (*refs_in(step.operands), *refs_in([value for _, value in step.attributes]))
        found = frozenset[Variable]().union(*(self.depends[ref.index] for ref in sources))
        return found | {(index, 0)} if found and index in self.probed else found

    def by_name(self, step: Apply, operands: list[Any], options: dict[str, Any]) -> Any:
        """A function under one of the op's spellings."""
        if step.op == "detach":
            return self.library.stop_gradient(*operands)
        op = row_of(step.op)
        found = find_function(op, self.library.functions)
        if found is None:
            raise Unsupported(missing(step))
        if op.has("positional"):
            return found(*operands, *options.values())
        return found(*operands, **options)

    def effect(self, step: Step) -> None:
        """Every step but `Apply`, on the first walk."""
        self.now += 1
        match step:
            case Input(name, requires_grad):
                self._input(self.inputs[name], requires_grad)
            case Backward(root, cotangent, _):
                self._backward(root, cotangent)
            case Grad(output, inputs, cotangent):
                self.values += self._differentiated(step, self.now)
                sources = [output, *refs_in(cotangent)]
                found = frozenset[Variable]().union(*(self.depends[s.index] for s in sources))
                self.depends += [found] * len(inputs)
            case ZeroGrad(leaves):
                for ref in leaves:
                    self.gradients.pop(ref.index, None)
            case NoGrad(begin):
                self.stopped += 1 if begin else -1
            case Update():
                self._update(step)
            case Read(what, of, _):
                self.readings.append(self._reading(what, of))

    def _leaf(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype not in self.library.dtypes:
            raise Unsupported(f"{array.dtype} data")
        return self.library.array(array)

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

    def _backward(self, root: Ref, cotangent: Any) -> None:
        wanted = [
            (index, version)
            for index, version in sorted(self.depends[root.index])
            if version == self.versions.get(index, 0)
        ]
        if not wanted:
            raise Unsupported("a backward that reaches no leaf")
        for (index, _), gradient in zip(
            wanted, self.pulled(root, wanted, cotangent, self.now), strict=True
        ):
            before = self.gradients.get(index)
            self.gradients[index] = gradient if before is None else operator.add(before, gradient)

    def _differentiated(self, step: Grad, now: int) -> list[Any]:
        wanted = [(ref.index, self.versions.get(ref.index, 0)) for ref in step.inputs]
        if not self.depends[step.output.index].issuperset(wanted):
            raise Unsupported("the gradient by what was not used, or moved meanwhile")
        return list(self.pulled(step.output, wanted, step.cotangent, now))

    def pulled(
        self, root: Ref, wanted: Sequence[Variable], cotangent: Any, now: int
    ) -> Sequence[Any]:
        """The gradients of `root` by the variables, with the steps before `now` as the function."""
        given = self.given

        def function(*primals: Any) -> Any:
            with self.replayed({**given, **dict(zip(wanted, primals, strict=True))}, now):
                return self.values[root.index]

        primals = [given[v] if v in given else self.primal(v) for v in wanted]
        output, pullback = self.library.vjp(function, primals)
        if isinstance(cotangent, Ref):
            return pullback(self.values[cotangent.index])
        # Made on the first walk, when the output is plain numbers.
        if now not in self.seeds:
            self.seeds[now] = self._cotangent(output, cotangent)
        return pullback(self.seeds[now])

    def primal(self, variable: Variable) -> Any:
        """A leaf's value; for an inner value the zero that is added to it."""
        if variable not in self.primals:
            like = self._known(self.values[variable[0]])
            zeros = Array(like.dtype, like.shape, (0.0,) * like.size)
            self.primals[variable] = self.library.array(zeros)
        return self.primals[variable]

    def _known(self, value: Any) -> Array:
        found = answer(self.library.value(value))
        if not isinstance(found, Array):
            raise Unsupported(f"a result that is no array ({found})")
        return found

    def _cotangent(self, output: Any, cotangent: Any) -> Any:
        like = self._known(output)
        if cotangent is None and like.size != 1:
            raise Unsupported("a backward from a tensor without a cotangent")
        if isinstance(cotangent, Default) and like.shape:
            cotangent = default_cotangent(like.shape)
        data = cotangent.data if isinstance(cotangent, Array) else (1.0,)
        return self.library.array(Array(like.dtype, like.shape, data))

    @contextmanager
    def replayed(self, given: Mapping[Variable, Any], now: int) -> Iterator[None]:
        """The values as they come from the variables `given`, while this lasts."""
        kept = self.values, self.versions, self.stopped, self.given
        self.values, self.versions, self.stopped, self.given = [], {}, 0, given
        try:
            for index, step in enumerate(self.program.steps[:now]):
                self._repeat(step, index)
            yield
        finally:
            self.values, self.versions, self.stopped, self.given = kept

    def _repeat(self, step: Step, index: int) -> None:
        if isinstance(step, Apply):
            self.compute(step)
        elif isinstance(step, Input):
            self.values.append(self._variable(len(self.values), 0))
        elif isinstance(step, Grad):
            self.values += self._differentiated(step, index)
        elif isinstance(step, NoGrad):
            self.stopped += 1 if step.begin else -1
        elif isinstance(step, Update):
            for ref in step.leaves:
                version = self.versions.get(ref.index, 0) + 1
                if (ref.index, version) in self.primals:
                    self.versions[ref.index] = version
                    self.values[ref.index] = self._variable(ref.index, version)

    def _variable(self, index: int, version: int) -> Any:
        found = self.given.get((index, version))
        return self.primals[index, version] if found is None else found
