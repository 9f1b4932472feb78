"""The steps of a program: those that define values, and those that change or observe state.

They are imported through `harness.program`, which says what a program is. A step is a tuple with names: it
is made in a third of the time that a dataclass takes, and its class in an eighth, in each child. Two steps of
different kinds are never equal, because their fields have other types.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final, NamedTuple, Never, final, get_args

from .arrays import Array


@dataclass(frozen=True, slots=True)
class Ref:
    """The value with this number. It has its own type, so that a number is always a literal."""

    index: int

    def __str__(self) -> str:
        return f"%{self.index}"


# `Ref(3)`, as one object for all programs: there are hundreds of thousands of references.
value_number = functools.cache(Ref)


@dataclass(frozen=True, slots=True)
class Default:
    """The cotangent that the walk makes: none for a scalar, else fixed and non-constant."""

    def __str__(self) -> str:
        return "default"


DEFAULT: Final = Default()

# An operand is a value, or a literal that the engine gets as it is. Lists and tuples may hold any operand,
# and are kept apart, because `x[[0, 2]]`, `x[0, 2]` and `cat([x, y])` differ.
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


@final
class Input(NamedTuple):
    """A leaf, or a constant when it does not require grad. Defines one value."""

    name: str
    requires_grad: bool = True


@final
class Apply(NamedTuple):
    """An op of `harness.program.op_table` on operands. Defines `results` values."""

    op: str
    operands: tuple[Operand, ...]
    attributes: Attributes = ()
    results: int = 1


@final
class Grad(NamedTuple):
    """Gradients of `output` as new values, one for each of `inputs`; no `.grad` is written.

    With `create_graph` they can be differentiated again; without it they are constants. An input that
    was not used is an error; its gradient is None with `allow_unused` and zeros with `materialize_grads`.
    """

    output: Ref
    inputs: tuple[Ref, ...]
    cotangent: Default | Ref | Array | None = DEFAULT
    create_graph: bool = True
    allow_unused: bool = False
    materialize_grads: bool = False

    @property
    def plain(self) -> bool:
        """True when no option is asked for: the gradients are differentiable, and every input is used."""
        return self.create_graph and not (self.allow_unused or self.materialize_grads)


@final
class Backward(NamedTuple):
    """Accumulate the gradients of `root` on the leaves.

    `cotangent` None means that `backward()` is called without an argument for any shape. `others` are
    further roots of the same pass, each with the default cotangent. When there are `inputs`, only these
    leaves get a gradient.
    """

    root: Ref
    cotangent: Default | Ref | Array | None = DEFAULT
    retain_graph: bool = False
    others: tuple[Ref, ...] = ()
    inputs: tuple[Ref, ...] = ()


@final
class SetGrad(NamedTuple):
    """Set the gradient of a leaf to these numbers, or to this value itself."""

    leaf: Ref
    gradient: Ref | Array


@final
class ZeroGrad(NamedTuple):
    """Forget the gradients of `leaves`."""

    leaves: tuple[Ref, ...]


@final
class NoGrad(NamedTuple):
    """Begin (or end) a stretch in which no graph is recorded. An exception may leave it (`raised`)."""

    begin: bool
    raised: bool = False


@final
class Update(NamedTuple):
    """Replace each leaf by a fresh one, moved by `rule` along its gradient.

    The walk computes the move from the engine's gradients (see `harness.engine.optimizer`), so that a
    difference never comes from an optimizer. A fresh leaf has no gradient.
    """

    leaves: tuple[Ref, ...]
    rule: str
    settings: Attributes = ()


@final
class Read(NamedTuple):
    """Take a `value`, a `grad` or a `requires_grad` into the transcript, under a name."""

    what: str
    of: Ref
    label: str = ""


@final
class Repeat(NamedTuple):
    """A block of `steps`, `times` times one after the other: a long chain in a few words.

    The steps stand as in the first round. With each round the references to the values of the round, and of
    the round before it, move on; a reference to an earlier value stays. The steps apply ops, without
    attributes, to nothing but values and numbers.
    """

    steps: tuple[Apply, ...]
    times: int

    @property
    def results(self) -> int:
        """The number of values that one round defines."""
        return sum(step.results for step in self.steps)

    def rounds(self, first: int) -> Iterator[Apply]:
        """All steps of all rounds, where the first round defines the values from the number `first` on."""
        width = self.results
        for moved in range(0, width * self.times, width):
            for step in self.steps:
                operands = [
                    value_number(operand.index + moved)
                    if type(operand) is Ref and operand.index >= first - width
                    else operand
                    for operand in step.operands
                ]
                yield Apply(step.op, tuple(operands), (), step.results)


# The steps that change or observe state; the others define values.
Effect = Backward | SetGrad | ZeroGrad | NoGrad | Update | Read
Step = Input | Apply | Grad | Effect
# What a program is written down as. A reader of a program sees its steps, and no `Repeat`.
Part = Step | Repeat
STEP_KINDS: tuple[type[Any], ...] = get_args(Step)
READABLE = ("value", "grad", "requires_grad")
UPDATE_RULES = ("sgd", "momentum", "adam")


def defined_by(step: Part) -> int:
    """Return the number of values that the step, or the repeated block, defines.

    UnknownStep for an unknown kind of step.
    """
    match step:
        case Apply():
            return step.results
        case Repeat():
            return step.times * step.results
        case Grad():
            return len(step.inputs)
        case Input():
            return 1
        case Backward() | SetGrad() | ZeroGrad() | NoGrad() | Update() | Read():
            return 0
        case _:
            raise UnknownStep(step)


def made_by(step: Step, first: Ref) -> tuple[Ref, ...]:
    """Return the values that the step defines; `first` is the first of them.

    UnknownStep for an unknown kind of step.
    """
    return tuple(Ref(first.index + k) for k in range(defined_by(step)))


def refs_in(operand: Any) -> Iterator[Ref]:
    """Every reference in an operand, at any depth."""
    if isinstance(operand, Ref):
        yield operand
    elif isinstance(operand, list | tuple):
        for part in operand:
            yield from refs_in(part)
    elif isinstance(operand, slice):
        yield from refs_in((operand.start, operand.stop, operand.step))


class UnknownStep(Exception):
    """Raised in the last case of every `match` over steps: a mistake of the harness, never of an engine.

    Its argument has the type Never, so that mypy names every `match` that lacks a kind of step. It replaces
    `typing.assert_never`, because a walk counts an AssertionError as a failure of the engine. torch would
    fail in the same way, and the case would pass.
    """

    def __init__(self, step: Never) -> None:
        super().__init__(f"a {type(step).__name__} is no step that is known here")
