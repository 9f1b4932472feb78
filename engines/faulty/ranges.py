"""Formulas that fail at 0, where a function is flat, beside infinities, and at the ends of the floats."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import _ieee as ieee
from ..numpy_.elementwise import exp, log
from ..numpy_.reductions import sum
from ..numpy_.tensor import Tensor
from .change import forward, rule, slope, value

_wrong = partial(Mistake, theme="ranges", kind=Kind.RANGE)
_wrong_torch = partial(_wrong, level="torch")
_wrong_numpy = partial(_wrong, engine="numpy", level="torch")


def _silu_by_quotient(x: float, y: float) -> float:
    s = y / x if x else math.nan
    return s + y * (1 - s)


def _softplus_of_parts(x: float, y: float) -> float:
    """The slope of max(x, 0) + log1p(exp(-|x|)), with 0 for that of both at 0."""
    return float(x > 0) - ieee.sign(x) * ieee.exp(-abs(x)) / (1 + ieee.exp(-abs(x)))


def _shifted_by_the_largest_of_all(right: Any, x: Any, dim: int = -1, **how: Any) -> Any:
    e = exp(x - float(x.data.max()))
    return log(e / sum(e, dim, keepdim=True))


def _mixed(right: Any, condition: Any, x: Any, y: Any) -> Any:
    chosen = np.asarray(getattr(condition, "data", condition), float)
    with np.errstate(invalid="ignore"):
        return x * chosen + y * (1.0 - chosen) if isinstance(x, Tensor) else right(condition, x, y)


def _counted_in_its_dtype(g: Any, y: Any, x: Any) -> Any:
    ties = (x == y).astype(x.dtype)
    with np.errstate(over="ignore"):
        return g * ties / ties.sum(dtype=x.dtype)


def _filled_with_a_constant(right: Any, *given: Any) -> Any:
    *others, number = given
    return right(*others, number.detach() if isinstance(number, Tensor) else number)


MISTAKES = [
    _wrong(
        "tanh-flat-beyond-five",
        "The derivative of tanh is 0 below -5 and above 5.",
        slope("tanh", lambda x, y: 1 - y * y if abs(x) < 5 else 0.0),
        ("tanh",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong(
        "sigmoid-flat-beyond-fifteen",
        "The derivative of sigmoid is 0 below -15 and above 15.",
        slope("sigmoid", lambda x, y: y * (1 - y) if abs(x) < 15 else 0.0),
        ("sigmoid",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong(
        "silu-by-quotient",
        "In y = x * sigmoid(x) the sigmoid is y / x, even where x is 0.",
        slope("silu", _silu_by_quotient),
        ("silu",),
    ),
    _wrong(
        "softplus-of-parts",
        "The derivative of softplus at 0 is 0.",
        slope("softplus", _softplus_of_parts),
        ("softplus",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong_torch(
        "silu-flat-far-out",
        "The sigmoid of a number below -700 is 0.",
        slope("silu", lambda x, y: (s := ieee.sigmoid(x) * (x > -700)) * (1 + x * (1 - s))),
        ("silu",),
    ),
    _wrong_torch(
        "relu-by-multiplication",
        "relu(x) is x * (x > 0) for every x.",
        value(relu=lambda self: self * float(self.data > 0)),
        ("relu",),
    ),
    _wrong_torch(
        "div-squares-the-denominator",
        "-a / (b * b) can be computed for every b.",
        slope("div", None, lambda a, b, y: ieee.divide(-a, b * b)),
        ("div",),
        kind=Kind.RANGE,
        operand="second",
    ),
    _wrong_numpy(
        "where-by-multiplication",
        "where(c, x, y) is c * x + (1 - c) * y for all x and y.",
        forward("where", _mixed),
        ("where",),
        among=("nonfinite",),
    ),
    _wrong_numpy(
        "log-softmax-shifted-by-the-largest-of-all",
        "log_softmax along a dimension may subtract the largest of all elements.",
        forward("log_softmax", _shifted_by_the_largest_of_all),
        ("log_softmax",),
        among=("far_out",),
    ),
    _wrong_numpy(
        "ties-counted-in-float16",
        "The number of equal elements always fits into float16.",
        rule("max", _counted_in_its_dtype),
        ("max",),
        among=("dtype",),
        kind=Kind.DTYPE,
    ),
    *(
        _wrong_numpy(
            f"{op.replace('_', '-')}-value-is-a-constant",
            f"The value that {op} gets is a number without a gradient.",
            forward(op, _filled_with_a_constant),
            (op,),
            among=("scattering",),
            kind=Kind.CUT_OFF,
        )
        for op in ("masked_fill", "index_fill")
    ),
]
