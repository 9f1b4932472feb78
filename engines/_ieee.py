"""Float arithmetic that follows IEEE 754 and torch where Python raises an exception.

- The functions of `math` for every float: inf on overflow and at poles, nan outside the domain.
- `Over`, `BLOCKED`: local derivatives that are not multiplied with the upstream gradient.
"""

from __future__ import annotations

import math
from collections.abc import Callable


def total(function: Callable[[float], float], pole: float | None = None):
    """Return `function` with the IEEE 754 answer where the math module raises an error.

    The answer is inf on overflow, -inf at `pole`, and nan at other points outside the domain.
    """

    def total(x: float) -> float:
        try:
            return function(x)
        except OverflowError:
            return math.inf
        except ValueError:
            return -math.inf if x == pole else math.nan

    return total


exp, exp2, expm1 = total(math.exp), total(math.exp2), total(math.expm1)
log, log1p = total(math.log, pole=0.0), total(math.log1p, pole=-1.0)
log2, log10 = total(math.log2, pole=0.0), total(math.log10, pole=0.0)
sin, cos, tan = total(math.sin), total(math.cos), total(math.tan)
asin, acos, sqrt = total(math.asin), total(math.acos), total(math.sqrt)
cosh = total(math.cosh)
_sinh_of_positive = total(math.sinh)


def sinh(x: float) -> float:
    return math.copysign(_sinh_of_positive(abs(x)), x)


def divide(x: float, y: float) -> float:
    try:
        return x / y
    except ZeroDivisionError:
        return x * math.copysign(math.inf, y)


def power(x: float, y: float) -> float:
    try:
        return math.pow(x, y)
    except (OverflowError, ValueError):
        if x < 0 and y % 1:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf


def power_number(x: float, n: float) -> float:
    """x ** n for a number n. Like torch it uses roots and squares, so that (-inf) ** 0.5 is nan."""
    if n == 0.5:
        return sqrt(x)
    if n == -0.5:
        return divide(1.0, sqrt(x))
    return divide(1.0, x * x) if n == -2 else power(x, n)


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def sign(x: float) -> float:
    return float(x > 0) - float(x < 0)


def normal_cdf(x: float) -> float:
    return 0.5 * (1 + math.erf(x * math.sqrt(0.5)))


class Over(float):
    """The local derivative 1 / divisor. The backward computes upstream / divisor, as torch does."""

    __slots__ = ("divisor",)
    divisor: float

    def __new__(cls, divisor: float) -> Over:
        self = super().__new__(cls, divide(1.0, divisor))
        self.divisor = divisor
        return self

    def __rmul__(self, upstream: float) -> float:
        return divide(upstream, self.divisor)


class Blocked(float):
    """A zero local derivative through which no gradient flows: inf * BLOCKED is 0, not nan.

    torch masks the gradient in relu, clamp and maximum, but multiplies it by zero in abs.
    """

    __slots__ = ()

    def __rmul__(self, upstream: float) -> float:
        return 0.0


BLOCKED = Blocked(0.0)


def share(x: float, y: float) -> float:
    """The share of the gradient that x receives in max(x, y)."""
    if x == y:
        return 0.5
    return BLOCKED if x < y else 1.0
