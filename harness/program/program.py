"""A program: a frozen, straight-line list of steps in SSA form. It knows no engine.

- `Ref`: one value, numbered in order of definition; written `%3`.
- `Input`, `Apply`, `Grad`: steps that define values.
- `Backward`, `SetGrad`, `ZeroGrad`, `NoGrad`, `Update`, `Read`: steps that change or observe state.
- `Program`: the checked list. `harness.program.printing` prints it; `harness.program.serialize` turns it
  into JSON and back.

No step is merged, folded or removed: `a*b + a*b` and `c = a*b; c + c` are two programs, because they
are two tests of accumulation. A literal stays a literal, so that `2.0 - a` runs the engine's
`__rsub__`. An op that changes its first operand in place defines a value too: the same object, under
another reference.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..errors import ProgramError
from .op_table import find
from .steps import (
    DEFAULT,
    READABLE,
    STEP_KINDS,
    UPDATE_RULES,
    Apply,
    Backward,
    Effect,
    Grad,
    Input,
    NoGrad,
    Read,
    Ref,
    SetGrad,
    Step,
    UnknownStep,
    Update,
    ZeroGrad,
    defined_by,
)


@dataclass(frozen=True)
class Program:
    """A checked list of steps. ProgramError when a step breaks a rule; the message names the step.

    `inputs` are the references of the inputs, by name, and `reads` the readings, both in order.
    """

    steps: tuple[Step, ...]
    inputs: dict[str, Ref] = field(init=False, repr=False, compare=False)
    reads: tuple[Read, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checker = _Checker()
        for index, step in enumerate(self.steps):
            try:
                checker.check(step)
            except ProgramError as problem:
                raise ProgramError(f"step {index} ({type(step).__name__}): {problem}") from None
        checker.finish()
        # The checker has found both, so that no other walk over the steps is needed.
        inputs = {step.name: Ref(index) for index, step in checker.inputs.items()}
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "reads", tuple(checker.reads))

    @classmethod
    def unchecked(cls, steps: tuple[Step, ...]) -> Program:
        """A program of steps that another process has checked already.

        UnknownStep for an unknown kind of step.
        """
        inputs: dict[str, Ref] = {}
        total = 0
        for step in steps:
            if type(step) is Apply:
                total += step.results
                continue
            if isinstance(step, Input):
                inputs[step.name] = Ref(total)
            total += defined_by(step)
        program = object.__new__(cls)
        reads = tuple([step for step in steps if type(step) is Read])
        for name, value in (("steps", steps), ("inputs", inputs), ("reads", reads)):
            object.__setattr__(program, name, value)
        return program

    @functools.cached_property
    def first_values(self) -> tuple[Ref, ...]:
        """For each step, the first value that it defines (or would define)."""
        numbers, total = [], 0
        for step in self.steps:
            numbers.append(Ref(total))
            total += defined_by(step)
        return tuple(numbers)

    @functools.cached_property
    def labels(self) -> tuple[str, ...]:
        """A unique name for each reading: `result`, `x`, `x.grad`, `%4.grad`, `x.grad#2`."""
        names = {ref: name for name, ref in self.inputs.items()}
        seen: dict[str, int] = {}
        labels = []
        for read in self.reads:
            label = read.label or names.get(read.of, str(read.of))
            label += "" if read.what == "value" else f".{read.what}"
            seen[label] = seen.get(label, 0) + 1
            labels.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
        return tuple(labels)

    def due(self, stopped: int | None) -> int:
        """The number of readings in the transcript of a run that stopped at that step, or at no step."""
        return sum(type(step) is Read for step in self.steps[:stopped])

    @functools.cached_property
    def watched(self) -> frozenset[Ref]:
        """Inner values whose gradient is read: an engine may have to be told to keep it."""
        leaves = set(self.inputs.values())
        return frozenset(r.of for r in self.reads if r.what == "grad" and r.of not in leaves)

    @functools.cached_property
    def ops(self) -> frozenset[str]:
        """The names of the ops that are applied."""
        return frozenset(step.op for step in self.steps if isinstance(step, Apply))


class _Checker:
    """The rules of a program, step by step."""

    def __init__(self) -> None:
        self.defined = 0
        self.inputs: dict[int, Input] = {}
        self.names: set[str] = set()
        # Checked (op, operands, results): without attributes, applications of one form need one check.
        self.forms: set[tuple[str, int, int]] = set()
        self.depth = 0
        self.reads: list[Read] = []

    def check(self, step: Step) -> None:
        if type(step) is Apply:
            self.apply(step)
            self.defined += step.results
            return
        if type(step) not in STEP_KINDS:
            known = ", ".join(kind.__name__ for kind in STEP_KINDS)
            raise ProgramError(f"no such step exists; a step is one of {known}")
        if isinstance(step, Input):
            self.input(step)
        else:
            self.effect(step)
        self.defined += defined_by(step)

    def require(self, operand: Any) -> None:
        if type(operand) is Ref:
            if not 0 <= operand.index < self.defined:
                raise ProgramError(f"{operand} is used before it is defined")
        elif isinstance(operand, list | tuple):
            for part in operand:
                self.require(part)
        elif isinstance(operand, slice):
            self.require((operand.start, operand.stop, operand.step))

    def input(self, step: Input) -> None:
        if step.name in self.names:
            raise ProgramError(f"two inputs are named {step.name!r}")
        self.names.add(step.name)
        self.inputs[self.defined] = step

    def apply(self, step: Apply) -> None:
        form = (step.op, len(step.operands), step.results)
        if step.attributes or form not in self.forms:
            self.form(step)
            self.forms.add(form)
        self.require(step.operands)

    def form(self, step: Apply) -> None:
        op = find(step.op)
        if op is None:
            raise ProgramError(f"unknown op {step.op!r}")
        most = len(step.operands) if op.most is None else op.most
        if not op.required <= len(step.operands) <= most:
            raise ProgramError(f"{step.op} takes {op.operands}; {len(step.operands)} operands came")
        if step.results < 1 or (op.results and step.results != op.results):
            raise ProgramError(f"{step.op} gives {op.results} results, not {step.results}")
        for name, value in step.attributes:
            if name not in op.attribute_names and not op.has("free"):
                raise ProgramError(f"{step.op} has no attribute {name!r}")
            self.require(value)

    def effect(self, step: Grad | Effect) -> None:
        match step:
            case Backward():
                self.backward(step)
            case Grad():
                self.require([step.output, step.cotangent, *step.inputs])
            case SetGrad(leaf, gradient):
                self.leaves([leaf])
                self.require(gradient)
            case ZeroGrad(leaves):
                self.leaves(leaves)
            case Update(leaves, rule, _):
                self.leaves(leaves)
                if rule not in UPDATE_RULES:
                    raise ProgramError(f"unknown update rule {rule!r}; {', '.join(UPDATE_RULES)}")
            case NoGrad(begin):
                self.depth += 1 if begin else -1
                if self.depth < 0:
                    raise ProgramError("no_grad ends where none has begun")
            case Read(what, of, _):
                if what not in READABLE:
                    raise ProgramError(f"{what!r} cannot be read; {', '.join(READABLE)} can")
                self.require(of)
                self.reads.append(step)
            case _:
                raise UnknownStep(step)

    def backward(self, step: Backward) -> None:
        self.require([step.root, step.cotangent, *step.others])
        self.leaves(step.inputs)
        if step.others and step.cotangent != DEFAULT:
            raise ProgramError("several roots have the default cotangent each")

    def leaves(self, refs: Iterable[Ref]) -> None:
        for ref in refs:
            if not (ref.index in self.inputs and self.inputs[ref.index].requires_grad):
                raise ProgramError(f"{ref} is not a leaf that requires grad")

    def finish(self) -> None:
        if self.depth:
            raise ProgramError("no_grad is not ended")
        if not self.reads:
            raise ProgramError("nothing is read, so nothing could be compared")
