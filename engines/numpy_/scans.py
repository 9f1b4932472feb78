"""Running sums, products and extremes along a dim; and `prod`, whose gradient is made of them.

`cummax` and `cummin` give (values, indices), the last index of several that tie.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .elementwise import exp, log, where
from .graph import Array
from .indexing import gather, getitem
from .joining import cat, flip, stack
from .movement import expand, reshape, transpose, unsqueeze, wrap_dim
from .primitive import linear, primitive
from .reductions import Extremes, folded, spread
from .tensor import Tensor, method, wrap

__all__ = ["cummax", "cummin", "cumprod", "cumsum", "logcumsumexp", "prod"]


def _at(x: Any, dim: int, place: Any) -> Any:
    return getitem(x, (slice(None),) * dim + (place,))


def _backwards(scan: Any, x: Any, dim: int) -> Any:
    """The scan from the end to the beginning."""
    return flip(scan(flip(x, dim), dim), dim)


def _np_cumsum(x: Array, dim: int) -> Any:
    return np.cumsum(x, axis=dim)


_cumsum = linear("cumsum", _np_cumsum, lambda g, s, dim: _backwards(cumsum, g, dim))


@method
def cumsum(input: Any, dim: int) -> Any:
    """The sum of the elements up to each position along dim."""
    return _cumsum(input, dim=wrap_dim(dim, input.ndim)) if input.ndim else input * 1


def _cumprod_rule(g: Any, y: Any, x: Any, dim: int) -> Any:
    """The rule does not divide when an element is zero, so that gradients of every order are correct."""
    n = x.shape[dim]
    if not (x == 0).any():
        return _backwards(cumsum, g * y, dim) / x
    tails = [_at(g, dim, n - 1)]  # d out / d x[i], without the product of the elements before i
    for i in range(n - 2, -1, -1):
        tails.append(_at(g, dim, i) + _at(x, dim, i + 1) * tails[-1])
    first = _at(x, dim, slice(0, 1)) * 0 + 1
    before = cat([first, _at(y, dim, slice(0, n - 1))], dim)
    return stack(tails[::-1], dim) * before


_cumprod = primitive("cumprod", lambda x, dim: np.cumprod(x, axis=dim), _cumprod_rule)


@method
def cumprod(input: Any, dim: int) -> Any:
    """The product of the elements up to each position along dim."""
    return _cumprod(input, dim=wrap_dim(dim, input.ndim)) if input.ndim else input * 1


def _logcumsumexp_rule(g: Any, y: Any, x: Any, dim: int) -> Any:
    """Sums of exponentials as logarithms, separately for positive and for negative gradients."""
    least = float(
        np.finfo(x.dtype).min
    )  # replaces the logarithm of 0, because differences of -inf are nan

    def part(positive: Any) -> Any:
        logs = where(positive > 0, log(where(positive > 0, positive, 1.0)), least)
        return exp(_backwards(logcumsumexp, logs - y, dim) + x)

    return part(g) - part(-g)


_logcumsumexp = primitive(
    "logcumsumexp", lambda x, dim: np.logaddexp.accumulate(x, axis=dim), _logcumsumexp_rule
)


@method
def logcumsumexp(input: Any, dim: int) -> Any:
    """log(sum(exp(x))) of the elements up to each position along dim, without overflow."""
    return _logcumsumexp(input, dim=wrap_dim(dim, input.ndim)) if input.ndim else input * 1


def _running(name: str, pick: Any) -> Any:
    def op(input: Any, dim: int) -> Extremes:
        x = input.data if isinstance(input, Tensor) else input
        axis = wrap_dim(dim, x.ndim)
        if not x.ndim:
            return Extremes(input * 1, wrap(np.zeros((), np.int64)))
        hit = (x == pick.accumulate(x, axis=axis)) | np.isnan(x)
        place = np.arange(x.shape[axis]).reshape(folded_except(x.shape, axis))
        indices = wrap(np.maximum.accumulate(np.where(hit, place, 0), axis=axis))
        return Extremes(gather(input, axis, indices), indices)

    op.__name__ = name
    op.__doc__ = f"The {name[3:]}imum up to each place along dim, and the last index where it was."
    return method(op)


def folded_except(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """The shape with size 1 in every dim but one."""
    return folded(shape, tuple([d for d in range(len(shape)) if d != axis]))


cummax, cummin = _running("cummax", np.maximum), _running("cummin", np.minimum)


def _others(x: Any) -> Any:
    """For each element along the last dim, the product of all others."""
    n = x.shape[-1]
    if isinstance(x, Tensor):
        eye = np.eye(n, dtype=bool)
        return prod(where(eye, 1.0, expand(unsqueeze(x, -2), (*x.shape[:-1], n, n))), -1)
    one = np.ones((*x.shape[:-1], 1), x.dtype)
    before = np.cumprod(np.concatenate([one, x[..., :-1]], -1), -1)
    behind = np.cumprod(np.concatenate([one, x[..., :0:-1]], -1), -1)[..., ::-1]
    return before * behind


def _prod_rule(g: Any, y: Any, x: Any, dim: int, keepdim: bool) -> Any:
    if not (x == 0).any():
        return spread(g * y, x.shape, (dim,)) / x
    others = transpose(_others(transpose(x, dim, -1)), dim, -1)
    return spread(g, x.shape, (dim,)) * others


_prod = primitive(
    "prod", lambda x, dim, keepdim: np.prod(x, axis=dim, keepdims=keepdim), _prod_rule
)


@method
def prod(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The product of all elements, or along dim. The gradient is correct for zeros, too."""
    if dim is None or not input.ndim:
        return _prod(reshape(input, (-1,)), dim=0, keepdim=False)
    return _prod(input, dim=wrap_dim(dim, input.ndim), keepdim=keepdim)
