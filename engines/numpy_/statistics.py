"""Variances, counts, sums of exponentials and other reductions that are more than a sum.

As in torch, the gradient of a standard deviation of 0 is 0, and the variance of too few numbers is nan.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .dtypes import is_floating
from .elementwise import exp, sqrt, true_divide, where
from .functions import isnan, logical_not
from .graph import Array
from .matrices import diagonal
from .movement import reshape, squeeze, unsqueeze, wrap_dims
from .pairs import clamp
from .primitive import primitive
from .products import matmul
from .reductions import amax, amin, folded, mean, spread, sum
from .tensor import Tensor, method, wrap

__all__ = [
    "all", "aminmax", "any", "corrcoef", "count_nonzero", "cov", "logsumexp", "nanmean", "nansum", "std",
    "std_mean", "var", "var_mean",
]  # fmt: skip

Dims = tuple[int, ...]


def _np_var(x: Array, dim: Dims, correction: float, keepdim: bool) -> Any:
    n = math.prod([x.shape[d] for d in dim])
    d = x - np.true_divide(np.add.reduce(x, axis=dim, keepdims=True), n, dtype=x.dtype)
    total = np.add.reduce(d * d, axis=dim, keepdims=keepdim)
    return np.true_divide(total, max(n - correction, 0), dtype=x.dtype)


def _var_rule(g: Any, y: Any, x: Any, dim: Dims, correction: float, keepdim: bool) -> Any:
    n = math.prod([x.shape[d] for d in dim])
    scale = 2 / (n - correction) if n != correction else math.inf
    return spread(g, x.shape, dim) * ((x - mean(x, dim, keepdim=True)) * scale)


def _std_rule(g: Any, y: Any, x: Any, **how: Any) -> Any:
    return _var_rule(where(y == 0, 0.0, g / (where(y == 0, 1.0, y) * 2)), y, x, **how)


_var = primitive("var", _np_var, _var_rule)
_std = primitive("std", lambda x, **how: np.sqrt(_np_var(x, **how)), _std_rule)


def _how(input: Any, dim: Any, unbiased: bool | None, correction: float | None) -> dict[str, Any]:
    if isinstance(dim, bool):  # torch.var(x, False): the second argument is `unbiased` then
        dim, unbiased = None, dim
    if not is_floating(input.dtype):
        raise RuntimeError(f"std and var only support floating point dtypes, not {input.dtype}")
    by = float(unbiased) if unbiased is not None else 1 if correction is None else correction
    return {"dim": wrap_dims(dim, input.ndim), "correction": by}


@method
def var(
    input: Any,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """The variance: squared distances from the mean, divided by n - correction (by default 1)."""
    return _var(input, keepdim=keepdim, **_how(input, dim, unbiased, correction))


@method
def std(
    input: Any,
    dim: Any = None,
    unbiased: bool | None = None,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> Any:
    """The square root of `var`. Where it is 0, its gradient is 0."""
    return _std(input, keepdim=keepdim, **_how(input, dim, unbiased, correction))


def _with_mean(op: Any, name: str) -> Any:
    def both(
        input: Any,
        dim: Any = None,
        unbiased: bool | None = None,
        keepdim: bool = False,
        *,
        correction: float | None = None,
    ) -> tuple[Any, Any]:
        spread = op(input, dim, unbiased, keepdim, correction=correction)
        return spread, mean(input, None if isinstance(dim, bool) else dim, keepdim)

    both.__name__ = f"{name}_mean"
    both.__doc__ = f"`{name}` and the mean."
    return both


var_mean, std_mean = _with_mean(var, "var"), _with_mean(std, "std")


@method
def cov(input: Any, *, correction: int = 1, fweights: Any = None, aweights: Any = None) -> Any:
    """The covariances of the rows of a matrix, whose columns are observations. A vector gives its variance.

    fweights has the count of each observation, aweights its weight.
    """
    if input.ndim > 2:
        raise RuntimeError(f"cov: a vector or a matrix is expected, not shape {input.shape}")
    x = input if input.ndim == 2 else reshape(input, (1, -1))
    weights = [w for w in (fweights, aweights) if w is not None]
    if [w.shape for w in weights] != [x.shape[1:]] * len(weights):
        raise RuntimeError(f"cov: the weights are not one for each of {x.shape[1]} observations")
    w = math.prod(weights, start=np.ones(x.shape[1], x.dtype))
    total = sum(w)
    lost = total if aweights is None else sum(w * aweights)
    centred = x - unsqueeze(sum(x * w, 1) / total, 1)
    by = clamp(total - correction * (lost / total), 0)
    y = matmul(centred * w, centred.T) / by
    return squeeze(y)


@method
def corrcoef(input: Any) -> Any:
    """`cov` divided by the standard deviations of both rows, and limited to -1..1."""
    c = cov(input)
    if not c.ndim:
        return c / c
    deviation = sqrt(diagonal(c))
    return clamp(c / unsqueeze(deviation, 1) / unsqueeze(deviation, 0), -1, 1)


def _np_logsumexp(x: Array, dim: Dims, keepdim: bool) -> Any:
    top = np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf)
    top = np.where(np.isfinite(top), top, np.zeros_like(top))
    total = np.log(np.add.reduce(np.exp(x - top), axis=dim, keepdims=True)) + top
    return total if keepdim else total.reshape([n for d, n in enumerate(x.shape) if d not in dim])


_logsumexp = primitive(
    "logsumexp",
    _np_logsumexp,
    lambda g, y, x, dim, keepdim: (
        spread(g, x.shape, dim) * exp(x - reshape(y, folded(x.shape, dim)))
    ),
)


@method
def logsumexp(input: Any, dim: Any, keepdim: bool = False) -> Any:
    """log(sum(exp(x))) over dim, without overflow."""
    return _logsumexp(input, dim=wrap_dims(dim, input.ndim), keepdim=keepdim)


@method
def nansum(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The sum of the elements that are not nan."""
    return sum(where(isnan(input), 0.0, input), dim, keepdim)


@method
def nanmean(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The mean of the elements that are not nan."""
    count = sum(logical_not(isnan(input)), dim, keepdim)
    return true_divide(nansum(input, dim, keepdim), count)


class Ends(NamedTuple):
    """The smallest and the largest element."""

    min: Any
    max: Any


@method
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Ends:
    """(min, max) of all elements or along dim; ties share the gradient."""
    return Ends(amin(input, dim, keepdim), amax(input, dim, keepdim))


def _truth(name: str, pick: Any, dtype: Any) -> Any:
    def op(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
        x = input.data if isinstance(input, Tensor) else input
        found = pick(x != 0, axis=wrap_dims(dim, x.ndim), keepdims=keepdim)
        return wrap(np.asarray(found, dtype))

    op.__name__ = name
    op.__doc__ = f"`{name}` of what is not zero, over dims or over everything."
    return method(op)


all = _truth("all", np.logical_and.reduce, bool)
any = _truth("any", np.logical_or.reduce, bool)
count_nonzero = _truth("count_nonzero", np.add.reduce, np.int64)
