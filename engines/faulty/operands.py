"""Wrong operands: swapped reflected operators, wrong use of numbers, results without a graph."""

from __future__ import annotations

from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_.tensor import Tensor
from ..scalar import Value
from .change import MISSING, tensor, value

_wrong = partial(Mistake, theme="operands", among=("reflected", "arithmetic", "reuse"))
_wrong_numpy = partial(Mistake, theme="operands", engine="numpy", among=("reflected", "numpy_left"))
_augmented = partial(Mistake, theme="operands", among=("augmented",))

_add, _sub, _pow = Value.__add__, Value.__sub__, Value.__pow__


def _swapped_power(base: Value, exponent: Any) -> Value:
    return _pow(exponent if isinstance(exponent, Value) else Value(exponent, "", False), base)


def _whole_power(base: Value, exponent: Any) -> Value:
    return _pow(base, int(exponent) if isinstance(exponent, float) else exponent)


def _number_in_place(left: Any, right: Any) -> Any:
    left.data += getattr(right, "data", right)
    return left


def _detached_abs(self: Value) -> Value:
    return Value(abs(self.data))


def _added_in_place(left: Value, right: Any) -> Any:
    return _add(left, right) if isinstance(right, Value) else _number_in_place(left, right)


MISTAKES = [
    _wrong(
        "rsub-reversed",
        "Subtraction with the value on the right is self - other.",
        value(__rsub__=lambda self, other: self - other),
        ("sub",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "rsub-adds",
        "Every reflected operator may do what __radd__ does.",
        value(__rsub__=lambda self, other: self + other),
        ("sub",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "rtruediv-reversed",
        "Division with the value on the right is self / other.",
        value(__rtruediv__=lambda self, other: self / other),
        ("div",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "rpow-reversed",
        "A power with the value on the right is self ** other.",
        value(__rpow__=lambda self, other: self**other),
        ("pow",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "radd-for-sum-only",
        "__radd__ is needed for sum() alone, which begins with 0.",
        value(__radd__=lambda self, other: self),
        ("add",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "radd-makes-a-leaf",
        "A number plus a value is a new value.",
        value(__radd__=lambda self, other: Value(other + self.data)),
        ("add",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong(
        "rmul-makes-a-leaf",
        "A number times a value is a new value.",
        value(__rmul__=lambda self, other: Value(other * self.data)),
        ("mul",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong(
        "neg-makes-a-leaf",
        "Unary minus gives a value with the other sign.",
        value(__neg__=lambda self: Value(-self.data)),
        ("neg",),
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "sub-swapped",
        "a - b asks b first.",
        value(
            __sub__=lambda self, other: (
                _sub(other, self) if isinstance(other, Value) else _sub(self, other)
            )
        ),
        ("sub",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "pow-swapped",
        "In a ** b the first operand is the exponent.",
        value(__pow__=_swapped_power),
        ("pow",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "pow-whole-only",
        "Exponents are whole numbers.",
        value(__pow__=_whole_power),
        ("pow",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "div-floors",
        "Division of whole numbers is `//`.",
        value(__truediv__=lambda self, other: Value(self.data // getattr(other, "data", other))),
        ("div",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "add-number-in-place",
        "Adding a number may change the value itself.",
        value(__add__=_added_in_place),
        ("add",),
        among=("reuse",),
        kind=Kind.STATE,
    ),
    _wrong(
        "add-returns-nothing",
        "The result needs no return statement: it is stored in self.",
        value(__add__=lambda self, other: None),
        ("add",),
        kind=Kind.NO_RESULT,
    ),
    _augmented(
        "iadd-drops-the-graph",
        "`total += x` changes the number, and the rest of the value stays as it is.",
        value(__iadd__=_number_in_place),
        ("iadd",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _augmented(
        "iadd-makes-a-leaf",
        "`total += x` is a new number.",
        value(__iadd__=lambda self, other: Value(self.data + getattr(other, "data", other))),
        ("iadd",),
        kind=Kind.CUT_OFF,
        operand="both",
    ),
    _augmented(
        "isub-adds",
        "Every augmented operator may do what __iadd__ does.",
        value(__isub__=lambda self, other: self + other),
        ("isub",),
        kind=Kind.VALUE,
    ),
    _augmented(
        "imul-returns-nothing",
        "An augmented operator changes self, so there is nothing to return.",
        value(__imul__=lambda self, other: None),
        ("imul",),
        kind=Kind.NO_RESULT,
    ),
    _augmented(
        "array-iadd-drops-the-graph",
        "`total += x` changes the array, and the rest of the tensor stays as it is.",
        tensor(__iadd__=_number_in_place),
        ("iadd",),
        engine="numpy",
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong_numpy(
        "array-rsub-reversed",
        "Subtraction with the tensor on the right is self - other.",
        tensor(__rsub__=lambda self, other: self - other),
        ("sub",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong_numpy(
        "array-rtruediv-reversed",
        "Division with the tensor on the right is self / other.",
        tensor(__rtruediv__=lambda self, other: self / other),
        ("div",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong_numpy(
        "array-rpow-reversed",
        "A power with the tensor on the right is self ** other.",
        tensor(__rpow__=lambda self, other: self**other),
        ("pow",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong_numpy(
        "array-rmatmul-reversed",
        "A matrix product may be taken in either order.",
        tensor(__rmatmul__=lambda self, other: self @ other),
        ("matmul",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong_numpy(
        "array-takes-over",
        "NumPy leaves array * tensor to the tensor, as Python leaves 2 * x to x.",
        tensor(__array_ufunc__=MISSING),
        kind=Kind.FORM,
    ),
    _wrong_numpy(
        "array-takes-over-by-element",
        "NumPy leaves array * tensor to the tensor, whatever methods it has.",
        tensor(__array_ufunc__=MISSING, __array__=MISSING),
        kind=Kind.FORM,
    ),
    _wrong_numpy(
        "array-operand-learns-nothing",
        "An operation with a NumPy array gives plain numbers.",
        tensor(__rmul__=lambda self, other: Tensor(other * self.data)),
        ("mul",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong(
        "abs-makes-a-leaf",
        "abs gives a value without the sign.",
        value(__abs__=_detached_abs, abs=_detached_abs),
        ("abs",),
        among=(),
        kind=Kind.CUT_OFF,
    ),
]
