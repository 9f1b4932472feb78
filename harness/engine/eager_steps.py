"""The steps of an eager engine's walk that are no ops: leaves, gradients, and changes and readings of state.

`EagerSteps` does them and holds the state of one run. `harness.engine.op_caller` calls the ops.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack, suppress
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
from ..program.arrays import Array, NotOneNumber, answer
from ..program.transcript import Reading, Unsupported, default_cotangent
from . import optimizer
from .exceptions import PLAIN
from .library import EagerLibrary


class _LeavesTheBlock(Exception):
    """Raised inside a `no_grad` of the library, and caught outside of it."""


class EagerSteps:
    """The values, readings and open contexts of one program on one library."""

    def __init__(
        self, library: EagerLibrary, program: Program, inputs: Mapping[str, Array]
    ) -> None:
        self.library, self.program, self.inputs = library, program, inputs
        self.values: list[Any] = []
        self.readings: list[Reading] = []
        self.contexts: list[AbstractContextManager[Any]] = []
        self.momenta: dict[int, optimizer.State] = {}

    def take(self, step: Input | Grad | Effect) -> None:
        """Do one step, of any kind but `Apply`.

        KeyError when an input has no array. Unsupported when the library lacks something that the step
        needs. UnknownStep for an unknown kind of step. Besides these, the library's own exceptions.
        """
        library, values = self.library, self.values
        match step:
            case Input(name, requires_grad):
                values.append(self._input(self.inputs[name], requires_grad))
            case Backward():
                self._backward(step)
            case Grad():
                values.extend(self._gradients(step))
            case SetGrad(leaf, gradient):
                given = values[gradient.index] if isinstance(gradient, Ref) else gradient
                library.set_grad(values[leaf.index], given)
            case ZeroGrad(leaves):
                for ref in leaves:
                    library.zero_grad(values[ref.index])
            case NoGrad():
                self._no_grad(step)
            case Update():
                self._update(step)
            case Read(what, of, _):
                self.readings.append(self._read(what, values[of.index]))
            case _:
                raise UnknownStep(step)

    def constant(self, array: Array) -> Any:
        """An array literal of an op. Unsupported when the library holds no array of that kind."""
        # Without this check NumPy would build an array of the library's objects, and the author would be
        # blamed for what follows.
        self._leaf(array, False)
        return self.library.constant(array)

    def leave_contexts(self) -> None:
        """Leave every context that is still open when a run ends early. The last one is left first."""
        while self.contexts:
            # The run already has a failure to report. A second one would add nothing.
            with suppress(Exception):
                self.contexts.pop().__exit__(None, None, None)

    def _input(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype in self.library.dtypes or requires_grad:
            return self._leaf(array, requires_grad)
        # Class indices and masks need not be nodes when they are only operands behind the first one.
        if self._stands_alone(Ref(len(self.values))):
            raise Unsupported(f"{array.dtype} data")
        return self.library.beside(array)

    def _stands_alone(self, ref: Ref) -> bool:
        """True when the value is the first operand of an op, or is used by a step that is no op."""
        for step in self.program.steps:
            used = step.operands[:1] if isinstance(step, Apply) else step
            if ref in refs_in(used):
                return True
        return False

    def _leaf(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype not in self.library.dtypes:
            raise Unsupported(f"{array.dtype} data")
        try:
            return self.library.leaf(array, requires_grad)
        except NotOneNumber as problem:
            # The adapter of a scalar engine asked `array.item()` of a tensor.
            raise Unsupported(f"tensors (the input has shape {array.shape})") from problem

    def _backward(self, step: Backward) -> None:
        root = self.values[step.root.index]
        cotangent = self._cotangent(root, step.cotangent)
        if not step.others and not step.inputs:
            if self.library.starts_by_hand and cotangent is None:
                self.library.set_grad(root, Array.of(1.0))
            self.library.backward(root, cotangent, step.retain_graph)
            return
        others = [self.values[ref.index] for ref in step.others]
        cotangents = [cotangent, *(self._cotangent(node, DEFAULT) for node in others)]
        inputs = [self.values[ref.index] for ref in step.inputs]
        self.library.backward_all([root, *others], cotangents, step.retain_graph, inputs)

    def _gradients(self, step: Grad) -> Any:
        output, given = self.values[step.output.index], step.cotangent
        inputs = [self.values[ref.index] for ref in step.inputs]
        # A cotangent that is a value stays a node, because the gradient can be differentiated by it.
        cotangent = (
            self.values[given.index] if isinstance(given, Ref) else self._cotangent(output, given)
        )
        if step.plain:
            return self.library.differentiate(output, inputs, cotangent)
        return self.library.gradients(
            output,
            inputs,
            cotangent,
            create_graph=step.create_graph,
            allow_unused=step.allow_unused,
            materialize_grads=step.materialize_grads,
        )

    def _cotangent(self, node: Any, cotangent: Any) -> Array | None:
        """The numbers that a backward from `node` starts with; None for a scalar that needs none."""
        if cotangent is None or isinstance(cotangent, Array):
            return cotangent
        given = isinstance(cotangent, Ref)
        array = answer(self.library.value(self.values[cotangent.index] if given else node))
        if not isinstance(array, Array):
            return None
        if given:
            return array
        return default_cotangent(array.shape) if array.shape else None

    def _no_grad(self, step: NoGrad) -> None:
        if step.begin:
            context = self.library.no_grad()
            context.__enter__()
            self.contexts.append(context)
        elif step.raised:
            with suppress(_LeavesTheBlock), ExitStack() as stack:
                stack.push(self.contexts.pop())
                raise _LeavesTheBlock
        else:
            self.contexts.pop().__exit__(None, None, None)

    def _read(self, what: str, node: Any) -> Reading:
        if what == "requires_grad":
            return answer(self.library.requires_grad(node))
        plain = type(node) in PLAIN
        if what == "grad":
            return None if plain else answer(self.library.grad(node))
        return answer(node if plain else self.library.value(node))

    def _update(self, step: Update) -> None:
        for ref in step.leaves:
            node = self.values[ref.index]
            value, gradient = answer(self.library.value(node)), answer(self.library.grad(node))
            if isinstance(value, Array) and isinstance(gradient, Array):
                state = self.momenta.setdefault(ref.index, optimizer.State())
                moved = optimizer.move(value, gradient, step.rule, dict(step.settings), state)
                self.values[ref.index] = self.library.leaf(moved, True)
