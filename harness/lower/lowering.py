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
from contextlib import AbstractContextManager
from typing import Any

import numpy as np

from harness import trace
from harness.array import FLOAT_DTYPES, WEAK, Array
from harness.lower import elementwise, linear, movement, reductions
from harness.lower.element import Element, Tape, Tensor, apply, boxed, floats, total
from harness.lower.lowered import Gathering, Lowered
from harness.program import (
    DEFAULT,
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
)
from harness.transcript import Unsupported, default_cotangent

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


class _Walk:
    """One walk through a tensor program, in which `harness.trace` records the scalar one."""

    def __init__(self, program: Program, inputs: Mapping[str, Array], budget: int) -> None:
        self.program, self.inputs = program, inputs
        self.tape = Tape(budget)
        self.values: list[Tensor] = []
        self.contexts: list[AbstractContextManager[Any]] = []
        self.gatherings: list[Gathering] = []
        self.readings = 0
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

    def run(self, **symbols: trace.Symbol) -> None:
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
                self.effect(step)
            if any(value.size == 0 for value in self.values[-1:]):
                raise Unsupported("lowering an empty tensor")

    def leaf(self, array: Array, elements: Any) -> Tensor:
        floating = array.dtype in FLOAT_DTYPES
        leaf: Tensor = np.empty(array.shape, dtype=object)
        for index, number in zip(np.ndindex(array.shape), array.data, strict=True):
            leaf[index] = next(elements) if floating else number
        return leaf

    def resolve(self, operand: Any) -> Any:
        if isinstance(operand, Ref):
            return self.values[operand.index]
        if isinstance(operand, Array):
            literal: Tensor = np.empty(operand.size, dtype=object)
            literal[:] = operand.data
            return literal.reshape(operand.shape)
        if isinstance(operand, list | tuple):
            return type(operand)(self.resolve(part) for part in operand)
        return operand

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

    def effect(self, step: Step) -> None:
        match step:
            case Backward():
                root, cotangent = self.root(step.root, step.cotangent, held=True)
                trace.backward(root.symbol, cotangent, retain_graph=step.retain_graph)
                self.tape.mark()
            case Grad():
                self.values += self.grad(step)
            case ZeroGrad(leaves):
                trace.zero_grad(*(e.symbol for ref in leaves for e in _elements(self.value(ref))))
                self.tape.mark()
            case NoGrad(begin):
                self.no_grad(begin)
            case Update():
                self.update(step)
            case Read(what, of, _):
                self.read(what, self.value(of))

    def value(self, ref: Ref) -> Tensor:
        return self.values[ref.index]

    def root(self, ref: Ref, cotangent: Any, held: bool) -> tuple[Element, Any]:
        """The scalar from which a backward starts, and its cotangent.

        No gradient flows into a cotangent that is `held`, as in a backward.
        """
        root, only = self.value(ref), None
        given = self.resolve(cotangent)
        if given is None or (root.ndim == 0 and not isinstance(cotangent, Ref)):
            only = root.item() if root.size == 1 else None
        elif self.contexts:
            raise Unsupported("lowering a backward from a tensor inside no_grad")
        else:
            only, cotangent = self.weighted(root, given, held), DEFAULT
        if not isinstance(only, Element):
            raise Unsupported("lowering a backward from many elements without cotangent, or none")
        return only, cotangent

    def weighted(self, root: Tensor, given: Any, held: bool) -> Any:
        """The sum of the elements times their cotangents."""
        if isinstance(given, Default):
            given = self.resolve(default_cotangent(root.shape))
        if given.shape != root.shape:
            raise Unsupported(f"a cotangent of shape {given.shape} for shape {root.shape}")
        seeds = floats(given).ravel().tolist()
        if held:
            seeds = [apply("detach", s) if isinstance(s, Element) else s for s in seeds]
        return total([part * seed for part, seed in zip(root.ravel(), seeds, strict=True)])

    def grad(self, step: Grad) -> list[Tensor]:
        """Gradients as new values; elements from which the output does not come get a literal 0."""
        # Torch's scalars have no graph for a derivative that is constant; its tensors have.
        if sum(isinstance(other, Grad) for other in self.program.steps) > 2:
            raise Unsupported("lowering derivatives beyond the second")
        inputs = [self.value(ref) for ref in step.inputs]
        if isinstance(step.cotangent, Ref):
            self.refuse_joined(inputs, self.value(step.cotangent))
        root, cotangent = self.root(step.output, step.cotangent, held=False)
        reached = _ancestors([root])
        wanted = {id(e): e for tensor in inputs for e in _elements(tensor) if id(e) in reached}
        if not all(any(id(e) in wanted for e in _elements(tensor)) for tensor in inputs):
            raise Unsupported("lowering the gradient by a tensor that was not used")
        symbols = trace.grad(root.symbol, [e.symbol for e in wanted.values()], cotangent)
        self.tape.mark()
        found = {
            key: Element(self.tape, symbol, np.nan, [*wanted.values(), root])
            for key, symbol in zip(wanted, symbols, strict=True)
        }
        return [
            boxed(np.frompyfunc(lambda part: found.get(id(part), 0.0), 1, 1)(tensor))
            for tensor in inputs
        ]

    def refuse_joined(self, inputs: list[Tensor], cotangent: Tensor) -> None:
        # The product with such a cotangent would add the gradient that flows through it.
        reached = _ancestors(_elements(cotangent))
        if any(id(e) in reached for tensor in inputs for e in _elements(tensor)):
            raise Unsupported("lowering a gradient by what its own cotangent is made of")

    def no_grad(self, begin: bool) -> None:
        if begin:
            self.contexts.append(trace.no_grad())
            self.contexts[-1].__enter__()
        else:
            self.contexts.pop().__exit__(None, None, None)
        self.tape.mark()

    def update(self, step: Update) -> None:
        moved = [element for ref in step.leaves for element in _elements(self.value(ref))]
        settings = dict(step.settings)
        trace.update(*(e.symbol for e in moved), rule=step.rule, **settings)
        self.tape.mark()
        for element in moved:
            element.value = np.nan

    def read(self, what: str, tensor: Tensor) -> None:
        parts: list[int | Array] = []
        if not _elements(tensor):
            raise Unsupported("reading what no engine computed (an index, or a literal)")
        for part in tensor.ravel().tolist():
            if isinstance(part, Element):
                symbol = part.symbol
                trace.read(symbol if what == "value" else trace.Pending(what, symbol.ref))
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
