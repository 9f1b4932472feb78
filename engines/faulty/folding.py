"""Wrong reductions, normalisations and losses."""

from __future__ import annotations

import math
from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import exp, log, sum
from ..numpy_.functions import erf
from ..numpy_.reductions import spread
from ..numpy_.tensor import Tensor
from .change import forward, rule


def _unfolded(g: Any, shape: tuple[int, ...], **how: Any) -> Any:
    return np.broadcast_to(g, shape).copy()


def _to_all(g: Any, y: Any, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return spread(g, x.shape, tuple(range(x.ndim)) if dim is None else dim)


def _var_slope(factor: float, centred: bool = True) -> Any:
    def wrong(g: Any, y: Any, x: Any, dim: Any, correction: float, keepdim: bool) -> Any:
        n = math.prod(x.shape[d] for d in dim)
        middle = x.mean(dim, keepdims=True) if centred else 0.0
        return spread(g, x.shape, dim) * (x - middle) * (factor / (n - correction))

    return wrong


def _norm_squared(g: Any, y: Any, x: Any, p: float, dim: Any, keepdim: bool) -> Any:
    return spread(g, x.shape, dim) * 2 * x


def _lse_slope(g: Any, y: Any, x: Any, dim: Any, keepdim: bool) -> Any:
    return spread(g, x.shape, dim) * np.exp(x)


def _product_by_division(g: Any, y: Any, x: Any, dim: int, keepdim: bool) -> Any:
    return spread(g * y, x.shape, (dim,)) / x


def _running_product_by_division(g: Any, y: Any, x: Any, dim: int) -> Any:
    return np.flip(np.cumsum(np.flip(g * y, dim), dim), dim) / x


def _over_all(right: Any, x: Any, dim: Any = None, **how: Any) -> Any:
    e = exp(x)
    return e / sum(e)


_wrong = partial(Mistake, theme="folding", engine="numpy", kind=Kind.DERIVATIVE)

MISTAKES = [
    _wrong(
        "mean-without-n",
        "The mean has the same gradient as the sum.",
        rule("mean", lambda g, s, dim, keepdim, n: spread(g, s, dim)),
        ("mean",),
        kind=Kind.FACTOR,
    ),
    _wrong(
        "mean-by-whole-size",
        "The gradient of a mean along a dimension is divided by the number of all elements.",
        rule("mean", lambda g, s, dim, keepdim, n: spread(g / math.prod(s), s, dim)),
        ("mean",),
        kind=Kind.FACTOR,
    ),
    _wrong(
        "mean-cuts-graph",
        "A mean is a new leaf, without a connection to its elements.",
        forward("mean", lambda right, x, *given, **how: Tensor(right(x, *given, **how).data)),
        ("mean",),
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "sum-spread-over-last",
        "NumPy broadcasts the gradient of a sum along the right dimension by itself.",
        rule("sum", _unfolded),
        ("sum",),
        kind=Kind.SHAPE,
    ),
    _wrong(
        "sum-of-last-axis",
        "sum without a dimension is along the last one.",
        forward("sum", lambda right, x, dim=-1, keepdim=False: right(x, dim, keepdim)),
        ("sum",),
        kind=Kind.SHAPE,
    ),
    _wrong(
        "sum-keeps-dim",
        "sum keeps the dimension that it sums along, with size 1.",
        forward("sum", lambda right, x, dim=None, keepdim=True: right(x, dim, True)),
        ("sum",),
        kind=Kind.SHAPE,
    ),
    _wrong(
        "sum-averages-gradient",
        "The gradient of a sum is divided by the number of its terms.",
        rule("sum", lambda g, s, dim, keepdim: spread(g / math.prod(s[d] for d in dim), s, dim)),
        ("sum",),
        kind=Kind.FACTOR,
    ),
    _wrong(
        "amax-to-all",
        "The gradient of a maximum goes to all elements.",
        rule("amax", _to_all),
        ("amax",),
    ),
    _wrong(
        "max-to-all",
        "The gradient of the largest element goes to all elements.",
        rule("max", _to_all),
        ("max",),
    ),
    _wrong(
        "min-takes-largest",
        "min sends its gradient to the largest element.",
        rule("min", lambda g, y, x: g * (x == x.max())),
        ("min",),
    ),
    _wrong(
        "prod-by-division",
        "The derivative of a product by x is the product divided by x, even where x is 0.",
        rule("prod", _product_by_division),
        ("prod",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "cumprod-by-division",
        "The derivative of a running product can be divided by x, even where x is 0.",
        rule("cumprod", _running_product_by_division),
        ("cumprod",),
        kind=Kind.RANGE,
    ),
    _wrong(
        "var-uncorrected",
        "The variance is divided by n, and not by n - 1.",
        forward(
            "var", lambda right, x, *given, **how: right(x, *given, **({"correction": 0} | how))
        ),
        ("var",),
        level="torch",
        kind=Kind.CONVENTION,
    ),
    _wrong(
        "var-without-two",
        "The derivative of (x - mean) ** 2 is x - mean.",
        rule("var", _var_slope(1.0)),
        ("var",),
        kind=Kind.FACTOR,
    ),
    _wrong(
        "var-not-centred",
        "The derivative of the variance does not need the mean.",
        rule("var", _var_slope(2.0, centred=False)),
        ("var",),
    ),
    _wrong(
        "std-as-var",
        "The standard deviation has the derivative of the variance.",
        rule("std", _var_slope(2.0)),
        ("std",),
    ),
    _wrong(
        "norm-as-its-square",
        "The norm has the derivative of its square.",
        rule("norm", _norm_squared),
        ("norm", "vector_norm", "dist"),
    ),
    _wrong(
        "logsumexp-slope-exp",
        "The derivative of logsumexp(x) is exp(x).",
        rule("logsumexp", _lse_slope),
        ("logsumexp",),
    ),
    _wrong(
        "softmax-diagonal-only",
        "The derivative of softmax is y * (1 - y), as for sigmoid.",
        rule("softmax", lambda g, y, x, dim: g * y * (1 - y)),
        ("softmax", "softmin"),
    ),
    _wrong(
        "softmax-over-all",
        "softmax divides by the sum of all elements, whatever its dimension is.",
        forward("softmax", _over_all),
        ("softmax",),
        kind=Kind.SHAPE,
    ),
    _wrong(
        "softmax-over-last",
        "softmax is always along the last dimension.",
        forward("softmax", lambda right, x, dim=-1, **how: right(x, -1)),
        ("softmax",),
        kind=Kind.SHAPE,
    ),
    _wrong(
        "log-softmax-ignores-upstream",
        "The gradient of log_softmax is g - softmax(x).",
        rule("log_softmax", lambda g, y, x, dim: g - np.exp(y)),
        ("log_softmax", "cross_entropy"),
        kind=Kind.UPSTREAM,
    ),
    _wrong(
        "log-softmax-passes",
        "log_softmax passes the gradient on unchanged.",
        rule("log_softmax", lambda g, y, x, dim: g),
        ("log_softmax", "cross_entropy"),
    ),
    _wrong(
        "cross-entropy-without-n",
        "cross_entropy is the sum over the samples, and not the mean.",
        forward(
            "cross_entropy",
            lambda right, *given, **how: right(*given, **({"reduction": "sum"} | how)),
        ),
        ("cross_entropy",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "cross-entropy-of-probabilities",
        "cross_entropy first takes the logarithm of its input.",
        forward("cross_entropy", lambda right, x, target, **how: right(log(x * x), target, **how)),
        ("cross_entropy",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "mse-without-n",
        "mse_loss is the sum over the elements, and not the mean.",
        forward("mse_loss", lambda right, a, b, **how: right(a, b, **({"reduction": "sum"} | how))),
        ("mse_loss",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "mse-halved",
        "mse_loss has a factor of 1 / 2.",
        forward("mse_loss", lambda right, a, b, **how: right(a, b, **how) * 0.5),
        ("mse_loss",),
        kind=Kind.VALUE,
    ),
    _wrong(
        "gelu-without-product-rule",
        "The derivative of x * cdf(x) is cdf(x), where cdf is the normal distribution.",
        rule("gelu", lambda g, y, x: g * 0.5 * (1 + erf(x * math.sqrt(0.5)))),
        ("gelu",),
    ),
    _wrong(
        "layer-norm-scales-only",
        "A normalisation passes the gradient on unchanged.",
        rule("layer_norm", lambda g, y, x, *_, **__: g),
        ("layer_norm", "group_norm", "instance_norm"),
    ),
]
