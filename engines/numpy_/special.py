"""Special functions: gamma, Bessel, the inverse error function and others.

- `lgamma`, `digamma`, `polygamma`: each the derivative of the one before. `mvlgamma`.
- `i0`, and the modified Bessel functions of higher orders, of which its derivatives are made.
- `erfinv`, `entr`, `ndtr`, `xlog1py`.

Values are computed in double precision. Each function names its method.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .elementwise import exp, log, where
from .functions import erfc
from .graph import Array
from .primitive import elementwise, primitive
from .tensor import method

__all__ = [
    "digamma", "entr", "erfinv", "i0", "i1", "lgamma", "mvlgamma", "ndtr", "polygamma", "xlog1py",
]  # fmt: skip

# Abramowitz and Stegun 23.2: B(2k) for k = 1, 2, ...
_BERNOULLI = (1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510)
_FAR = 10.0  # from this number on the asymptotic series give double precision


def _log_gamma(x: float) -> float:
    try:
        return math.lgamma(x)
    except (ValueError, OverflowError):  # a pole, or too large
        return math.inf


_each_log_gamma = np.frompyfunc(_log_gamma, 1, 1)


def _np_lgamma(x: Array) -> Array:
    return np.asarray(_each_log_gamma(x), x.dtype)


def _np_polygamma(x: Array, n: int) -> Array:
    x = np.asarray(x)
    z = x.astype(np.float64)
    y = _digamma(z) if n == 0 else (-1) ** (n + 1) * math.factorial(n) * _zeta(n + 1, z)
    return y.astype(x.dtype)


def _digamma(x: Array) -> Array:
    """Digamma: reflection below 0, recurrence up to 10, Abramowitz and Stegun 6.3.18 above."""
    z, shift = np.where(x < 0, 1 - x, x), np.zeros_like(x)
    for _ in range(int(_FAR)):
        near = z < _FAR
        shift = np.where(near, shift - 1 / z, shift)
        z = np.where(near, z + 1, z)
    series = sum(b / (2 * k * z ** (2 * k)) for k, b in enumerate(_BERNOULLI, 1))
    y = np.where(np.isinf(z), z, np.log(z) - 0.5 / z - series) + shift
    reflected = np.where(x == np.floor(x), np.nan, y - math.pi / np.tan(math.pi * x))
    return np.where(x == 0, np.copysign(np.inf, -x), np.where(x < 0, reflected, y))


def _zeta(s: int, x: Array) -> Array:
    """The Hurwitz zeta function: a sum up to 10, the Euler-Maclaurin formula above.

    nan below -1000, where the sum would be long and no digit certain.
    """
    z, total = np.where(x < -1000, np.nan, x), np.zeros_like(x)
    while (near := z < _FAR).any():
        total = np.where(near, total + z**-s, total)
        z = np.where(near, z + 1, z)
    total = total + z ** (1 - s) / (s - 1) + 0.5 * z**-s
    factor = float(s)
    for k, b in enumerate(_BERNOULLI, 1):
        total = total + factor * b / math.factorial(2 * k) * z ** (1 - s - 2 * k)
        factor *= (s + 2 * k - 1) * (s + 2 * k)
    return np.where((x <= 0) & (x == np.floor(x)), np.inf, total)


_polygamma = primitive("polygamma", _np_polygamma, lambda g, y, x, n: g * _polygamma(x, n=n + 1))


def _np_bessel(x: Array, order: int) -> Array:
    """The integral of exp(x cos t) cos(nt) over half a turn (Abramowitz and Stegun 9.6.19).

    The trapezoidal rule converges exponentially for it; 128 steps suffice up to overflow.
    """
    x = np.asarray(x)
    size = np.minimum(np.abs(x.astype(np.float64)), 750.0)
    total = np.zeros_like(size)
    for k in range(129):
        angle = math.pi * k / 128
        weight = math.cos(order * angle) * (0.5 if k in (0, 128) else 1.0)
        total += weight * np.exp(size * (math.cos(angle) - 1))
    y = total / 128 * np.exp(size)
    return (y * np.sign(x) if order % 2 else y).astype(x.dtype)


def _bessel_rule(g: Any, y: Any, x: Any, order: int) -> Any:
    return g * (_bessel(x, order=abs(order - 1)) + _bessel(x, order=order + 1)) * 0.5


_bessel = primitive("i0", _np_bessel, _bessel_rule)


def _inverse_error(x: float) -> float:
    """Winitzki's formula, improved by Halley's method. The complement is used where it is more precise."""
    size = abs(x)
    if not size < 1:
        return math.copysign(math.inf, x) if size == 1 else math.nan
    tail = math.log1p(-size) + math.log1p(size)
    a = 2 / (math.pi * 0.147) + tail / 2
    y = math.sqrt(max(0.0, math.sqrt(a * a - tail / 0.147) - a))
    for _ in range(3):
        miss = (1 - size) - math.erfc(y) if size > 0.5 else math.erf(y) - size
        step = miss * math.sqrt(math.pi) / 2 * math.exp(y * y)
        y -= step / (1 + y * step)
    return math.copysign(y, x)


_each_inverse_error = np.frompyfunc(_inverse_error, 1, 1)


def _np_erfinv(x: Array) -> Array:
    return np.asarray(_each_inverse_error(x), x.dtype)


def _np_entr(x: Array) -> Array:
    inside = -x * np.log(np.where(x > 0, x, np.ones_like(x)))
    return np.where(x >= 0, inside, np.where(np.isnan(x), x, -np.inf))


lgamma = elementwise("lgamma", _np_lgamma, lambda g, y, x: g * _polygamma(x, n=0), real=True)
xlog1py = elementwise(
    "xlog1py",
    lambda a, b: np.where((a == 0) & ~np.isnan(b), np.zeros_like(a), a * np.log1p(b)),
    lambda g, y, a, b: where((a == 0) & (b <= -1), 0.0, xlog1py(g, b)),
    lambda g, y, a, b: g * a / (b + 1),
    real=True,
)
erfinv = elementwise(
    "erfinv", _np_erfinv, lambda g, y, x: g * (exp(y * y) * (math.sqrt(math.pi) / 2)), real=True
)
entr = elementwise("entr", _np_entr, lambda g, y, x: g * -(1 + log(x)), real=True)


@method
def digamma(input: Any) -> Any:
    """The derivative of `lgamma`."""
    return _polygamma(input, n=0)


def polygamma(n: int, input: Any) -> Any:
    """The n-th derivative of `digamma`."""
    return _polygamma(input, n=n)


@method
def mvlgamma(input: Any, p: int) -> Any:
    """The logarithm of the gamma function of p dimensions."""
    if p < 1:
        raise RuntimeError(f"mvlgamma: p has to be at least 1, and is {p}")
    terms = [lgamma(input - i / 2) for i in range(p)]
    return sum(terms) + p * (p - 1) / 4 * math.log(math.pi)


def ndtr(input: Any) -> Any:
    """The distribution function of the normal distribution."""
    return erfc(input * -math.sqrt(0.5)) * 0.5


def i1(input: Any) -> Any:
    """The modified Bessel function of the first kind, of order 1."""
    return _bessel(input, order=1)


@method
def i0(input: Any) -> Any:
    """The modified Bessel function of the first kind, of order 0."""
    return _bessel(input, order=0)


method(lgamma)
method(erfinv)
method(lambda self, n: _polygamma(self, n=n), "polygamma")
