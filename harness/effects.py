"""The steps of an eager engine's walk that are no ops: leaves, backwards, and what changes or reads state.

`Effects` holds the state of one run; `harness.interpret` adds how ops are called.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import fields
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
from harness.transcript import Reading, Unsupported, default_cotangent

if TYPE_CHECKING:
    from harness.engine import EagerEngine


def _fields(step: Step) -> tuple[Any, ...]:
    return tuple(getattr(step, each.name) for each in fields(step))


# What an op may give that is no node of the engine: `item` a number, an unused gradient None.
PLAIN = (bool, int, float, type(None))


class Effects:
    """The values, readings and open contexts of one program on one engine."""

    def __init__(self, engine: EagerEngine, program: Program, inputs: Mapping[str, Array]) -> None:
        self.engine, self.program, self.inputs = engine, program, inputs
        self.values: list[Any] = []
        self.readings: list[Reading] = []
        self.contexts: list[AbstractContextManager[Any]] = []
        self.momenta: dict[int, optimizer.State] = {}

    def effect(self, step: Step) -> None:
        """Every step but `Apply`."""
        engine, values = self.engine, self.values
        match step:
            case Input(name, requires_grad):
                values.append(self._input(self.inputs[name], requires_grad))
            case Backward():
                self._backward(step)
            case Grad():
                values.extend(self._gradients(step))
            case SetGrad(leaf, gradient):
                given = values[gradient.index] if isinstance(gradient, Ref) else gradient
                engine.set_grad(values[leaf.index], given)
            case ZeroGrad(leaves):
                for ref in leaves:
                    engine.zero_grad(values[ref.index])
            case NoGrad(begin):
                self._no_grad(begin)
            case Update():
                self._update(step)
            case Read(what, of, _):
                self.readings.append(self._read(what, values[of.index]))

    def _input(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype in self.engine.dtypes or requires_grad:
            return self._leaf(array, requires_grad)
        # Class indices and masks are no nodes where they only stand beside one.
        if self._stands_alone(Ref(len(self.values))):
            raise Unsupported(f"{array.dtype} data")
        return self.engine.beside(array)

    def _stands_alone(self, ref: Ref) -> bool:
        """Whether the value is ever an op's first operand, or is used by anything but ops."""
        for step in self.program.steps:
            used = step.operands[:1] if isinstance(step, Apply) else _fields(step)
            if ref in refs_in(used):
                return True
        return False

    def _leaf(self, array: Array, requires_grad: bool) -> Any:
        if array.dtype not in self.engine.dtypes:
            raise Unsupported(f"{array.dtype} data")
        try:
            return self.engine.leaf(array, requires_grad)
        except ValueError as problem:
            # `array.item()` of a tensor, in the adapter of a scalar engine.
            if array.shape != () and "one number was asked" in str(problem):
                raise Unsupported(f"tensors (the input has shape {array.shape})") from problem
            raise

    def _backward(self, step: Backward) -> None:
        root = self.values[step.root.index]
        seed = self._seed(root, step.cotangent)
        if not step.others and not step.inputs:
            self.engine.backward(root, seed, step.retain_graph)
            return
        others = [self.values[ref.index] for ref in step.others]
        seeds = [seed, *(self._seed(node, DEFAULT) for node in others)]
        inputs = [self.values[ref.index] for ref in step.inputs]
        self.engine.backward_all([root, *others], seeds, step.retain_graph, inputs)

    def _gradients(self, step: Grad) -> Any:
        output, cotangent = self.values[step.output.index], step.cotangent
        inputs = [self.values[ref.index] for ref in step.inputs]
        # A cotangent that is a value stays one: the gradient can be differentiated by it.
        seed = (
            self.values[cotangent.index]
            if isinstance(cotangent, Ref)
            else self._seed(output, cotangent)
        )
        if step.plain:
            return self.engine.differentiate(output, inputs, seed)
        return self.engine.gradients(
            output,
            inputs,
            seed,
            create_graph=step.create_graph,
            allow_unused=step.allow_unused,
            materialize_grads=step.materialize_grads,
        )

    def _seed(self, node: Any, cotangent: Any) -> Array | None:
        if cotangent is None or isinstance(cotangent, Array):
            return cotangent
        given = isinstance(cotangent, Ref)
        array = answer(self.engine.value(self.values[cotangent.index] if given else node))
        if not isinstance(array, Array):
            return None
        if given:
            return array
        return default_cotangent(array.shape) if array.shape else None

    def _no_grad(self, begin: bool) -> None:
        if begin:
            context = self.engine.no_grad()
            context.__enter__()
            self.contexts.append(context)
        else:
            self.contexts.pop().__exit__(None, None, None)

    def _read(self, what: str, node: Any) -> Reading:
        if what == "requires_grad":
            return answer(self.engine.requires_grad(node))
        plain = type(node) in PLAIN
        if what == "grad":
            return None if plain else answer(self.engine.grad(node))
        return answer(node if plain else self.engine.value(node))

    def _update(self, step: Update) -> None:
        for ref in step.leaves:
            node = self.values[ref.index]
            value, gradient = answer(self.engine.value(node)), answer(self.engine.grad(node))
            if isinstance(value, Array) and isinstance(gradient, Array):
                state = self.momenta.setdefault(ref.index, optimizer.State())
                moved = optimizer.move(value, gradient, step.rule, dict(step.settings), state)
                self.values[ref.index] = self.engine.leaf(moved, True)
