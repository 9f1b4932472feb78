"""Arithmetic, comparison and the basic functions of one number. Each line of the table is an op.

A line has a name, a forward, and a rule for each input. A rule computes the input's gradient from the
gradient `g` of the output, the output `y` and the inputs. Names and choices at kinks and ties are torch's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .dtypes import result_type
from .primitive import elementwise, has_tensor, misfit, primitive
from .tensor import Tensor, method, record

__all__ = [
    "abs", "add", "bitwise_and", "bitwise_not", "bitwise_or", "bitwise_xor", "cos", "eq", "exp",
    "ge", "gt", "le", "log", "lt", "maximum", "minimum", "mul", "ne", "neg", "pow", "relu", "rsub",
    "sigmoid", "sign", "sin", "sqrt", "square", "sub", "tanh", "true_divide", "where", "zeros_like",
]  # fmt: skip


def zeros_like(x: Any) -> Any:
    """Zeros of the shape and dtype of x, outside any graph."""
    return Tensor(np.zeros(x.shape, x.dtype)) if isinstance(x, Tensor) else np.zeros_like(x)


def where(condition: Any, input: Any, other: Any) -> Any:
    """Elements of `input` where the condition holds and of `other` elsewhere, broadcast together."""
    if not has_tensor((condition, input, other)):
        return np.where(condition, input, other)
    arrays = [x.data if isinstance(x, Tensor) else x for x in (input, other)]
    dtype = result_type(arrays)
    arrays = [np.asarray(x, dtype) for x in arrays]
    chosen = np.asarray(condition.data if isinstance(condition, Tensor) else condition)
    try:
        y = np.where(chosen, *arrays)
    except ValueError as error:
        raise RuntimeError(misfit("where", (chosen, *arrays), error)) from None
    return record("where", y, (condition, input, other), _WHERE, (chosen, *arrays))


_WHERE = (
    None,
    lambda g, y, c, a, b: keep(g, c),
    lambda g, y, c, a, b: keep(g, ~c),
)


def keep(g: Any, mask: Any) -> Any:
    """The gradient where the mask holds, and 0 elsewhere even if it is inf or nan."""
    if not isinstance(g, np.ndarray) or isinstance(mask, Tensor):
        return where(mask, g, 0.0)
    bits = g.view(f"i{g.itemsize}")  # a product with 0 or 1 takes a third of the time of np.where
    return (bits * mask).view(g.dtype)


def _stable_sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))  # never above 1, so nothing overflows
    return np.where(x >= 0, 1, e) / (1 + e)


def _sign(x: Any) -> Any:
    return np.where(np.isnan(x), np.zeros_like(x), np.sign(x))  # torch: the sign of nan is 0


def _np_relu(x: Any) -> Any:
    if x.dtype == bool:
        raise RuntimeError("Boolean inputs not supported for relu")
    return np.maximum(x, 0)


def _number_power_rule(g: Any, y: Any, x: Any, n: float) -> Any:
    if n == 0:
        return zeros_like(g)
    return g / (y * 2) if n == 0.5 else g * (n * x ** (n - 1))


def _sides(less: Callable[[Any, Any], Any]) -> tuple[Any, Any]:
    """The rules of maximum and minimum: the chosen input gets the gradient, each one half at a tie."""

    def share(g: Any, mine: Any, other: Any) -> Any:
        return keep(where(mine == other, g / 2, g), ~less(mine, other))

    return lambda g, y, a, b: share(g, a, b), lambda g, y, a, b: share(g, b, a)


# fmt: off
_add = elementwise("add", np.add, lambda g, s: g, lambda g, s: g, saves=False)
_sub = elementwise("sub", np.subtract, lambda g, s: g, lambda g, s: -g, saves=False)
mul = elementwise("mul", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
true_divide = elementwise("div", np.true_divide,
    lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b, real=True)
neg = elementwise("neg", np.negative, lambda g, s: -g, saves=False)
abs = elementwise("abs", np.abs, lambda g, y, x: g * sign(x))
sign = elementwise("sign", _sign, lambda g, s: zeros_like(g), saves=False)
exp = elementwise("exp", np.exp, lambda g, y, x: g * y, real=True)
log = elementwise("log", np.log, lambda g, y, x: g / x, real=True)
square = elementwise("square", np.square, lambda g, y, x: g * (2 * x))
sqrt = elementwise("sqrt", np.sqrt, lambda g, y, x: g / (2 * y), real=True)
sin = elementwise("sin", np.sin, lambda g, y, x: g * cos(x), real=True)
cos = elementwise("cos", np.cos, lambda g, y, x: g * -sin(x), real=True)
tanh = elementwise("tanh", np.tanh, lambda g, y, x: g * (1 - y * y), real=True)
sigmoid = elementwise("sigmoid", _stable_sigmoid, lambda g, y, x: g * (y * (1 - y)), real=True)
relu = elementwise("relu", _np_relu, lambda g, y, x: _relu_gate(g, y))
_relu_gate = elementwise("relu_backward", lambda g, y: keep(g, ~(y <= 0)),
    lambda gg, out, g, y: _relu_gate(gg, y), lambda gg, out, g, y: zeros_like(gg))
maximum = elementwise("maximum", np.maximum, *_sides(lambda a, b: a < b))
minimum = elementwise("minimum", np.minimum, *_sides(lambda a, b: a > b))

eq = elementwise("eq", np.equal)
ne = elementwise("ne", np.not_equal)
lt = elementwise("lt", np.less)
le = elementwise("le", np.less_equal)
gt = elementwise("gt", np.greater)
ge = elementwise("ge", np.greater_equal)
bitwise_and = elementwise("bitwise_and", np.bitwise_and)
bitwise_or = elementwise("bitwise_or", np.bitwise_or)
bitwise_xor = elementwise("bitwise_xor", np.bitwise_xor)
bitwise_not = elementwise("bitwise_not", np.invert)

_power = elementwise("pow", np.power,
    lambda g, y, a, b: where(b == 0, 0.0, g * (b * a ** (b - 1))),
    lambda g, y, a, b: where((a == 0) & (b >= 0), 0.0, g * (y * log(a))))
_number_power = primitive("pow", lambda x, n: np.asarray(x**n, x.dtype),
    _number_power_rule)
# fmt: on


def add(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """`input + alpha * other`."""
    return _add(input, other if alpha == 1 else mul(other, alpha))


def sub(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """`input - alpha * other`."""
    return _sub(input, other if alpha == 1 else mul(other, alpha))


def rsub(input: Any, other: Any, *, alpha: float = 1) -> Any:
    """`other - alpha * input`."""
    return sub(other, input, alpha=alpha)


def pow(input: Any, exponent: Any) -> Any:
    """`input ** exponent`; either may be a number."""
    number = type(exponent) is int or type(exponent) is float
    if number and isinstance(input, Tensor) and result_type((input.data, exponent)) == input.dtype:
        return _number_power(input, n=exponent)  # NumPy squares faster than it raises to an array
    return _power(input, exponent)


def swapped(op: Callable[..., Any]) -> Callable[..., Any]:
    """The op with its two inputs exchanged, for reflected operators such as `__radd__`."""
    return lambda a, b: op(b, a)


for _name in __all__:
    if _name not in ("rsub", "where", "zeros_like"):
        method(globals()[_name], _name)
method(lambda self, condition, other: where(condition, self, other), "where")
for _op in (_add, _sub, mul, pow):
    method(_op, f"__{_op.__name__}__")
    method(swapped(_op), f"__r{_op.__name__}__")
method(true_divide, "__truediv__")
method(swapped(true_divide), "__rtruediv__")
method(bitwise_and, "__and__", "__rand__")
method(bitwise_or, "__or__", "__ror__")
method(bitwise_xor, "__xor__", "__rxor__")
method(bitwise_not, "__invert__")
for _op in (eq, ne, lt, le, gt, ge, neg, abs):
    method(_op, f"__{_op.__name__}__")
