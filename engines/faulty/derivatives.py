"""Wrong derivatives of functions of one number."""

from __future__ import annotations

import math
from functools import partial

from gradconform.harness.diagnose.finding import Kind

from .. import _ieee as ieee
from .change import wrong_slope

_wrong = partial(wrong_slope, "derivatives")
MISTAKES = [
    _wrong(
        "exp",
        "exp-uses-input",
        "The derivative of exp(x) is x.",
        lambda x, y: x,
        kind=Kind.INPUT_FOR_OUTPUT,
    ),
    _wrong(
        "exp",
        "exp-by-power-rule",
        "The derivative of exp(x) is x * exp(x - 1), as for powers.",
        lambda x, y: x * math.exp(x - 1),
    ),
    _wrong(
        "exp2",
        "exp2-without-factor",
        "The derivative of 2 ** x is 2 ** x.",
        lambda x, y: y,
        kind=Kind.FACTOR,
    ),
    _wrong(
        "expm1",
        "expm1-is-its-derivative",
        "The derivative of exp(x) - 1 is exp(x) - 1.",
        lambda x, y: y,
    ),
    _wrong(
        "log",
        "log-with-epsilon",
        "The derivative of log(x) is 1 / (x + 1e-8).",
        lambda x, y: 1 / (x + 1e-8),
    ),
    _wrong(
        "log",
        "log-forgets-derivative",
        "The derivative of log(x) is log(x) / x.",
        lambda x, y: y / x,
    ),
    _wrong(
        "log2",
        "log2-as-log",
        "The derivative of log2(x) is 1 / x.",
        lambda x, y: 1 / x,
        kind=Kind.FACTOR,
    ),
    _wrong(
        "log10",
        "log10-multiplies",
        "The derivative of log10(x) is log(10) / x.",
        lambda x, y: math.log(10) / x,
        kind=Kind.FACTOR,
    ),
    _wrong(
        "log1p",
        "log1p-as-log",
        "The derivative of log1p(x) is 1 / x.",
        lambda x, y: ieee.divide(1.0, x),
    ),
    _wrong(
        "sqrt",
        "sqrt-of-input",
        "The derivative of sqrt(x) is 1 / (2 * x).",
        lambda x, y: 0.5 / x,
        kind=Kind.INPUT_FOR_OUTPUT,
    ),
    _wrong(
        "sqrt",
        "sqrt-without-half",
        "The derivative of sqrt(x) is 1 / sqrt(x).",
        lambda x, y: 1 / y,
        kind=Kind.FACTOR,
    ),
    _wrong(
        "rsqrt",
        "rsqrt-of-input",
        "The derivative of 1 / sqrt(x) is -0.5 / x ** 3.",
        lambda x, y: -0.5 / x**3,
        kind=Kind.INPUT_FOR_OUTPUT,
    ),
    _wrong(
        "sin",
        "sin-with-minus",
        "The derivative of sin(x) is -cos(x).",
        lambda x, y: -math.cos(x),
        kind=Kind.SIGN,
    ),
    _wrong(
        "cos",
        "cos-without-minus",
        "The derivative of cos(x) is sin(x).",
        lambda x, y: math.sin(x),
        kind=Kind.SIGN,
    ),
    _wrong(
        "tan",
        "tan-of-input",
        "The derivative of tan(x) is 1 + x ** 2.",
        lambda x, y: 1 + x * x,
        kind=Kind.INPUT_FOR_OUTPUT,
    ),
    _wrong(
        "acos",
        "acos-as-asin",
        "acos and asin have the same derivative.",
        lambda x, y: 1 / math.sqrt(1 - x * x),
        kind=Kind.SIGN,
    ),
    _wrong(
        "atan",
        "atan-with-minus",
        "The derivative of atan(x) is 1 / (1 - x ** 2).",
        lambda x, y: ieee.divide(1.0, 1 - x * x),
    ),
    _wrong(
        "cosh",
        "cosh-with-minus",
        "The derivative of cosh(x) is -sinh(x).",
        lambda x, y: -math.sinh(x),
        kind=Kind.SIGN,
    ),
    _wrong(
        "erf",
        "erf-without-factor",
        "The derivative of erf(x) is exp(-x ** 2).",
        lambda x, y: math.exp(-x * x),
        kind=Kind.FACTOR,
    ),
]
