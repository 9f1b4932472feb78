"""The steps of a program as lines of Python.

- `Writer`: a line for each step, in the vocabulary of `harness.trace`. `torch_writer` derives from it.
- `array_source`: an array. `INDENT`: four blanks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from . import (
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
    UnknownStep,
    Update,
    ZeroGrad,
    made_by,
)
from .arrays import Array
from .op_table import find
from .ops import AUGMENTED, INFIX

INDENT = "    "
# The steps that are no op and are written as one line each.
Statement = Grad | Backward | SetGrad | ZeroGrad | Update | Read


def array_source(array: Array) -> str:
    """Return an array as Python, in terms of `Array`, `inf` and `nan`. An empty array keeps its shape."""
    if array.size:
        return f"Array.of({array.nested()!r}, {array.dtype!r})"
    return f"Array({array.dtype!r}, {array.shape!r}, ())"


class Writer:
    """Writes each step as one line; the value %3 is called `v3`, and an input by its own name."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.names: Mapping[Ref, str] = {ref: name for name, ref in program.inputs.items()}
        self.depth, self.empty = 1, True

    def value(self, value: Any) -> str:
        """Return a reference by its name and anything else as a literal, in nested lists and tuples too."""
        if isinstance(value, Ref):
            return self.names.get(value, f"v{value.index}")
        if isinstance(value, list | tuple):
            inner = ", ".join(self.value(part) for part in value)
            comma = "," if isinstance(value, tuple) and len(value) == 1 else ""
            return f"[{inner}]" if isinstance(value, list) else f"({inner}{comma})"
        if isinstance(value, slice):
            return f"slice({self.value((value.start, value.stop, value.step))[1:-1]})"
        if isinstance(value, Array):
            return array_source(value)
        return "..." if value is ... else repr(value)

    def subscript(self, index: Any) -> str:
        """Return what stands between the brackets of `x[index]`, with colons for slices."""
        if not isinstance(index, tuple) or not index:
            return self._range(index)
        return ", ".join(map(self._range, index)) + ("," if len(index) == 1 else "")

    def _range(self, part: Any) -> str:
        if not isinstance(part, slice):
            return self.value(part)
        start, stop, step = (
            "" if end is None else self.value(end) for end in (part.start, part.stop, part.step)
        )
        return f"{start}:{stop}" + (f":{step}" if step else "")

    def write(self, index: int, step: Step) -> Iterator[str]:
        """Yield the lines of the step with number `index`; none for an input."""
        if isinstance(step, Input):
            return
        if isinstance(step, NoGrad):
            yield from self.no_grad(step, step.begin and self._left_by_an_exception(index))
            return
        self.empty = False
        made = made_by(step, self.program.first_values[index])
        names = ", ".join(map(self.value, made))
        if isinstance(step, Apply) and (op := find(step.op)) and op.operator in AUGMENTED:
            left, right = (self.value(operand) for operand in step.operands)
            yield f"{INDENT * self.depth}{names} = {left}"
            yield f"{INDENT * self.depth}{names} {op.operator} {right}"
            return
        body = self.call(step) if isinstance(step, Apply) else self.effect(step)
        if names and self.several(step):
            names = f"({names},)" if len(made) == 1 else names
        yield INDENT * self.depth + (f"{names} = {body}" if names else body)

    def no_grad(self, step: NoGrad, raised: bool) -> Iterator[str]:
        """Yield the lines of one end of a stretch; at its beginning `raised` tells how it is left."""
        if step.begin:
            yield f"{INDENT * self.depth}with trace.no_grad({'raised=True' if raised else ''}):"
        self.depth += 1 if step.begin else -1

    def _left_by_an_exception(self, begin: int) -> bool:
        depth = 0
        for step in self.program.steps[begin:]:
            if isinstance(step, NoGrad):
                depth += 1 if step.begin else -1
                if depth == 0:
                    return step.raised
        return False

    def several(self, step: Step) -> bool:
        """True when the step gives its values as a tuple, which may have one element."""
        if isinstance(step, Apply):
            op = find(step.op)
            return op is None or op.results != 1
        return True

    def call(self, step: Apply) -> str:
        """Return an op as an operator when it has one, else as a call."""
        op = find(step.op)
        assert op is not None, "a checked program has no unknown op"
        shown = [self.value(operand) for operand in step.operands]
        if op.operator in INFIX and len(shown) == 2 and not step.attributes:
            left, right = (f"({text})" if text.startswith("-") else text for text in shown)
            return f"{left} {op.operator} {right}"
        if op.operator == "-x":
            return f"-{shown[0]}"
        if op.operator == "[]":
            return f"{shown[0]}[{self.subscript(step.attributes[0][1])}]"
        shown += [f"{name}={self.value(value)}" for name, value in step.attributes]
        if op.results == 0:
            shown.append(f"results={step.results}")
        if op.has("free"):
            return f"record(free({step.op!r}), {', '.join(shown)})"
        return f"trace.{op.called or step.op}({', '.join(shown)})"

    def effect(self, step: Statement) -> str:
        """Return a step that is no op. UnknownStep for an unknown kind of step."""
        match step:
            case Grad():
                return self._grad(step)
            case Backward():
                return self._backward(step)
            case SetGrad(leaf, gradient):
                return f"{self.value(leaf)}.grad = {self.value(gradient)}"
            case ZeroGrad(leaves):
                return f"trace.zero_grad({self.value(list(leaves))[1:-1]})"
            case Update(leaves, rule, settings):
                options = "".join(f", {name}={value!r}" for name, value in settings)
                return f"trace.update({self.value(list(leaves))[1:-1]}, rule={rule!r}{options})"
            case Read(what, of, _):
                return f"trace.read({self.value(of)}{'' if what == 'value' else f'.{what}'})"
            case _:
                raise UnknownStep(step)

    def _grad(self, step: Grad) -> str:
        asked = [self.value(step.output), self.value(list(step.inputs))]
        asked += [] if step.cotangent == DEFAULT else [self.value(step.cotangent)]
        asked += [] if step.create_graph else ["create_graph=False"]
        asked += ["allow_unused=True"] if step.allow_unused else []
        asked += ["materialize_grads=True"] if step.materialize_grads else []
        return f"trace.grad({', '.join(asked)})"

    def _backward(self, step: Backward) -> str:
        roots = [step.root, *step.others]
        asked = [self.value(roots if step.others else step.root)]
        asked += [] if step.cotangent == DEFAULT else [self.value(step.cotangent)]
        asked += ["retain_graph=True"] if step.retain_graph else []
        asked += [f"inputs={self.value(list(step.inputs))}"] if step.inputs else []
        return f"trace.backward({', '.join(asked)})"
