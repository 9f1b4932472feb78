"""How an engine composes its ops: programs rewritten as the engine computes them.

Many engines have few ops of their own. Their `a - b` is `a + (-b)`, `-a` is `a * -1`, and `a / b` is
`a * b ** -1`. A mistake in `pow` is then a mistake in each of their quotients.

- `EXPANSIONS`: the ways in which engines compose an op from others.
- `Composition`: the way that is chosen for some ops. `rewritten`: the program of it.
- `reaches`: the ways through which an op is used by others.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..program import Apply, Program, Ref, Step, made_by
from ..program.transcript import Transcript
from .renumbering import renumbered

Build = Callable[..., Any]
# An expansion gets a function that applies an op, and the operands. None where it has no meaning.
Expansion = Callable[..., Any]


def _negated(apply: Build, x: Any) -> Any:
    return apply("neg", x) if isinstance(x, Ref) else -x


def _inverse(apply: Build, x: Any) -> Any:
    return apply("pow", x, -1.0) if isinstance(x, Ref) else 1.0 / x


def _by_exponentials(apply: Build, x: Any) -> Any:
    e = apply("exp", apply("mul", x, 2.0))
    return apply("div", apply("sub", e, 1.0), apply("add", e, 1.0))


def _logistic(apply: Build, x: Any) -> Any:
    return apply("div", 1.0, apply("add", 1.0, apply("exp", apply("neg", x))))


# For each op, the ways to compose it, the most usual one first.
EXPANSIONS: Mapping[str, Mapping[str, Expansion]] = {
    "sub": {
        "a + (-b)": lambda apply, a, b: apply("add", a, _negated(apply, b)),
        "a + b * -1": lambda apply, a, b: apply(
            "add", a, apply("mul", b, -1.0) if isinstance(b, Ref) else -b
        ),
    },
    "neg": {
        "x * -1": lambda apply, x: apply("mul", x, -1.0),
        "0 - x": lambda apply, x: apply("sub", 0.0, x),
    },
    "div": {
        "a * b ** -1": lambda apply, a, b: apply("mul", a, _inverse(apply, b)),
        "a * reciprocal(b)": lambda apply, a, b: apply(
            "mul", a, apply("reciprocal", b) if isinstance(b, Ref) else 1.0 / b
        ),
    },
    "square": {
        "x * x": lambda apply, x: apply("mul", x, x),
        "x ** 2": lambda apply, x: apply("pow", x, 2.0),
    },
    "reciprocal": {
        "x ** -1": lambda apply, x: apply("pow", x, -1.0),
        "1 / x": lambda apply, x: apply("div", 1.0, x),
    },
    "sqrt": {"x ** 0.5": lambda apply, x: apply("pow", x, 0.5)},
    "rsqrt": {
        "x ** -0.5": lambda apply, x: apply("pow", x, -0.5),
        "1 / sqrt(x)": lambda apply, x: apply("div", 1.0, apply("sqrt", x)),
    },
    "relu": {"maximum(x, 0)": lambda apply, x: apply("maximum", x, 0.0)},
    "sigmoid": {"1 / (1 + exp(-x))": _logistic},
    "tanh": {
        "(exp(2x) - 1) / (exp(2x) + 1)": _by_exponentials,
        "2 * sigmoid(2x) - 1": lambda apply, x: apply(
            "sub", apply("mul", apply("sigmoid", apply("mul", x, 2.0)), 2.0), 1.0
        ),
    },
    "silu": {"x * sigmoid(x)": lambda apply, x: apply("mul", x, apply("sigmoid", x))},
    "softplus": {
        "log(1 + exp(x))": lambda apply, x: apply("log", apply("add", apply("exp", x), 1.0)),
    },
    "pow": {
        "exp(b * log(a))": lambda apply, a, b: (
            apply("exp", apply("mul", b, apply("log", a))) if isinstance(b, Ref) else None
        ),
    },
    "minimum": {
        "-maximum(-a, -b)": lambda apply, a, b: apply(
            "neg", apply("maximum", _negated(apply, a), _negated(apply, b))
        ),
    },
}
# `a -= b` is `a - b` in an engine without a method for it.
_AUGMENTED = {"iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div", "ipow": "pow"}

# Nearly every engine has its own derivative for these, although they can be composed.
_OF_ITS_OWN = frozenset({"pow", "minimum"})


@dataclass(frozen=True)
class Composition:
    """The ops that an engine composes from others, each with its way."""

    ways: frozenset[tuple[str, str]] = frozenset()

    def with_way(self, op: str, way: str) -> Composition:
        """Return the composition in which `op` is composed in this way and in no other."""
        return Composition(self.without(op).ways | {(op, way)})

    def can_add(self, op: str, way: str) -> bool:
        """True when `op`, composed in this way, would not be made of itself."""
        return op not in self.used(parts(op, way))

    def without(self, op: str) -> Composition:
        """Return the composition in which `op` is an op of its own."""
        return Composition(frozenset(pair for pair in self.ways if pair[0] != op))

    def within(self, ops: frozenset[str]) -> Composition:
        """Return the part of the composition that matters for a program with these ops."""
        return self._for(ops)[0] if self.ways else self

    def used(self, ops: frozenset[str]) -> frozenset[str]:
        """Return the ops that are applied, directly or in the composition of others."""
        return self._for(ops)[1]

    @functools.cache  # noqa: B019 - there are few compositions, and a set of ops recurs often
    def _for(self, ops: frozenset[str]) -> tuple[Composition, frozenset[str]]:
        ways = dict(self.ways)
        new = {_AUGMENTED.get(op, op) for op in ops}
        every = ops | new
        found: set[tuple[str, str]] = set()
        while chosen := {(op, ways[op]) for op in new if op in ways} - found:
            found |= chosen
            new = set().union(*(parts(op, way) for op, way in chosen))
            every |= new
        return Composition(frozenset(found)), every


OWN = Composition()


@functools.cache
def parts(op: str, way: str) -> frozenset[str]:
    """The ops of which an op is composed in this way."""
    seen: set[str] = set()

    def apply(name: str, *operands: Any) -> Ref:
        seen.add(name)
        return Ref(0)

    # No expansion looks at its operands, apart from whether they are values.
    expand = EXPANSIONS[op][way]
    expand(apply, *[Ref(0)] * (expand.__code__.co_argcount - 1))
    return frozenset(seen)


@functools.cache
def reaches(op: str) -> tuple[tuple[str, str], ...]:
    """The ways, as (composed op, way), by which `op` is a part of other ops, directly or through others."""
    found: dict[tuple[str, str], None] = {}
    sought = [op]
    while sought:
        part = sought.pop(0)
        for composed, ways in EXPANSIONS.items():
            for way in ways:
                if part in parts(composed, way) and composed != op and (composed, way) not in found:
                    found[composed, way] = None
                    sought.append(composed)
    return tuple(found)


def composed_of(op: str) -> frozenset[str]:
    """Return the ops that engines usually compose of this one, augmented operators among them."""
    usually = {
        composed: parts(composed, next(iter(ways)))
        for composed, ways in EXPANSIONS.items()
        if composed not in _OF_ITS_OWN
    }
    made = {op}
    while more := {each for each, of in usually.items() if not made.isdisjoint(of)} - made:
        made |= more
    return frozenset((made | {name for name, of in _AUGMENTED.items() if of in made}) - {op})


def usual(composition: Composition) -> int:
    """How far a composition is from the usual one: 0 for it, and for an engine that composes nothing."""
    return sum(list(EXPANSIONS[op]).index(way) for op, way in composition.ways)


@dataclass(frozen=True)
class Rewritten:
    """A program in which ops are composed from others, and the way back.

    The readings are those of the original program, in the same order. `origins` gives, for each step, the
    index of the step of the original program from which it comes.
    """

    program: Program
    origins: tuple[int, ...]

    def original(self, transcript: Transcript) -> Transcript:
        """Return the transcript of the original program, made from that of the rewritten one."""
        stop = transcript.stop
        if stop is None:
            return transcript
        return replace(transcript, stop=replace(stop, step=self.origins[stop.step]))


def rewritten(program: Program, composition: Composition) -> Rewritten:
    """Return the program in which the ops of the composition are composed from others."""
    rewriting = _Rewriting(dict(composition.ways))
    for step, first in zip(program.steps, program.first_values, strict=True):
        rewriting.take(step, first)
    return Rewritten(Program(tuple(rewriting.steps)), tuple(rewriting.origins))


class _Rewriting:
    """The new program so far. `_values` has its value for each value of the original."""

    def __init__(self, ways: Mapping[str, str]) -> None:
        self._ways = ways
        self._values: dict[Ref, Any] = {}
        self._defined = 0
        self.steps: list[Step] = []
        self.origins: list[int] = []
        self._taken = 0

    def take(self, step: Step, first: Ref) -> None:
        """Add one step of the original, which defines the values from `first` on."""
        moved = renumbered(step, self._values.__getitem__)
        values = None
        if isinstance(moved, Apply) and _can_be_composed(moved):
            values = self._composed(moved.op, moved.operands)
        if values is None:
            values = self._appended(moved)
        for k, value in enumerate(values):
            self._values[Ref(first.index + k)] = value
        self._taken += 1

    def _composed(self, op: str, operands: tuple[Any, ...]) -> list[Ref] | None:
        op = _AUGMENTED.get(op, op)
        way = self._ways.get(op)
        made = None if way is None else EXPANSIONS[op][way](self._apply, *operands)
        return [made] if isinstance(made, Ref) else None

    def _apply(self, op: str, *operands: Any) -> Ref:
        found = self._composed(op, operands) or self._appended(Apply(op, operands))
        return found[0]

    def _appended(self, step: Step) -> list[Ref]:
        self.steps.append(step)
        self.origins.append(self._taken)
        values = list(made_by(step, Ref(self._defined)))
        self._defined += len(values)
        return values


def _can_be_composed(step: Apply) -> bool:
    """True when the operands are values and numbers alone, and the divisor is not the number 0."""
    by_zero = step.op in ("div", "itruediv") and step.operands[1] == 0
    plain = all(isinstance(each, Ref) or type(each) in (int, float) for each in step.operands)
    return plain and not by_zero and not step.attributes
