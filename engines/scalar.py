"""A scalar automatic-differentiation engine: the lecture's `Value`, made to agree with torch.

- `Value`: a float that records how it was computed. `no_grad`: a context in which nothing is recorded.
- `Scalar`: the adapter of `Value`.

Values and gradients equal those of torch in float64, also at kinks, ties and poles and on overflow. A
derivative that can be computed in several ways is computed as in torch's `derivatives.yaml` and
`FunctionsManual.cpp`.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from numbers import Real
from operator import attrgetter
from typing import Any

from gradconform.harness.program import Program
from gradconform.harness.program.transcript import Transcript, Unsupported

from gradconform import Array, EagerEngine

from . import _ieee as ieee

_recording = True
_next_serial = count().__next__


@contextmanager
def no_grad() -> Iterator[None]:
    """Record nothing in this context, so that its results are constants. Also a decorator."""
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


def _constant(number: object) -> Value | None:
    """The operand as a constant, or None when it is not a number."""
    return Value(number, requires_grad=False) if isinstance(number, (float, int)) else None


def _node(
    data: float,
    op: str,
    left: Value,
    d_left: float,
    right: Value | None = None,
    d_right: float = 0.0,
) -> Value:
    """Make the result of `op`, with edges to the operands that require a gradient.

    `d_left` and `d_right` are the local derivatives with respect to the operands.
    """
    first = left if _recording and left.requires_grad else None
    second = right if _recording and right is not None and right.requires_grad else None
    if first is None:
        first, d_left, second = second, d_right, None
    # Every operation calls this function, so it is fast: it does not call __init__, and it stores two
    # plain edges, because tuples of edges would double the garbage collector's work.
    out = _new(Value)
    out.data = data
    out.grad = 0.0
    out.label = ""
    out.op = op
    out.requires_grad = first is not None
    out._left = first
    out._d_left = d_left
    out._right = second
    out._d_right = d_right
    out._serial = _next_serial()
    return out


def _unary(
    op: str, value: Callable[[float], float], slope: Callable[[float, float], float]
) -> Callable[[Value], Value]:
    """The method for y = value(x), whose local derivative is slope(x, y)."""

    def method(self: Value) -> Value:
        x = self.data
        y = value(x)
        return _node(y, op, self, slope(x, y))

    method.__name__ = op
    method.__doc__ = f"The value of {op}, with torch's gradient."
    return method


class Value:
    """A number, its gradient, and the operation that it came from.

    `data` is a float, `grad` the derivative that `backward` finds, 0.0 before. `op` names the
    operation ('+', '**-1', 'sigmoid'; '' on a leaf), `label` is free text. A leaf made with
    `requires_grad=False` is a constant. A result of constants alone is a constant, too.

        x = Value(3.0)
        y = 2 * x * x
        y.backward()
        x.grad  # 12.0
    """

    # Without this, NumPy would compute `array * value` element by element as an array of Values.
    __array_ufunc__ = None
    __slots__ = (
        *("data", "grad", "label", "op", "requires_grad"),
        *("_left", "_d_left", "_right", "_d_right", "_serial"),
    )
    _left: Value | None
    _right: Value | None
    _d_left: float
    _d_right: float
    _serial: int

    def __init__(self, data: float, label: str = "", requires_grad: bool = True) -> None:
        # float and int come first, because the check for Real is slow.
        if not isinstance(data, (float, int, Real)):
            raise TypeError(f"Value(data) takes a real number, not {type(data).__name__}")
        self.data = float(data)
        self.grad = 0.0
        self.label = label
        self.op = ""
        self.requires_grad = requires_grad
        self._left = None
        self._right = None

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        return f"Value(data={self.data:.4f}, grad={self.grad:.4f})"

    @property
    def parents(self) -> tuple[Value, ...]:
        """The operands that receive a gradient; numbers and constants do not."""
        return tuple(v for v in (self._left, self._right) if v is not None)

    def backward(self, gradient: float = 1.0) -> None:
        """Compute the derivatives of this value, times `gradient`, by all values that it depends on.

        As in torch, the derivative is added to a leaf's `grad`. A result's `grad` is that of the last pass.
        Raises RuntimeError when this value is a constant.
        """
        if not self.requires_grad:
            raise RuntimeError("backward() of a constant: no leaf behind it requires grad")
        reached: set[Value] = set()
        order: list[Value] = []
        stack: list[Value | None] = [self]
        while stack:
            node = stack.pop()
            while node is not None and node._left is not None and node not in reached:
                reached.add(node)
                order.append(node)
                node.grad = 0.0
                stack.append(node._left)
                node = node._right
        # A result is made after its operands, so descending serial numbers are a topological order.
        order.sort(key=_serial, reverse=True)
        self.grad += gradient
        for node in order:
            upstream = node.grad
            node._left.grad += upstream * node._d_left
            if node._right is not None:
                node._right.grad += upstream * node._d_right

    def zero_grad(self) -> None:
        """Set the gradient of this value alone to zero."""
        self.grad = 0.0

    def detach(self) -> Value:
        """A constant with the same data: no gradient flows through it."""
        return Value(self.data, requires_grad=False)

    def __add__(self, other: Value | float) -> Value:
        right = other if isinstance(other, Value) else _constant(other)
        if right is None:
            return NotImplemented
        return _node(self.data + right.data, "+", self, 1.0, right, 1.0)

    def __mul__(self, other: Value | float) -> Value:
        right = other if isinstance(other, Value) else _constant(other)
        if right is None:
            return NotImplemented
        return _node(self.data * right.data, "*", self, right.data, right, self.data)

    def __sub__(self, other: Value | float) -> Value:
        right = other if isinstance(other, Value) else _constant(other)
        if right is None:
            return NotImplemented
        return _node(self.data - right.data, "-", self, 1.0, right, -1.0)

    def __truediv__(self, other: Value | float) -> Value:
        right = other if isinstance(other, Value) else _constant(other)
        if right is None:
            return NotImplemented
        y = ieee.divide(self.data, right.data)
        return _node(y, "/", self, ieee.Over(right.data), right, -ieee.divide(y, right.data))

    def __pow__(self, other: Value | float) -> Value:
        x = self.data
        if isinstance(other, Value):
            n = other.data
            y = ieee.power(x, n)
            d_base = n * ieee.power(x, n - 1) if n else ieee.BLOCKED
            d_exponent = 0.0 if x == 0 and n >= 0 else y * ieee.log(x)
            return _node(y, "**", self, d_base, other, d_exponent)
        if isinstance(other, (float, int)):
            n = float(other)
            d_base = n * ieee.power_number(x, n - 1) if n else ieee.BLOCKED
            return _node(ieee.power_number(x, n), f"**{other}", self, d_base)
        return NotImplemented

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other: float) -> Value:
        number = _constant(other)
        return NotImplemented if number is None else number - self

    def __rtruediv__(self, other: float) -> Value:
        # torch computes number / x in this way too; the results differ when the reciprocal overflows
        number = _constant(other)
        return NotImplemented if number is None else number * self.reciprocal()

    def __rpow__(self, other: float) -> Value:
        number = _constant(other)
        return NotImplemented if number is None else number**self

    def __pos__(self) -> Value:
        return self

    def maximum(self, other: Value | float) -> Value:
        """The larger one, or nan if one is nan; at a tie each gets half of the gradient."""
        right = other if isinstance(other, Value) else Value(other, requires_grad=False)
        x, y = self.data, right.data
        largest = y if x < y or y != y else x
        return _node(largest, "maximum", self, ieee.share(x, y), right, ieee.share(y, x))

    def minimum(self, other: Value | float) -> Value:
        """The smaller one, or nan if one is nan; at a tie each gets half of the gradient."""
        right = other if isinstance(other, Value) else Value(other, requires_grad=False)
        x, y = self.data, right.data
        smallest = y if x > y or y != y else x
        return _node(smallest, "minimum", self, ieee.share(y, x), right, ieee.share(x, y))

    def clamp(self, min: float | None = None, max: float | None = None) -> Value:
        """The number limited to min..max, or max where min > max. The gradient passes at both ends too."""
        low = -math.inf if min is None else float(min)
        high = math.inf if max is None else float(max)
        x = self.data
        y = low if x < low else x
        y = high if y > high else y
        return _node(y, "clamp", self, 1.0 if low <= x <= high else ieee.BLOCKED)

    def leaky_relu(self, negative_slope: float = 0.01) -> Value:
        """x where it is positive, else x * negative_slope."""
        slope = 1.0 if self.data > 0 else float(negative_slope)
        return _node(self.data * slope, "leaky_relu", self, slope)

    def elu(self, alpha: float = 1.0) -> Value:
        """x where it is positive, else alpha * (exp(x) - 1)."""
        x = self.data
        if x <= 0:
            return _node(alpha * math.expm1(x), "elu", self, alpha * math.exp(x))
        return _node(x, "elu", self, 1.0)

    __neg__ = _unary("neg", lambda x: -x, lambda x, y: -1.0)
    __abs__ = abs = _unary("abs", abs, lambda x, y: ieee.sign(x))
    sign = _unary("sign", ieee.sign, lambda x, y: ieee.BLOCKED)

    square = _unary("square", lambda x: x * x, lambda x, y: 2 * x)
    sqrt = _unary("sqrt", ieee.sqrt, lambda x, y: ieee.Over(2 * y))
    rsqrt = _unary(
        "rsqrt", lambda x: ieee.divide(1.0, ieee.sqrt(x)), lambda x, y: -0.5 * (y * y * y)
    )
    reciprocal = _unary("reciprocal", lambda x: ieee.divide(1.0, x), lambda x, y: -(y * y))

    exp = _unary("exp", ieee.exp, lambda x, y: y)
    exp2 = _unary("exp2", ieee.exp2, lambda x, y: y * math.log(2))
    expm1 = _unary("expm1", ieee.expm1, lambda x, y: y + 1)
    log = _unary("log", ieee.log, lambda x, y: ieee.Over(x))
    log2 = _unary("log2", ieee.log2, lambda x, y: ieee.Over(x * math.log(2)))
    log10 = _unary("log10", ieee.log10, lambda x, y: ieee.Over(x * math.log(10)))
    log1p = _unary("log1p", ieee.log1p, lambda x, y: ieee.Over(x + 1))

    sin = _unary("sin", ieee.sin, lambda x, y: ieee.cos(x))
    cos = _unary("cos", ieee.cos, lambda x, y: -ieee.sin(x))
    tan = _unary("tan", ieee.tan, lambda x, y: 1 + y * y)
    asin = _unary("asin", ieee.asin, lambda x, y: ieee.divide(1.0, ieee.sqrt(1 - x * x)))
    acos = _unary("acos", ieee.acos, lambda x, y: -ieee.divide(1.0, ieee.sqrt(1 - x * x)))
    atan = _unary("atan", math.atan, lambda x, y: ieee.Over(x * x + 1))
    sinh = _unary("sinh", ieee.sinh, lambda x, y: ieee.cosh(x))
    cosh = _unary("cosh", ieee.cosh, lambda x, y: ieee.sinh(x))
    erf = _unary("erf", math.erf, lambda x, y: 2 / math.sqrt(math.pi) * math.exp(-x * x))

    relu = _unary(
        "relu", lambda x: 0.0 if x <= 0 else x, lambda x, y: ieee.BLOCKED if y <= 0 else 1.0
    )
    sigmoid = _unary("sigmoid", ieee.sigmoid, lambda x, y: (1 - y) * y)
    tanh = _unary("tanh", math.tanh, lambda x, y: 1 - y * y)
    softplus = _unary(
        "softplus",
        lambda x: x if x > 20 else math.log1p(ieee.exp(x)),
        lambda x, y: 1.0 if x > 20 else ieee.exp(x) / (ieee.exp(x) + 1),
    )
    silu = _unary(
        "silu",
        lambda x: x / (1 + ieee.exp(-x)),
        lambda x, y: ieee.sigmoid(x) * (1 + x * (1 - ieee.sigmoid(x))),
    )
    gelu = _unary(
        "gelu",
        lambda x: x * ieee.normal_cdf(x),
        lambda x, y: ieee.normal_cdf(x) + x * math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi),
    )


_new = object.__new__
_serial = attrgetter("_serial")


class Scalar(EagerEngine):
    """`Value` as an engine of the harness."""

    version = "1"
    functions = (sys.modules[__name__],)
    # A graph is never freed, so a second backward is never refused.
    lacks = ("freed-graph",)

    def leaf(self, array: Array, requires_grad: bool) -> Value:
        """A leaf of one number. ValueError for a tensor, which the harness reports as unsupported."""
        return Value(array.item(), requires_grad=requires_grad)

    def value(self, node: Value) -> float:
        """The number."""
        return node.data

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run the program. At its start no inner node retains its gradient."""
        self._retained: dict[Value, float] = {}
        return super().run(program, inputs)

    def watch(self, node: Value) -> None:
        """Retain the node's gradient, as torch's `retain_grad` does: it adds up over several passes."""
        self._retained[node] = 0.0

    def grad(self, node: Value) -> float:
        """The gradient, 0.0 where none has arrived."""
        return self._retained.get(node, node.grad)

    def set_grad(self, node: Value, gradient: Any) -> None:
        """Assign a number to `grad`. Unsupported for a gradient that is a node."""
        if not isinstance(gradient, Array):
            raise Unsupported("setting a gradient to a node")
        node.grad = gradient.item()

    def backward(self, root: Value, cotangent: Array | None, retain_graph: bool) -> None:
        """Call `Value.backward`, and add up the gradients of the retained nodes."""
        for node in self._retained:
            node.grad = 0.0
        root.backward(1.0 if cotangent is None else cotangent.item())
        for node in self._retained:
            self._retained[node] += node.grad
