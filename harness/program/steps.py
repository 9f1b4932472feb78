"""The steps of a program: what defines values, and what changes or observes state.

They are imported through `harness.program`, which says what a program is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import EllipsisType
from typing import Any, Final, Never, final, get_args

from harness.program.arrays import Array


@dataclass(frozen=True, slots=True)
class Ref:
    """The value with this number. A type of its own, so that a number is always a literal."""

    index: int

    def __str__(self) -> str:
        return f"%{self.index}"


@dataclass(frozen=True, slots=True)
class Default:
    """The cotangent that the walk makes: none for a scalar, else fixed and non-constant."""

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


@final
@dataclass(frozen=True, slots=True)
class Input:
    """A leaf, or a constant when it does not require grad. Defines one value."""

    name: str
    requires_grad: bool = True


@final
@dataclass(frozen=True, slots=True)
class Apply:
    """An op of `harness.program.op_table` on operands. Defines `results` values."""

    op: str
    operands: tuple[Operand, ...]
    attributes: Attributes = ()
    results: int = 1


@final
@dataclass(frozen=True, slots=True)
class Grad:
    """Gradients of `output` as new values, one for each of `inputs`; no `.grad` is written.

    With `create_graph` they can be differentiated again, without it they are constants. An input that
    was not used is an error, None with `allow_unused`, zeros with `materialize_grads`.
    """

    output: Ref
    inputs: tuple[Ref, ...]
    cotangent: Default | Ref | Array | None = DEFAULT
    create_graph: bool = True
    allow_unused: bool = False
    materialize_grads: bool = False

    @property
    def plain(self) -> bool:
        """Whether nothing is asked but differentiable gradients."""
        return self.create_graph and not (self.allow_unused or self.materialize_grads)


@final
@dataclass(frozen=True, slots=True)
class Backward:
    """Accumulate the gradients of `root` on the leaves.

    `cotangent` None means that `backward()` is called without an argument whatever the shape.
    `others` are further roots of the same pass, with the default cotangent all; `inputs` are the
    only leaves that get a gradient, where there are any.
    """

    root: Ref
    cotangent: Default | Ref | Array | None = DEFAULT
    retain_graph: bool = False
    others: tuple[Ref, ...] = ()
    inputs: tuple[Ref, ...] = ()


@final
@dataclass(frozen=True, slots=True)
class SetGrad:
    """The gradient of a leaf becomes these numbers, or this very value."""

    leaf: Ref
    gradient: Ref | Array


@final
@dataclass(frozen=True, slots=True)
class ZeroGrad:
    """Forget the gradients of `leaves`."""

    leaves: tuple[Ref, ...]


@final
@dataclass(frozen=True, slots=True)
class NoGrad:
    """Begin (or end) a stretch in which no graph is recorded."""

    begin: bool


@final
@dataclass(frozen=True, slots=True)
class Update:
    """Replace each leaf by a fresh one, moved by `rule` along its gradient.

    The walk computes the move from the engine's gradients (see `harness.engine.optimizer`), so that
    an optimizer is never what differs. A fresh leaf has no gradient.
    """

    leaves: tuple[Ref, ...]
    rule: str
    settings: Attributes = ()


@final
@dataclass(frozen=True, slots=True)
class Read:
    """Take a `value`, a `grad` or a `requires_grad` into the transcript, under a name."""

    what: str
    of: Ref
    label: str = ""


# The steps that change or observe state; the others define values.
Effect = Backward | SetGrad | ZeroGrad | NoGrad | Update | Read
Step = Input | Apply | Grad | Effect
STEP_KINDS: tuple[type[Any], ...] = get_args(Step)
READABLE = ("value", "grad", "requires_grad")
UPDATE_RULES = ("sgd", "momentum", "adam")


def defined_by(step: Step) -> int:
    """How many values the step defines."""
    match step:
        case Apply():
            return step.results
        case Grad():
            return len(step.inputs)
        case Input():
            return 1
        case Backward() | SetGrad() | ZeroGrad() | NoGrad() | Update() | Read():
            return 0
        case _:
            raise UnknownStep(step)


def refs_in(operand: Any) -> Iterator[Ref]:
    """Every reference in an operand, however deeply it lies."""
    if isinstance(operand, Ref):
        yield operand
    elif isinstance(operand, list | tuple):
        for part in operand:
            yield from refs_in(part)
    elif isinstance(operand, slice):
        yield from refs_in((operand.start, operand.stop, operand.step))


class UnknownStep(Exception):
    """The last case of every `match` over steps: a mistake of the harness, never of an engine.

    Its argument is of type Never, so mypy names every `match` that lacks a step of `Step`. It stands in
    the place of `typing.assert_never` because a walk takes an AssertionError for a failure of the
    engine. Torch would fail alike, and the case would pass.
    """

    def __init__(self, step: Never) -> None:
        super().__init__(f"a {type(step).__name__} is no step that is known here")
