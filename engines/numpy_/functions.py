"""Functions of one number beyond the basic ones. Each line of the table is an op, as in `elementwise.py`.

- Exponentials, logarithms, trigonometry, the error function.
- Rounding: its gradient is zero, not missing.
- `isnan`, `isinf`, `isfinite`, `logical_*`: bools, which have no gradient.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .elementwise import cos, exp, sin, where, zeros_like
from .primitive import elementwise, primitive
from .tensor import method

__all__ = [
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atanh",
    "ceil",
    "cosh",
    "deg2rad",
    "erf",
    "erfc",
    "exp2",
    "expm1",
    "floor",
    "frac",
    "isfinite",
    "isinf",
    "isnan",
    "log1p",
    "log2",
    "log10",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logit",
    "nan_to_num",
    "positive",
    "rad2deg",
    "reciprocal",
    "round",
    "rsqrt",
    "signbit",
    "sinc",
    "sinh",
    "tan",
    "trunc",
]  # fmt: skip

_LN2, _LN10 = math.log(2), math.log(10)
_DEGREE = math.pi / 180
_SLOPE = 2 / math.sqrt(math.pi)  # of erf at 0


def _each(function: Any) -> Any:
    """Apply a function of the standard library to each element, in double precision."""
    apply = np.frompyfunc(function, 1, 1)
    return lambda x: np.asarray(apply(x), dtype=x.dtype)


def _slope_of_sinc(x: Any) -> Any:
    nonzero = where(x == 0, 1.0, x)
    angle = nonzero * math.pi
    return where(x == 0, 0.0, (cos(angle) * angle - sin(angle)) / (angle * nonzero))


def _zero(g: Any, shape: Any) -> Any:
    return zeros_like(g)


# fmt: off
exp2 = elementwise("exp2", np.exp2, lambda g, y, x: g * (y * _LN2), real=True)
expm1 = elementwise("expm1", np.expm1, lambda g, y, x: g * (y + 1), real=True)
log2 = elementwise("log2", np.log2, lambda g, y, x: g / (x * _LN2), real=True)
log10 = elementwise("log10", np.log10, lambda g, y, x: g / (x * _LN10), real=True)
log1p = elementwise("log1p", np.log1p, lambda g, y, x: g / (x + 1), real=True)
rsqrt = elementwise("rsqrt", lambda x: 1 / np.sqrt(x), lambda g, y, x: g * -0.5 * (y * y * y), real=True)
reciprocal = elementwise("reciprocal", lambda x: 1 / x, lambda g, y, x: -g * (y * y), real=True)

tan = elementwise("tan", np.tan, lambda g, y, x: g * (1 + y * y), real=True)
asin = elementwise("asin", np.arcsin, lambda g, y, x: g * rsqrt(1 - x * x), real=True)
acos = elementwise("acos", np.arccos, lambda g, y, x: -g * rsqrt(1 - x * x), real=True)
atan = elementwise("atan", np.arctan, lambda g, y, x: g / (x * x + 1), real=True)
sinh = elementwise("sinh", np.sinh, lambda g, y, x: g * cosh(x), real=True)
cosh = elementwise("cosh", np.cosh, lambda g, y, x: g * sinh(x), real=True)
asinh = elementwise("asinh", np.arcsinh, lambda g, y, x: g * rsqrt(x * x + 1), real=True)
acosh = elementwise("acosh", np.arccosh, lambda g, y, x: g * rsqrt(x * x - 1), real=True)
atanh = elementwise("atanh", np.arctanh, lambda g, y, x: g / (1 - x * x), real=True)
sinc = elementwise("sinc", np.sinc, lambda g, y, x: g * _slope_of_sinc(x), real=True)
deg2rad = elementwise("deg2rad", lambda x: x * _DEGREE, lambda g, s: g * _DEGREE, saves=False, real=True)
rad2deg = elementwise("rad2deg", lambda x: x / _DEGREE, lambda g, s: g / _DEGREE, saves=False, real=True)
erf = elementwise("erf", _each(math.erf), lambda g, y, x: g * (exp(-x * x) * _SLOPE), real=True)
erfc = elementwise("erfc", _each(math.erfc), lambda g, y, x: g * (exp(-x * x) * -_SLOPE), real=True)

floor = elementwise("floor", np.floor, _zero, saves=False)
ceil = elementwise("ceil", np.ceil, _zero, saves=False)
trunc = elementwise("trunc", np.trunc, _zero, saves=False)
frac = elementwise("frac", lambda x: x - np.trunc(x), lambda g, s: g, saves=False)
positive = elementwise("positive", np.positive, lambda g, s: g, saves=False)

isnan = elementwise("isnan", np.isnan)
isinf = elementwise("isinf", np.isinf)
isfinite = elementwise("isfinite", np.isfinite)
signbit = elementwise("signbit", np.signbit)
logical_not = elementwise("logical_not", np.logical_not)
logical_and = elementwise("logical_and", np.logical_and)
logical_or = elementwise("logical_or", np.logical_or)
logical_xor = elementwise("logical_xor", np.logical_xor)

_round = primitive("round", lambda x, decimals: np.round(x, decimals),
    lambda g, y, x, decimals: zeros_like(g))
_nan_to_num = primitive("nan_to_num", lambda x, **to: np.nan_to_num(x, **to),
    lambda g, y, x, **to: g * isfinite(x))
_logit = primitive("logit", lambda x: np.log(x / (1 - x)),
    lambda g, y, x: where((x >= 0) & (x <= 1), g / (x * (1 - x)), math.nan))
# fmt: on


def round(input: Any, *, decimals: int = 0) -> Any:
    """Round to the nearest integer, or to `decimals` decimals. Halves go to the even neighbour."""
    return _round(input, decimals=decimals)


def nan_to_num(
    input: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None
) -> Any:
    """Replace nan and the infinities, by default by 0 and by the largest numbers of the dtype."""
    return _nan_to_num(input, nan=nan, posinf=posinf, neginf=neginf)


def logit(input: Any, eps: float | None = None) -> Any:
    """log(x / (1 - x)); with eps, x is held between eps and 1 - eps first."""
    if eps is None:
        return _logit(input)
    return _logit(where(input < eps, eps, where(input > 1 - eps, 1 - eps, input)))


for _name in __all__:
    method(globals()[_name], _name)
method(positive, "__pos__")
method(round, "__round__")
