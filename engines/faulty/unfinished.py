"""Unfinished ops, ops that do more than they should, and a leaf of the wrong shape."""

from __future__ import annotations

from functools import partial
from typing import Any, NoReturn

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from gradconform import Array

from ..numpy_ import Numpy
from ..numpy_.tensor import Tensor
from ..scalar import Value
from .change import operands, setting, slope, value

_wrong = partial(Mistake, theme="unfinished")
_div, _mul, _pow = Value.__truediv__, Value.__mul__, Value.__pow__


def _without_import(self: Value) -> NoReturn:
    raise NameError("name 'math' is not defined")


def _rectified(self: Value) -> Value:
    """Change the input in place and return it."""
    self.data = max(self.data, 0.0)
    return self


def _safe_quotient(self: Value, other: Any) -> Value:
    return _div(self, other + 1e-8)


def _fresh_product(self: Value, other: Any) -> Value:
    """A product that sets the gradients of its operands to 0, as if no other op had used them."""
    self.grad = 0.0
    if isinstance(other, Value):
        other.grad = 0.0
    return _mul(self, other)


def _power_rule(self: Value, other: Any) -> Value:
    """n * x ** (n - 1) by Python's own power, which raises at 0."""
    if not isinstance(other, Value):
        other * self.data ** (other - 1)
    return _pow(self, other)


def _at_least_one_axis(self: Numpy, array: Array, requires_grad: bool) -> Tensor:
    return Tensor(np.atleast_1d(array.numpy()), requires_grad=requires_grad)


MISTAKES = [
    *(
        _wrong(
            f"{op}-has-no-backward",
            f"{op} needs no backward.",
            slope(op, lambda *_: 0.0, lambda *_: 0.0),
            (op,),
            kind=Kind.CUT_OFF,
            operand=operands(op),
        )
        for op in ("exp", "div", "pow", "maximum")
    ),
    _wrong(
        "log-without-import",
        "`math.log` works without `import math`.",
        value(log=_without_import),
        ("log",),
        kind=Kind.NO_RESULT,
    ),
    _wrong(
        "relu-returns-its-input",
        "relu may change its input and return it.",
        value(relu=_rectified),
        ("relu",),
        kind=Kind.STATE,
    ),
    _wrong(
        "div-with-epsilon",
        "1e-8 may be added to every denominator.",
        value(__truediv__=_safe_quotient),
        ("div",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "mul-zeroes-gradients",
        "mul must set the gradients of its operands to 0.",
        value(__mul__=_fresh_product, __rmul__=_fresh_product),
        ("mul",),
        kind=Kind.LIFECYCLE,
    ),
    _wrong(
        "pow-raises-at-zero",
        "n * x ** (n - 1) can be computed for every x.",
        value(__pow__=_power_rule),
        ("pow",),
        level="torch",
        kind=Kind.RANGE,
    ),
    _wrong(
        "0-d-leaf-gets-an-axis",
        "A number is a vector with one element.",
        setting(Numpy, leaf=_at_least_one_axis),
        engine="numpy",
        among=("broadcasting", "reductions"),
        kind=Kind.LEAF,
    ),
]
