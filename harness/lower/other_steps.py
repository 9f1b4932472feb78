"""The steps of a lowered walk that are no ops: gradients, and changes and readings of state."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from .. import trace
from ..program import (
    DEFAULT,
    Backward,
    Default,
    Effect,
    Grad,
    NoGrad,
    Program,
    Read,
    Ref,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
)
from ..program.arrays import WEAK, Array
from ..program.transcript import Unsupported, default_cotangent
from ..trace.symbol import Pending, active
from .element import Element, Tape, Tensor, apply, boxed, floats, total
from .lowered import Gathering


class LoweredSteps:
    """The values and gatherings of a walk; `take` appends the scalar steps of one tensor step."""

    def __init__(self, program: Program, inputs: Mapping[str, Array], budget: int) -> None:
        self.program, self.inputs = program, inputs
        self.tape = Tape(budget)
        self.values: list[Tensor] = []
        self.stretches = 0
        self.gatherings: list[Gathering] = []
        self.readings = 0

    def resolve(self, operand: Any) -> Any:
        """The operand with a tensor of elements for each reference, and one of literals for each array."""
        if isinstance(operand, Ref):
            return self.values[operand.index]
        if isinstance(operand, Array):
            literal: Tensor = np.empty(operand.size, dtype=object)
            literal[:] = operand.data
            return literal.reshape(operand.shape)
        if isinstance(operand, list | tuple):
            return type(operand)(self.resolve(part) for part in operand)
        return operand

    def take(self, step: Grad | Effect) -> None:
        """Append the scalar steps of one step that is no input and no op.

        Unsupported when the step cannot be lowered, or the budget is spent. UnknownStep for an unknown
        kind of step.
        """
        match step:
            case Backward():
                self._backward(step)
            case SetGrad(leaf, gradient):
                self._set_grad(self._value(leaf), gradient)
            case Grad():
                self.values += self._grad(step)
            case ZeroGrad(leaves):
                trace.zero_grad(*(e.symbol for ref in leaves for e in _elements(self._value(ref))))
                self.tape.mark()
            case NoGrad(begin, _):
                self.stretches += 1 if begin else -1
                active().append(step)
                self.tape.mark()
            case Update():
                self._update(step)
            case Read(what, of, _):
                self._read(what, self._value(of))
            case _:
                raise UnknownStep(step)

    def _backward(self, step: Backward) -> None:
        if step.others or step.inputs:
            raise Unsupported("lowering a backward from several roots, or to chosen leaves")
        root, cotangent = self._root(step.root, step.cotangent, held=True)
        trace.backward(root.symbol, cotangent, retain_graph=step.retain_graph)
        self.tape.mark()

    def _set_grad(self, leaf: Tensor, gradient: Ref | Array) -> None:
        if isinstance(gradient, Ref) or gradient.shape != leaf.shape:
            raise Unsupported("lowering an assigned gradient that is a value, or has another shape")
        for element, number in zip(_elements(leaf), gradient.data, strict=True):
            element.symbol.grad = number
            self.tape.mark()

    def _value(self, ref: Ref) -> Tensor:
        return self.values[ref.index]

    def _root(self, ref: Ref, cotangent: Any, held: bool) -> tuple[Element, Any]:
        """The scalar from which a backward starts, and its cotangent.

        With `held` no gradient flows into the cotangent, as in torch's `backward`.
        """
        root, only = self._value(ref), None
        given = self.resolve(cotangent)
        if given is None or (root.ndim == 0 and not isinstance(cotangent, Ref)):
            only = root.item() if root.size == 1 else None
        elif self.stretches:
            raise Unsupported("lowering a backward from a tensor inside no_grad")
        else:
            only, cotangent = self._weighted(root, given, held), DEFAULT
        if not isinstance(only, Element):
            raise Unsupported(
                "lowering a backward from literals, or from many elements without cotangent"
            )
        return only, cotangent

    def _weighted(self, root: Tensor, given: Any, held: bool) -> Any:
        """The sum of the elements times their cotangents."""
        if isinstance(given, Default):
            given = self.resolve(default_cotangent(root.shape))
        if given.shape != root.shape:
            raise Unsupported(f"a cotangent of shape {given.shape} for shape {root.shape}")
        factors = floats(given).ravel().tolist()
        if held:
            factors = [apply("detach", f) if isinstance(f, Element) else f for f in factors]
        return total([part * factor for part, factor in zip(root.ravel(), factors, strict=True)])

    def _grad(self, step: Grad) -> list[Tensor]:
        """Gradients as new values; an element that the output does not depend on gets a literal 0."""
        # Torch records no graph for a constant derivative of a scalar, but records one for that of a tensor.
        if sum(isinstance(other, Grad) for other in self.program.steps) > 2:
            raise Unsupported("lowering derivatives beyond the second")
        inputs = [self._value(ref) for ref in step.inputs]
        if isinstance(step.cotangent, Ref):
            self._refuse_joined(inputs, self._value(step.cotangent))
        root, cotangent = self._root(step.output, step.cotangent, held=False)
        reached = _ancestors([root])
        wanted = {id(e): e for tensor in inputs for e in _elements(tensor) if id(e) in reached}
        if not all(any(id(e) in wanted for e in _elements(tensor)) for tensor in inputs):
            raise Unsupported("lowering the gradient by a tensor that was not used")
        by = [e.symbol for e in wanted.values()]
        symbols = trace.grad(root.symbol, by, cotangent, create_graph=step.create_graph)
        self.tape.mark()
        found = {
            key: Element(self.tape, symbol, np.nan, [*wanted.values(), root])
            for key, symbol in zip(wanted, symbols, strict=True)
        }
        return [
            boxed(np.frompyfunc(lambda part: found.get(id(part), 0.0), 1, 1)(tensor))
            for tensor in inputs
        ]

    def _refuse_joined(self, inputs: list[Tensor], cotangent: Tensor) -> None:
        # The root is multiplied by the cotangent, so the gradient that flows through the cotangent would
        # be added.
        reached = _ancestors(_elements(cotangent))
        if any(id(e) in reached for tensor in inputs for e in _elements(tensor)):
            raise Unsupported("lowering a gradient by a tensor on which its own cotangent depends")

    def _update(self, step: Update) -> None:
        moved = [element for ref in step.leaves for element in _elements(self._value(ref))]
        settings = dict(step.settings)
        trace.update(*(e.symbol for e in moved), rule=step.rule, **settings)
        self.tape.mark()
        for element in moved:
            element.value = np.nan

    def _read(self, what: str, tensor: Tensor) -> None:
        parts: list[int | Array] = []
        if not _elements(tensor):
            raise Unsupported("reading a value that no engine computes (an index, or a literal)")
        for part in tensor.ravel().tolist():
            if isinstance(part, Element):
                symbol = part.symbol
                trace.read(symbol if what == "value" else Pending(what, symbol.ref))
                self.tape.mark()
                parts.append(self.readings)
                self.readings += 1
            else:
                literal = float(part) if what == "value" else 0.0
                parts.append(Array(WEAK, (), (literal,)))
        self.gatherings.append(Gathering(what, tensor.shape, tuple(parts)))


def _elements(tensor: Tensor) -> list[Element]:
    return [part for part in tensor.ravel().tolist() if isinstance(part, Element)]


def _ancestors(elements: list[Element]) -> set[int]:
    reached: set[int] = set()
    waiting = list(elements)
    while waiting:
        element = waiting.pop()
        if id(element) not in reached:
            reached.add(id(element))
            waiting += element.parents
    return reached
