"""Other conventions than torch's: at kinks and poles, on overflow, and in the life of a graph.

Bounds that are meant to be safe are here, too. Those that change ordinary values are of kind `core`.
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .. import numpy_
from ..numpy_ import Numpy, backward
from ..numpy_.elementwise import exp, log
from ..numpy_.reductions import spread, sum
from ..numpy_.tensor import Tensor, wrap
from ..scalar import Value
from .change import forward, rewritten, rule, setting, slope, value

_wrong = partial(Mistake, theme="conventions", level="torch", kind=Kind.CONVENTION)
_wrong_numpy = partial(_wrong, engine="numpy")
_core = partial(Mistake, theme="conventions")
_div, _log, _exp, _clamp = Value.__truediv__, Value.log, Value.exp, Value.clamp
_sigmoid, _pow = Value.sigmoid, Value.__pow__


def _divided(a: Value, b: Any) -> Value:
    a.data / getattr(b, "data", b)
    return _div(a, b)


def _powered(a: Value, b: Any) -> Value:
    """Python's own power, which is complex for roots of negative numbers."""
    made: Value = _pow(a, b)
    if a.data < 0:
        made.data = a.data ** getattr(b, "data", b)
    return made


def _open_clamp(self: Value, min: Any = None, max: Any = None) -> Value:
    at_a_bound = self.data in (min, max)
    return _clamp(self, min, max) * 0.0 + self.data if at_a_bound else _clamp(self, min, max)


def _norm_slope(right: Any) -> Any:
    def wrong(g: Any, y: Any, x: Any, p: float, dim: Any, keepdim: bool) -> Any:
        if p != 2:
            return right(g, y, x, p=p, dim=dim, keepdim=keepdim)
        return spread(g, x.shape, dim) * x / spread(y, x.shape, dim)

    return wrong


def _std_slope(g: Any, y: Any, x: Any, dim: Any, correction: float, keepdim: bool) -> Any:
    n = math.prod(x.shape[d] for d in dim)
    return spread(g / y, x.shape, dim) * (x - x.mean(dim, keepdims=True)) / (n - correction)


def _softmax(x: Any, dim: int) -> Any:
    e = exp(x)
    return e / sum(e, dim, keepdim=True)


def _ones_of_any_shape(output: Tensor, gradient: Any) -> Tensor:
    return wrap(np.ones(output.shape)) if gradient is None else _seed_for(output, gradient)


def _zeros_for_none(self: Numpy, node: Tensor) -> Any:
    return np.zeros(node.shape) if node.grad is None else node.grad


_seed_for = backward.seed_for

MISTAKES = [
    _wrong(
        "relu-slope-one-at-zero",
        "The derivative of relu at 0 is 1.",
        slope("relu", lambda x, y: float(x >= 0)),
        ("relu",),
    ),
    _wrong(
        "abs-slope-one-at-zero",
        "The derivative of abs at 0 is 1.",
        slope("abs", lambda x, y: 1.0 if x >= 0 else -1.0),
        ("abs",),
    ),
    _wrong(
        "clamp-blocks-at-bounds",
        "clamp passes no gradient on at its bounds.",
        value(clamp=_open_clamp),
        ("clamp",),
    ),
    _wrong(
        "sqrt-slope-zero-at-zero",
        "The derivative of sqrt at 0 is 0.",
        slope("sqrt", lambda x, y: 0.5 / y if y else 0.0),
        ("sqrt",),
    ),
    _wrong(
        "exp-raises",
        "math.exp has a result for every number.",
        value(exp=lambda self: (math.exp(self.data), _exp(self))[1]),
        ("exp",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "log-raises",
        "math.log has a result for every number.",
        value(log=lambda self: (math.log(self.data), _log(self))[1]),
        ("log",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "sigmoid-overflows",
        "1 / (1 + exp(-x)) can be computed for every x.",
        value(sigmoid=lambda self: (math.exp(-self.data), _sigmoid(self))[1]),
        ("sigmoid",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "tanh-by-exponentials",
        "(exp(2 * x) - 1) / (exp(2 * x) + 1) can be computed for every x.",
        value(tanh=lambda self: ((2 * self).exp() - 1) / ((2 * self).exp() + 1)),
        ("tanh",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "softplus-overflows",
        "log(1 + exp(x)) can be computed for every x.",
        value(softplus=lambda self: (1 + self.exp()).log()),
        ("softplus",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "division-raises",
        "A denominator is never 0.",
        value(__truediv__=_divided),
        ("div",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "roots-are-complex",
        "In Python, a root of a negative number is never complex.",
        value(__pow__=_powered),
        ("pow",),
    ),
    _core(
        "log-bounded",
        "An operand of log that is below 1e-10 may be replaced by 1e-10.",
        value(log=lambda self: _log(self.maximum(1e-10))),
        ("log",),
        kind=Kind.VALUE,
    ),
    _core(
        "exp-bounded",
        "An operand of exp that is above 700 may be replaced by 700.",
        value(exp=lambda self: _exp(self.minimum(700.0))),
        ("exp",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "relu-of-nan-slope-zero",
        "The derivative of relu is 0 where its input is nan.",
        slope("relu", lambda x, y: float(x > 0)),
        ("relu",),
    ),
    _wrong_numpy(
        "array-relu-slope-one-at-zero",
        "The derivative of relu at 0 is 1.",
        rule("relu", lambda g, y, x: g * (x >= 0)),
        ("relu",),
    ),
    _wrong_numpy(
        "array-abs-slope-one-at-zero",
        "The derivative of abs at 0 is 1.",
        rule("abs", lambda g, y, x: g * np.where(x >= 0, 1.0, -1.0)),
        ("abs",),
    ),
    _wrong_numpy(
        "hardtanh-open-at-bounds",
        "hardtanh passes the gradient on at its bounds.",
        rule("hardtanh", lambda g, y, x, low, high: g * ((x >= low) & (x <= high))),
        ("hardtanh", "relu6"),
    ),
    _wrong_numpy(
        "norm-nan-at-zero",
        "The gradient of the norm is x / norm, even where the norm is 0.",
        rewritten("norm", _norm_slope),
        ("norm", "vector_norm", "dist"),
    ),
    _wrong_numpy(
        "std-nan-at-zero",
        "The gradient of the standard deviation is divided by it, even where it is 0.",
        rule("std", _std_slope),
        ("std",),
    ),
    _wrong_numpy(
        "logsumexp-overflows",
        "log(sum(exp(x))) can be computed for every x.",
        forward("logsumexp", lambda right, x, dim, keepdim=False: log(sum(exp(x), dim, keepdim))),
        ("logsumexp",),
        kind=Kind.RANGE,
    ),
    _wrong_numpy(
        "softmax-overflows",
        "exp(x) / sum(exp(x)) can be computed for every x.",
        forward("softmax", lambda right, x, dim=-1, **how: _softmax(x, dim)),
        ("softmax",),
        kind=Kind.RANGE,
    ),
    _wrong_numpy(
        "log-softmax-of-softmax",
        "log(softmax(x)) can be computed for every x.",
        forward("log_softmax", lambda right, x, dim=-1, **how: log(numpy_.softmax(x, dim))),
        ("log_softmax",),
        kind=Kind.RANGE,
    ),
    _wrong_numpy(
        "round-half-up",
        "A half is always rounded up.",
        forward("round", lambda right, x, **how: numpy_.floor(x + 0.5)),
        ("round",),
    ),
    _wrong_numpy(
        "unused-leaf-is-zero",
        "The gradient of a leaf that was not used is 0.",
        setting(Numpy, grad=_zeros_for_none),
        among=("lifecycle", "reuse"),
    ),
    _wrong_numpy(
        "backward-from-any-shape",
        "backward starts with ones, whatever the shape of the result is.",
        setting(backward, seed_for=_ones_of_any_shape),
        among=("lifecycle", "error"),
        kind=Kind.START,
    ),
]
