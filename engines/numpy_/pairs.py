"""Functions of two or three tensors. Each line of the table is an op, as in `elementwise.py`.

`heaviside` has no derivative here, as in torch.
"""

from __future__ import annotations

from typing import Any, NoReturn

import numpy as np

from .elementwise import exp, keep, mul, pow, swapped, true_divide, where, zeros_like
from .functions import exp2, isnan, trunc
from .movement import to
from .primitive import elementwise
from .tensor import Tensor, method

__all__ = [
    "addcdiv", "addcmul", "atan2", "clamp", "clamp_max", "clamp_min", "copysign", "div", "float_power",
    "floor_divide", "fmax", "fmin", "fmod", "heaviside", "hypot", "ldexp", "lerp", "logaddexp", "logaddexp2",
    "remainder", "xlogy",
]  # fmt: skip


def _reciprocal_square(a: Any, b: Any) -> Any:
    """1 / (a^2 + b^2), and 0 at the origin, where torch gives atan2 no gradient."""
    square = a * a + b * b
    return where(square == 0, 0.0, 1 / where(square == 0, 1.0, square))


def _np_xlogy(a: Any, b: Any) -> Any:
    return np.where(np.isnan(b), b, np.where(a == 0, np.zeros_like(a), a * np.log(b)))


def _np_lerp(start: Any, end: Any, weight: Any) -> Any:
    step = end - start  # computed from the nearer end, so that weight 1 gives exactly `end`
    return np.where(np.abs(weight) < 0.5, start + weight * step, end - step * (1 - weight))


def _no_rules(name: str) -> tuple[Any, Any]:
    def rule(*_: Any) -> NoReturn:
        raise RuntimeError(f"derivative for {name} is not implemented, in torch neither")

    return rule, rule


def _zero(g: Any, *_: Any) -> Any:
    return zeros_like(g)


def _slope_of_copysign(y: Any, a: Any) -> Any:
    return where(a == 0, 0.0, y / where(a == 0, 1.0, a))


# fmt: off
fmax = elementwise("fmax", np.fmax,
    lambda g, y, a, b: keep(g, (a >= b) | isnan(b)),
    lambda g, y, a, b: keep(g, ~((a >= b) | isnan(b))))
fmin = elementwise("fmin", np.fmin,
    lambda g, y, a, b: keep(g, (a <= b) | isnan(b)),
    lambda g, y, a, b: keep(g, ~((a <= b) | isnan(b))))
atan2 = elementwise("atan2", np.arctan2,
    lambda g, y, a, b: g * (b * _reciprocal_square(a, b)),
    lambda g, y, a, b: g * (-a * _reciprocal_square(a, b)), real=True)
hypot = elementwise("hypot", np.hypot,
    lambda g, y, a, b: g * (a / y), lambda g, y, a, b: g * (b / y), real=True)
fmod = elementwise("fmod", np.fmod, lambda g, y, a, b: g, lambda g, y, a, b: -g * trunc(a / b))
remainder = elementwise("remainder", np.remainder,
    lambda g, y, a, b: g, lambda g, y, a, b: -g * _floored(a, b))
_floored = elementwise("div", np.floor_divide, _zero, _zero)
floor_divide = elementwise("floor_divide", np.floor_divide, *_no_rules("floor_divide"))
heaviside = elementwise("heaviside", np.heaviside, *_no_rules("heaviside"))
xlogy = elementwise("xlogy", _np_xlogy,
    lambda g, y, a, b: where((a == 0) & (b <= 0), 0.0, xlogy(g, b)),
    lambda g, y, a, b: g * a / b, real=True)
logaddexp = elementwise("logaddexp", np.logaddexp,
    lambda g, y, a, b: g / (1 + exp(b - a)), lambda g, y, a, b: g / (1 + exp(a - b)))
logaddexp2 = elementwise("logaddexp2", np.logaddexp2,
    lambda g, y, a, b: g / (1 + exp2(b - a)), lambda g, y, a, b: g / (1 + exp2(a - b)))
copysign = elementwise("copysign", np.copysign,
    lambda g, y, a, b: g * _slope_of_copysign(y, a), _zero, real=True)
lerp = elementwise("lerp", _np_lerp,
    lambda g, y, a, b, w: g * (1 - w), lambda g, y, a, b, w: g * w, lambda g, y, a, b, w: g * (b - a))
_at_least = elementwise("clamp_min", np.maximum,
    lambda g, y, x, low: keep(g, x >= low), lambda g, y, x, low: keep(g, x < low))
_at_most = elementwise("clamp_max", np.minimum,
    lambda g, y, x, high: keep(g, x <= high), lambda g, y, x, high: keep(g, x > high))
_clamp = elementwise("clamp", lambda x, low, high: np.minimum(np.maximum(x, low), high),
    lambda g, y, x, low, high: keep(g, (x >= low) & (x <= high)),
    lambda g, y, x, low, high: keep(g, (x < low) & (low < high)),
    lambda g, y, x, low, high: keep(g, (x > high) | (high < low)))
# fmt: on


def clamp(input: Any, min: Any = None, max: Any = None) -> Any:
    """Limited to min..max, which are numbers or tensors. At the bounds the gradient passes."""
    if min is None and max is None:
        raise RuntimeError("clamp: give at least one of min and max")
    if max is None:
        return _at_least(input, min)
    return _at_most(input, max) if min is None else _clamp(input, min, max)


def clamp_min(input: Any, min: Any) -> Any:
    """Limited to min or more."""
    return _at_least(input, min)


def clamp_max(input: Any, max: Any) -> Any:
    """Limited to max or less."""
    return _at_most(input, max)


def float_power(input: Any, exponent: Any) -> Any:
    """`input ** exponent` in double precision."""
    base, power = (to(x, "f8") if isinstance(x, Tensor) else float(x) for x in (input, exponent))
    return pow(base, power)


def ldexp(input: Any, other: Any) -> Any:
    """`input * 2 ** other`."""
    return mul(input, pow(2.0, other))


def div(input: Any, other: Any, *, rounding_mode: str | None = None) -> Any:
    """`input / other`, not rounded, or rounded down ('floor') or towards 0 ('trunc')."""
    if rounding_mode == "floor":
        return _floored(input, other)
    if rounding_mode not in (None, "trunc"):
        raise RuntimeError(f"div: rounding_mode is 'floor' or 'trunc', not {rounding_mode!r}")
    if rounding_mode is None:
        return true_divide(input, other)
    rest = fmod(input, other)
    if rest.dtype.kind != "f":  # integers stay integers
        return floor_divide(input - rest, other)
    return trunc(true_divide(input, other))


def addcmul(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Any:
    """`input + value * tensor1 * tensor2`."""
    return input + (tensor1 * tensor2 if value == 1 else value * (tensor1 * tensor2))


def addcdiv(input: Any, tensor1: Any, tensor2: Any, *, value: float = 1) -> Any:
    """`input + value * tensor1 / tensor2`."""
    return input + (tensor1 / tensor2 if value == 1 else value * (tensor1 / tensor2))


for _name in __all__:
    method(globals()[_name], _name)
for _op, _python in ((floor_divide, "floordiv"), (remainder, "mod")):
    method(_op, f"__{_python}__")
    method(swapped(_op), f"__r{_python}__")
