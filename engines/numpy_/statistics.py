"""Spreads, norms, medians and counts: the reductions that are more than a sum.

Degenerate inputs are torch's: the norm and the deviation have slope 0 where they are 0, and a variance of
too few numbers is nan.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .dtypes import is_floating
from .elementwise import abs, exp, sign, sub, true_divide, where, zeros_like
from .functions import isnan, logical_not
from .graph import Array
from .indexing import pick_along
from .movement import reshape, squeeze, wrap_dim, wrap_dims
from .primitive import primitive
from .reductions import Extremes, amax, amin, folded, full_extreme, mean, spread, sum
from .tensor import Tensor, method, wrap

__all__ = [
    "all", "aminmax", "any", "count_nonzero", "dist", "logsumexp", "median", "nanmean", "nanmedian", "nansum",
    "norm", "std", "std_mean", "var", "var_mean", "vector_norm",
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
    """The variance: squared distances from the mean, over n - correction (1 unless given)."""
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
    """The square root of `var`; its slope is 0 where it is 0."""
    return _std(input, keepdim=keepdim, **_how(input, dim, unbiased, correction))


def var_mean(
    input: Any, dim: Any = None, *, correction: float = 1, keepdim: bool = False
) -> tuple[Any, Any]:
    """The variance and the mean."""
    return var(input, dim, None, keepdim, correction=correction), mean(input, dim, keepdim)


def std_mean(
    input: Any, dim: Any = None, *, correction: float = 1, keepdim: bool = False
) -> tuple[Any, Any]:
    """The standard deviation and the mean."""
    return std(input, dim, None, keepdim, correction=correction), mean(input, dim, keepdim)


def _np_norm(x: Array, p: float, dim: Dims, keepdim: bool) -> Any:
    how = {"axis": dim, "keepdims": keepdim}
    if p == 2:
        return np.sqrt(np.add.reduce(x * x, **how))
    size = np.abs(x)
    if math.isinf(p):
        return (np.maximum if p > 0 else np.minimum).reduce(size, **how)
    if p == 0:
        return np.asarray(np.add.reduce(x != 0, **how), x.dtype)
    return np.asarray(np.add.reduce(size**p, **how) ** (1 / p), x.dtype)


def _norm_rule(g: Any, y: Any, x: Any, p: float, dim: Dims, keepdim: bool) -> Any:
    size = reshape(y, folded(x.shape, dim))
    g = reshape(g, size.shape)
    if p == 0:
        return zeros_like(x)
    if p == 1:
        return g * sign(x)
    if math.isinf(p):
        ends = abs(x) == size
        return where(ends, g * sign(x) / sum(ends, dim, keepdim=True), 0.0)
    unit = where(size == 0, 0.0, x / where(size == 0, 1.0, size))
    if p == 2:
        return g * unit
    slope = abs(where(x == 0, 1.0, unit)) ** (p - 1)
    return where(x == 0, 0.0, g * sign(x) * slope)


_norm = primitive("norm", _np_norm, _norm_rule)


@method
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False) -> Any:
    """The p-norm of all elements or over dims; 'fro' is 2. Its gradient is 0 where it is 0."""
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)


def vector_norm(x: Any, ord: float = 2, dim: Any = None, keepdim: bool = False) -> Any:
    """The norm of order `ord`; inf and -inf take extremes, and 0 counts."""
    if not is_floating(x.dtype):
        raise RuntimeError(f"norm: a floating-point tensor is needed, not {x.dtype}")
    return _norm(x, p=ord, dim=wrap_dims(dim, x.ndim), keepdim=keepdim)


@method
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of the difference."""
    return vector_norm(sub(input, other), p)


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
    """The sum of what is not nan."""
    return sum(where(isnan(input), 0.0, input), dim, keepdim)


@method
def nanmean(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The mean of what is not nan."""
    count = sum(logical_not(isnan(input)), dim, keepdim)
    return true_divide(nansum(input, dim, keepdim), count)


class Ends(NamedTuple):
    """The smallest and the largest."""

    min: Any
    max: Any


@method
def aminmax(input: Any, *, dim: int | None = None, keepdim: bool = False) -> Ends:
    """(min, max) of all elements or along dim; ties share the gradient."""
    return Ends(amin(input, dim, keepdim), amax(input, dim, keepdim))


def _lower_middle(x: Array, skip_nan: bool) -> Any:
    flat = np.sort(x[~np.isnan(x)] if skip_nan else x, axis=None)
    if not flat.size or np.isnan(flat[-1]):
        return np.asarray(np.nan, x.dtype)
    return flat[(flat.size - 1) // 2]


_medians = [
    full_extreme("median", lambda x: _lower_middle(x, skip_nan=False)),
    full_extreme("nanmedian", lambda x: _lower_middle(x, skip_nan=True)),
]


def _median_along(input: Any, dim: int, keepdim: bool, skip_nan: bool) -> Extremes:
    x = input.data if isinstance(input, Tensor) else input
    if not x.ndim:
        return Extremes(input * 1, wrap(np.zeros((), np.int64)))
    axis = wrap_dim(dim, x.ndim)
    n, bad = x.shape[axis], np.isnan(x).sum(axis, keepdims=True)
    usual = (n - bad - 1) // 2 if skip_nan else np.where(bad, n - bad, (n - 1) // 2)
    order = np.argsort(x, axis=axis, kind="stable")  # nan comes last
    indices = wrap(np.take_along_axis(order, np.maximum(usual, 0), axis))
    values = pick_along(input, axis, indices, once=True)
    found = Extremes(values, indices)
    return found if keepdim else Extremes(*(squeeze(x, axis) for x in found))


@method
def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower middle of all elements, equal ones sharing the gradient; (values, indices) with dim."""
    return _medians[0](input) if dim is None else _median_along(input, dim, keepdim, False)


@method
def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """As `median`, of what is not nan."""
    return _medians[1](input) if dim is None else _median_along(input, dim, keepdim, True)


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
