"""A program: a frozen, straight-line list of steps in SSA form, and nothing that knows an engine.

- `Ref`: one value, numbered in order of definition; written `%3`.
- `Input`, `Apply`, `Grad`: steps that define values.
- `Backward`, `ZeroGrad`, `NoGrad`, `Update`, `Read`: steps that change or observe state.
- `Program`: the checked list; `harness.notation` prints it and turns it to JSON and back.

Nothing is merged, folded or removed: `a*b + a*b` and `c = a*b; c + c` are two programs, because they
are two tests of accumulation. A literal stays a literal, so that `2.0 - a` runs the engine's
`__rsub__`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final

from harness.array import Array
from harness.errors import ProgramError
from harness.ops import find


@dataclass(frozen=True, slots=True)
class Ref:
    """The value with this number. A type of its own, so that a number is always a literal."""

    index: int

    def __str__(self) -> str:
        return f"%{self.index}"


@dataclass(frozen=True, slots=True)
class Default:
    """The cotangent that the interpreter makes: none for a scalar, else fixed and non-constant."""

    def __str__(self) -> str:
        return "default"


DEFAULT: Final = Default()

# What stands in an operand's place: a value, or a literal that the engine gets as it is. Lists and
# tuples may hold any of them, because `x[[0, 2]]`, `x[0, 2]` and `cat([x, y])` differ.
Operand = (
    Ref
    | Array
    | None
    | bool
    | int
    | float
    | str
    | list[Any]
    | tuple[Any, ...]
    | slice
    | EllipsisType
)
Attributes = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A leaf, or a constant when it does not require grad. Defines one value."""

    name: str
    requires_grad: bool = True


@dataclass(frozen=True, slots=True)
class Apply:
    """An op of `harness.ops` on operands. Defines `results` values."""

    op: str
    operands: tuple[Operand, ...]
    attributes: Attributes = ()
    results: int = 1


@dataclass(frozen=True, slots=True)
class Grad:
    """Gradients of `output` as new, differentiable values, one for each of `inputs`."""

    output: Ref
    inputs: tuple[Ref, ...]
    cotangent: Default | Ref | Array | None = DEFAULT


@dataclass(frozen=True, slots=True)
class Backward:
    """Accumulate the gradients of `root` on the leaves.

    `cotangent` None means that `backward()` is called without an argument whatever the shape.
    """

    root: Ref
    cotangent: Default | Ref | Array | None = DEFAULT
    retain_graph: bool = False


@dataclass(frozen=True, slots=True)
class ZeroGrad:
    """Forget the gradients of `leaves`."""

    leaves: tuple[Ref, ...]


@dataclass(frozen=True, slots=True)
class NoGrad:
    """Begin (or end) a stretch in which no graph is recorded."""

    begin: bool


@dataclass(frozen=True, slots=True)
class Update:
    """Replace each leaf by a fresh one, moved by `rule` along its gradient.

    The interpreter computes the move from the engine's gradients (see `harness.optimizer`), so that
    an optimizer is never what differs. A fresh leaf has no gradient.
    """

    leaves: tuple[Ref, ...]
    rule: str
    settings: Attributes = ()


@dataclass(frozen=True, slots=True)
class Read:
    """Take a `value`, a `grad` or a `requires_grad` into the transcript, under a name."""

    what: str
    of: Ref
    label: str = ""


Step = Input | Apply | Grad | Backward | ZeroGrad | NoGrad | Update | Read
READABLE = ("value", "grad", "requires_grad")
UPDATE_RULES = ("sgd", "momentum", "adam")


def defined_by(step: Step) -> int:
    """How many values the step defines."""
    if isinstance(step, Apply):
        return step.results
    if isinstance(step, Grad):
        return len(step.inputs)
    return 1 if isinstance(step, Input) else 0


def refs_in(operand: Any) -> Iterator[Ref]:
    """Every reference in an operand, however deeply it lies."""
    if isinstance(operand, Ref):
        yield operand
    elif isinstance(operand, list | tuple):
        for part in operand:
            yield from refs_in(part)
    elif isinstance(operand, slice):
        yield from refs_in((operand.start, operand.stop, operand.step))


@dataclass(frozen=True)
class Program:
    """A checked list of steps. ProgramError when a step breaks a rule; the message names the step."""

    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        checker = _Checker()
        for index, step in enumerate(self.steps):
            try:
                checker.check(step)
            except ProgramError as problem:
                raise ProgramError(f"step {index} ({type(step).__name__}): {problem}") from None
        checker.finish()

    @functools.cached_property
    def inputs(self) -> dict[str, Ref]:
        """The references of the inputs, by name, in order."""
        return {
            step.name: ref
            for step, ref in zip(self.steps, self.first_values, strict=True)
            if isinstance(step, Input)
        }

    @functools.cached_property
    def first_values(self) -> tuple[Ref, ...]:
        """For each step, the first value that it defines (or would define)."""
        numbers, total = [], 0
        for step in self.steps:
            numbers.append(Ref(total))
            total += defined_by(step)
        return tuple(numbers)

    @functools.cached_property
    def reads(self) -> tuple[Read, ...]:
        """The readings in order."""
        return tuple(step for step in self.steps if isinstance(step, Read))

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
        self.depth = 0
        self.reads = 0

    def check(self, step: Step) -> None:
        if type(step) is Apply:
            self.apply(step)
        elif isinstance(step, Input):
            self.input(step)
        else:
            self.effect(step)
        self.defined += defined_by(step)

    def require(self, operand: Any) -> None:
        for ref in refs_in(operand):
            if not 0 <= ref.index < self.defined:
                raise ProgramError(f"{ref} is used before it is defined")

    def input(self, step: Input) -> None:
        if step.name in self.names:
            raise ProgramError(f"two inputs are named {step.name!r}")
        self.names.add(step.name)
        self.inputs[self.defined] = step

    def apply(self, step: Apply) -> None:
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
        self.require(step.operands)

    def effect(self, step: Step) -> None:
        if isinstance(step, Backward | Grad):
            self.require([step.root if isinstance(step, Backward) else step.output])
            self.require(step.cotangent)
            self.require(step.inputs if isinstance(step, Grad) else ())
        elif isinstance(step, ZeroGrad | Update):
            for ref in step.leaves:
                if not (ref.index in self.inputs and self.inputs[ref.index].requires_grad):
                    raise ProgramError(f"{ref} is not a leaf that requires grad")
            if isinstance(step, Update) and step.rule not in UPDATE_RULES:
                raise ProgramError(f"unknown update rule {step.rule!r}; {', '.join(UPDATE_RULES)}")
        elif isinstance(step, NoGrad):
            self.depth += 1 if step.begin else -1
            if self.depth < 0:
                raise ProgramError("no_grad ends where none has begun")
        elif isinstance(step, Read):
            if step.what not in READABLE:
                raise ProgramError(f"{step.what!r} cannot be read; {', '.join(READABLE)} can")
            self.require(step.of)
            self.reads += 1

    def finish(self) -> None:
        if self.depth:
            raise ProgramError("no_grad is not ended")
        if not self.reads:
            raise ProgramError("nothing is read, so nothing could be compared")
