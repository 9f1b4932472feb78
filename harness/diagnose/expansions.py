"""The ways in which engines compose an op from others.

Many engines have few ops of their own. Their `a - b` is `a + (-b)`, `-a` is `a * -1`, and `a / b` is
`a * b ** -1`. A mistake in `pow` is then a mistake in each of their quotients.

- `EXPANSIONS`: the ways. `USUAL`: the most usual ones. `parts`: the ops that are used in a way.
- `REFLECTED`, `AUGMENTED`: ops with a number on the left; ops that change their first operand.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..program import Ref

# An expansion gets the builder and the operands. It returns None where it has no meaning.
Expansion = Callable[..., Any]


class Build(Protocol):
    """Adds steps to a program, and returns their results."""

    def __call__(self, op: str, *operands: Any) -> Ref:
        """Apply an op."""

    def constant(self, number: float) -> Ref:
        """Make a node of a number. It wants no gradient."""


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
    "radd": {"constant(a) + b": lambda apply, a, b: apply("add", apply.constant(a), b)},
    "rsub": {
        "(-b) + a": lambda apply, a, b: apply("add", apply("neg", b), a),
        "-(b - a)": lambda apply, a, b: apply("neg", apply("sub", b, a)),
    },
    "rmul": {"constant(a) * b": lambda apply, a, b: apply("mul", apply.constant(a), b)},
    "rdiv": {
        "constant(a) / b": lambda apply, a, b: apply("div", apply.constant(a), b),
        "a * b ** -1": lambda apply, a, b: apply("mul", a, apply("pow", b, -1.0)),
        "a * reciprocal(b)": lambda apply, a, b: apply("mul", a, apply("reciprocal", b)),
    },
    "minimum": {
        "-maximum(-a, -b)": lambda apply, a, b: apply(
            "neg", apply("maximum", _negated(apply, a), _negated(apply, b))
        ),
    },
}
# Many engines have these ways alone, and so a graph that differs from that of the program.
USUAL = tuple((op, next(iter(EXPANSIONS[op]))) for op in ("neg", "sub", "div"))
# With a number on the left, these have a method of their own. They are called as Python calls it.
REFLECTED = {"add": "radd", "sub": "rsub", "mul": "rmul", "div": "rdiv"}
# `a -= b` is `a - b` in an engine without a method for it.
AUGMENTED = {"iadd": "add", "isub": "sub", "imul": "mul", "itruediv": "div", "ipow": "pow"}

# Nearly every engine has its own derivative for these, although they can be composed.
OF_ITS_OWN = frozenset({"pow", "minimum"})


class _Parts:
    """Builds no program, but notes the ops."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def __call__(self, op: str, *operands: Any) -> Ref:
        self.seen.add(op)
        return Ref(0)

    def constant(self, number: float) -> Ref:
        return Ref(0)


@functools.cache
def parts(op: str, way: str) -> frozenset[str]:
    """The ops of which an op is composed in this way."""
    build, expand = _Parts(), EXPANSIONS[op][way]
    # No expansion looks at its operands, apart from whether they are values.
    expand(build, *[Ref(0)] * (expand.__code__.co_argcount - 1))
    return frozenset(build.seen)
