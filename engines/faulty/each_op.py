"""The same few mistakes at every op of numbers, at one operand alone and at both.

- `OP-assigns`: a contribution replaces the earlier ones.
- `OP-forgets-upstream`: the derivative is not multiplied by the upstream gradient.
- `OP-negated`: the derivative has the other sign.
- `OP-cut-off`: no gradient comes back.
- `OP-at-output`: the derivative is taken at the result instead of the operand.

`OP-first-assigns` is the same at the first operand alone. `slips` has the mistakes that differ from op to op.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import _ieee as ieee
from .accumulation import OPS
from .change import Assigned, Bare, node, operands, slope

_ONE = (
    *("neg", "abs", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2"),
    *("log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "erf", "relu"),
    *("sigmoid", "tanh", "softplus", "silu", "clamp", "leaky_relu", "elu"),
)
_TWO = ("add", "sub", "mul", "div", "pow", "maximum", "minimum")
# These have a case of every op. A mistake in one op needs no others, and the selftest takes less time.
AMONG = (
    "unary",
    "activations",
    "arithmetic",
    "accumulation",
    "pairs",
    "discriminating",
    "diamonds",
)
# Other themes have these, most of them under another name.
_ELSEWHERE = {
    *(f"{op}-{name}" for op in OPS for name in ("assigns", "forgets-upstream")),
    *("neg-negated", "reciprocal-negated", "sin-negated", "cos-negated", "acos-negated"),
    *("cosh-negated", "sub-second-negated", "div-second-negated"),
    *("neg-cut-off", "abs-cut-off", "exp-cut-off", "clamp-cut-off"),
    *("div-cut-off", "pow-cut-off", "pow-second-cut-off", "maximum-cut-off"),
}


class Applied(NamedTuple):
    """A way to apply a correct derivative wrongly. `belief` has gaps for the operand and for the op.

    `change` is what each engine needs: here a function of the derivative.
    """

    name: str
    kind: Kind
    change: Callable[..., Any]
    belief: str


APPLIED = (
    Applied(
        "assigns",
        Kind.ASSIGNED,
        Assigned,
        "The gradient of {of} of {op} is 0 before, so `=` does the same as `+=`.",
    ),
    Applied(
        "forgets-upstream",
        Kind.UPSTREAM,
        Bare,
        "The gradient of {of} of {op} is the derivative of {op} alone.",
    ),
    Applied(
        "negated",
        Kind.SIGN,
        lambda derivative: -derivative,
        "The derivative of {op} by {of} has the other sign.",
    ),
    Applied("cut-off", Kind.CUT_OFF, lambda derivative: 0.0, "{op} passes no gradient to {of}."),
)


def _unchanged(derivative: float) -> float:
    return derivative


def _applied(op: str, how: Applied, first: bool = True, second: bool = True) -> Mistake:
    """The derivatives of `op` are correct, but these are applied in another way."""
    operand = operands(op, first, second)
    of = {"": "the operand", "both": "each operand"}.get(operand, f"the {operand} operand")
    left = how.change if first else _unchanged
    right = how.change if second else _unchanged
    words = [op.replace("_", "-"), *([] if operand in ("", "both") else [operand]), how.name]
    return Mistake(
        "-".join(words),
        how.belief.format(op=op, of=of),
        node(op, lambda d, e, *_: (left(d), right(e))),
        (op,),
        AMONG,
        theme="each op",
        kind=how.kind,
        operand=operand,
    )


# The derivative as a function of the operand. Where another theme has the mistake, there is no row.
_DERIVATIVES: dict[str, Callable[[float], float]] = {
    "square": lambda z: 2 * z,
    "sqrt": lambda z: ieee.divide(0.5, ieee.sqrt(z)),
    "exp": ieee.exp,
    "exp2": lambda z: math.log(2) * ieee.exp2(z),
    "log": lambda z: ieee.divide(1.0, z),
    "log2": lambda z: ieee.divide(1.0, z * math.log(2)),
    "log10": lambda z: ieee.divide(1.0, z * math.log(10)),
    "log1p": lambda z: ieee.divide(1.0, 1 + z),
    "sin": ieee.cos,
    "cos": lambda z: -ieee.sin(z),
    "tan": lambda z: 1 + ieee.tan(z) ** 2,
    "asin": lambda z: ieee.divide(1.0, ieee.sqrt(1 - z * z)),
    "acos": lambda z: -ieee.divide(1.0, ieee.sqrt(1 - z * z)),
    "atan": lambda z: 1 / (1 + z * z),
    "sinh": ieee.cosh,
    "cosh": ieee.sinh,
    "erf": lambda z: 2 / math.sqrt(math.pi) * math.exp(-z * z),
    "softplus": ieee.sigmoid,
    "silu": lambda z: ieee.sigmoid(z) * (1 + z * (1 - ieee.sigmoid(z))),
}


def _at_output(op: str, derivative: Callable[[float], float]) -> Mistake:
    return Mistake(
        f"{op}-at-output",
        f"The derivative of {op} is taken at the result of {op}, and not at x.",
        slope(op, lambda x, y: derivative(y)),
        (op,),
        AMONG,
        theme="each op",
        kind=Kind.OUTPUT_FOR_INPUT,
    )


_FOUND = [
    *(_applied(op, how) for op in (*_ONE, *_TWO) for how in APPLIED),
    *(_applied(op, how, second=False) for op in _TWO for how in APPLIED),
    *(_applied(op, how, first=False) for op in _TWO for how in APPLIED),
    *(_at_output(op, derivative) for op, derivative in _DERIVATIVES.items()),
]
MISTAKES = [mistake for mistake in _FOUND if mistake.name not in _ELSEWHERE]
