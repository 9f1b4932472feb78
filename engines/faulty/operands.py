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
_reflected = partial(_wrong, reflected=True)
_reflected_numpy = partial(_wrong_numpy, reflected=True)
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
    _reflected(
        "rsub-reversed",
        "2 - x is the same as x - 2.",
        value(__rsub__=lambda self, other: self - other),
        ("sub",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected(
        "rsub-adds",
        "2 - x is the same as 2 + x.",
        value(__rsub__=lambda self, other: self + other),
        ("sub",),
        kind=Kind.VALUE,
    ),
    _reflected(
        "rtruediv-reversed",
        "2 / x is the same as x / 2.",
        value(__rtruediv__=lambda self, other: self / other),
        ("div",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected(
        "rpow-reversed",
        "2 ** x is the same as x ** 2.",
        value(__rpow__=lambda self, other: self**other),
        ("pow",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected(
        "radd-for-sum-only",
        "Only sum() calls __radd__, and it adds 0.",
        value(__radd__=lambda self, other: self),
        ("add",),
        kind=Kind.VALUE,
    ),
    _reflected(
        "radd-makes-a-leaf",
        "2 + x is a new leaf, without a connection to x.",
        value(__radd__=lambda self, other: Value(other + self.data)),
        ("add",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _reflected(
        "rmul-makes-a-leaf",
        "2 * x is a new leaf, without a connection to x.",
        value(__rmul__=lambda self, other: Value(other * self.data)),
        ("mul",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong(
        "neg-makes-a-leaf",
        "-x is a new leaf, without a connection to x.",
        value(__neg__=lambda self: Value(-self.data)),
        ("neg",),
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "sub-swapped",
        "a - b is the same as b - a.",
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
        "All exponents are whole numbers.",
        value(__pow__=_whole_power),
        ("pow",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "div-floors",
        "`/` is the same as `//`.",
        value(__truediv__=lambda self, other: Value(self.data // getattr(other, "data", other))),
        ("div",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "add-number-in-place",
        "x + 2 may change x and return it.",
        value(__add__=_added_in_place),
        ("add",),
        among=("reuse",),
        kind=Kind.STATE,
    ),
    _wrong(
        "add-returns-nothing",
        "The method for `+` needs no return statement.",
        value(__add__=lambda self, other: None),
        ("add",),
        kind=Kind.NO_RESULT,
    ),
    _augmented(
        "iadd-drops-the-graph",
        "`total += x` changes only the number in total, and its graph stays as it is.",
        value(__iadd__=_number_in_place),
        ("iadd",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _augmented(
        "iadd-makes-a-leaf",
        "`total += x` makes total a new leaf.",
        value(__iadd__=lambda self, other: Value(self.data + getattr(other, "data", other))),
        ("iadd",),
        kind=Kind.CUT_OFF,
        operand="both",
    ),
    _augmented(
        "isub-adds",
        "`total -= x` is the same as `total += x`.",
        value(__isub__=lambda self, other: self + other),
        ("isub",),
        kind=Kind.VALUE,
    ),
    _augmented(
        "imul-returns-nothing",
        "The method for `*=` needs no return statement.",
        value(__imul__=lambda self, other: None),
        ("imul",),
        kind=Kind.NO_RESULT,
    ),
    _augmented(
        "array-iadd-drops-the-graph",
        "`total += x` changes only the array in total, and its graph stays as it is.",
        tensor(__iadd__=_number_in_place),
        ("iadd",),
        engine="numpy",
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _reflected_numpy(
        "array-rsub-reversed",
        "2 - t is the same as t - 2 for a tensor t.",
        tensor(__rsub__=lambda self, other: self - other),
        ("sub",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected_numpy(
        "array-rtruediv-reversed",
        "2 / t is the same as t / 2 for a tensor t.",
        tensor(__rtruediv__=lambda self, other: self / other),
        ("div",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected_numpy(
        "array-rpow-reversed",
        "2 ** t is the same as t ** 2 for a tensor t.",
        tensor(__rpow__=lambda self, other: self**other),
        ("pow",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _reflected_numpy(
        "array-rmatmul-reversed",
        "array @ tensor is the same as tensor @ array.",
        tensor(__rmatmul__=lambda self, other: self @ other),
        ("matmul",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong_numpy(
        "array-takes-over",
        "In array * tensor, NumPy lets the tensor compute the result, as in 2 * tensor.",
        tensor(__array_ufunc__=MISSING),
        kind=Kind.FORM,
    ),
    _wrong_numpy(
        "array-takes-over-by-element",
        "In array * tensor, NumPy lets the tensor compute the result, whatever methods the tensor has.",
        tensor(__array_ufunc__=MISSING, __array__=MISSING),
        kind=Kind.FORM,
    ),
    _wrong_numpy(
        "array-operand-learns-nothing",
        "array * tensor is a new leaf, without a connection to the tensor.",
        tensor(__rmul__=lambda self, other: Tensor(other * self.data)),
        ("mul",),
        kind=Kind.CUT_OFF,
        operand="second",
    ),
    _wrong(
        "abs-makes-a-leaf",
        "abs(x) is a new leaf, without a connection to x.",
        value(__abs__=_detached_abs, abs=_detached_abs),
        ("abs",),
        among=(),
        kind=Kind.CUT_OFF,
    ),
]
