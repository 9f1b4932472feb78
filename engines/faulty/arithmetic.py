"""Wrong derivatives of arithmetic: the four operations, powers, signs and the larger of two."""

from __future__ import annotations

from functools import partial

from gradconform.harness.diagnose.finding import Kind

from .. import _ieee as ieee
from .change import wrong_slope


def _step(y: float) -> float:
    return 1.0 if y > 0 else 0.0


_wrong = partial(wrong_slope, "arithmetic")
MISTAKES = [
    _wrong(
        "reciprocal",
        "reciprocal-without-minus",
        "The derivative of 1 / x is 1 / x ** 2.",
        lambda x, y: y * y,
        kind=Kind.SIGN,
    ),
    _wrong(
        "square",
        "square-without-two",
        "The derivative of x ** 2 is x.",
        lambda x, y: x,
        kind=Kind.FACTOR,
    ),
    _wrong("abs", "abs-slope-one", "The derivative of abs(x) is 1 for every x.", lambda x, y: 1.0),
    _wrong(
        "neg",
        "neg-passes",
        "The derivative of -x is 1.",
        lambda x, y: 1.0,
        kind=Kind.SIGN,
    ),
    _wrong(
        "sub",
        "sub-second-sign",
        "Both operands of a - b get the upstream gradient with the same sign.",
        None,
        lambda a, b, y: 1.0,
        kind=Kind.SIGN,
    ),
    _wrong(
        "mul",
        "mul-own-value",
        "Each factor of a * b gets the upstream gradient times its own value.",
        lambda a, b, y: a,
        lambda a, b, y: b,
        kind=Kind.OPERANDS,
    ),
    _wrong(
        "div",
        "div-second-sign",
        "The derivative of a / b by b is a / b ** 2.",
        None,
        lambda a, b, y: a / (b * b),
        kind=Kind.SIGN,
    ),
    _wrong(
        "div",
        "div-without-square",
        "The derivative of a / b by b is -a / b.",
        None,
        lambda a, b, y: -a / b,
        kind=Kind.FACTOR,
    ),
    _wrong("div", "div-first-multiplies", "The derivative of a / b by a is b.", lambda a, b, y: b),
    _wrong(
        "pow",
        "pow-keeps-exponent",
        "The derivative of x ** n is n * x ** n.",
        lambda a, b, y: b * y,
    ),
    _wrong(
        "pow",
        "pow-without-factor",
        "The derivative of x ** n is x ** (n - 1).",
        lambda a, b, y: ieee.power(a, b - 1),
        kind=Kind.FACTOR,
    ),
    _wrong(
        "pow",
        "pow-skips-zero",
        "The derivative of x ** n is 0 where x is 0.",
        lambda a, b, y: b * ieee.power(a, b - 1) if a else 0.0,
    ),
    _wrong(
        "pow",
        "pow-exponent-dropped",
        "An exponent needs no gradient.",
        None,
        lambda a, b, y: 0.0,
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "pow",
        "pow-exponent-without-log",
        "The derivative of x ** n by n is x ** n.",
        None,
        lambda a, b, y: y,
        kind=Kind.FACTOR,
    ),
    _wrong(
        "maximum",
        "maximum-to-both",
        "Both operands of maximum get the whole gradient.",
        lambda a, b, y: 1.0,
        lambda a, b, y: 1.0,
    ),
    _wrong(
        "minimum",
        "minimum-as-maximum",
        "minimum sends the gradient to the larger operand.",
        lambda a, b, y: _step(a - b),
        lambda a, b, y: _step(b - a),
        kind=Kind.OPERANDS,
    ),
]
