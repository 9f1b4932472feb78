"""Differentiating a stretch of a program with a library that differentiates functions.

`Pullbacks` walks the steps again inside a function of chosen values, which the library traces, and
pulls a cotangent back through it. What the first walk keeps is `harness.replay`'s.
"""

from __future__ import annotations

import operator
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from harness.array import Array, answer
from harness.interpret import Interpreter, find_function
from harness.program import (
    Apply,
    Default,
    Grad,
    Input,
    NoGrad,
    Program,
    Ref,
    Step,
    Update,
)
from harness.raised import missing, row_of
from harness.transcript import Unsupported, default_cotangent

if TYPE_CHECKING:
    from harness.engine import EagerEngine
    from harness.functional import FunctionalEngine

# A value by which can be differentiated: the number of its reference, and how often it was moved.
Variable = tuple[int, int]


class Pullbacks(Interpreter):
    """The values of a walk, and the walks inside it."""

    def __init__(
        self, engine: FunctionalEngine, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        # An interpreter calls ops alike for both; leaves and gradients, where they differ, are here.
        super().__init__(cast("EagerEngine", engine), program, inputs)
        self.library = engine
        self.direct, self.watched = False, set()
        self.stopped = 0
        self.versions: dict[int, int] = {}
        self.primals: dict[Variable, Any] = {}
        self.depends: list[frozenset[Variable]] = []
        self.seeds: dict[tuple[int, int], Any] = {}
        self.given: Mapping[Variable, Any] = {}

    def compute(self, step: Apply) -> None:
        """Call the op; add a probe to results whose gradient is wanted, and stop it in no_grad."""
        if row_of(step.op).has("method"):
            # What is replayed must not change, and a method of an array is NumPy's, not torch's.
            raise Unsupported(missing(step))
        first = len(self.values)
        super().apply(step)
        for index in range(first, len(self.values)):
            if self.stopped:
                self.values[index] = self.library.stop_gradient(self.values[index])
            elif (index, 0) in self.given:
                self.values[index] = operator.add(self.values[index], self.given[index, 0])

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

    def _leaf(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype not in self.library.dtypes:
            raise Unsupported(f"{array.dtype} data")
        return self.library.array(array)

    def differentiated(self, step: Grad, now: int) -> list[Any]:
        """The gradients that the step asks for, with the steps before `now` as the function."""
        wanted = [(ref.index, self.versions.get(ref.index, 0)) for ref in step.inputs]
        if not self.depends[step.output.index].issuperset(wanted):
            raise Unsupported("the gradient by what was not used, or moved meanwhile")
        found = list(self.pulled(step.output, wanted, step.cotangent, now))
        return found if step.create_graph else [self.library.stop_gradient(g) for g in found]

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
        key = now, root.index
        if key not in self.seeds:
            self.seeds[key] = self._cotangent(output, cotangent)
        return pullback(self.seeds[key])

    def primal(self, variable: Variable) -> Any:
        """A leaf's value; for an inner value the zero that is added to it."""
        if variable not in self.primals:
            like = self.known(self.values[variable[0]])
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
            self.values += self.differentiated(step, index)
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
