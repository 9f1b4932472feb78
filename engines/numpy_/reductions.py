"""Reductions over dims: sums, means, extremes.

`dim` is an int, a tuple, or None for all dims. Negative dims count from the end. With `keepdim` the reduced
dims stay with size 1. IndexError for a dim that is out of range.
"""

from __future__ import annotations

import builtins
import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .dtypes import is_floating
from .elementwise import maximum, minimum, where
from .indexing import pick_along
from .movement import expand, reshape, squeeze, wrap_dim, wrap_dims
from .primitive import linear, primitive
from .tensor import Tensor, method, wrap

__all__ = ["amax", "amin", "argmax", "argmin", "max", "mean", "min", "sum"]


def folded(shape: tuple[int, ...], dim: tuple[int, ...]) -> tuple[int, ...]:
    """The shape with size 1 in the given dims, as after a reduction with keepdim."""
    return tuple([1 if d in dim else n for d, n in enumerate(shape)])


def spread(g: Any, shape: tuple[int, ...], dim: tuple[int, ...]) -> Any:
    """Repeat the gradient of a reduction over the reduced dims."""
    if not isinstance(g, Tensor):
        whole = np.empty(
            shape, g.dtype
        )  # cheaper than a broadcast view, and its memory is not shared
        whole[...] = g.reshape(folded(shape, dim))
        return whole
    return expand(reshape(g, folded(shape, dim)), shape)


def _np_sum(x: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
    return np.add.reduce(x, axis=dim, keepdims=keepdim)


sum_over = linear("sum", _np_sum, lambda g, shape, dim, keepdim: spread(g, shape, dim))


@method
def sum(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The sum over `dim`; integers and bools add up as int64."""
    return sum_over(input, dim=wrap_dims(dim, input.ndim), keepdim=keepdim)


@method
def mean(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The mean over `dim`; RuntimeError for a tensor that is not floating."""
    if not is_floating(input.dtype):
        raise RuntimeError(f"mean() of a {input.dtype} tensor; convert it to a float first")
    dims = wrap_dims(dim, input.ndim)
    return _mean(input, dim=dims, keepdim=keepdim, n=math.prod([input.shape[d] for d in dims]))


def _np_mean(x: Any, dim: tuple[int, ...], keepdim: bool, n: int) -> Any:
    return np.true_divide(np.add.reduce(x, axis=dim, keepdims=keepdim), n, dtype=x.dtype)


_mean = linear(
    "mean", _np_mean, lambda g, shape, dim, keepdim, n: spread(g / n if n else g, shape, dim)
)


class Extremes(NamedTuple):
    """The values along a dim, and the index at which each was found."""

    values: Any
    indices: Any


def _ends(x: Any, y: Any) -> Any:
    """The mask of the elements of x that equal the extreme y, or that are nan when y is nan."""
    return (x == y) | ((x != x) & (y != y))


def full_extreme(name: str, pick: Any) -> Any:
    """One extreme of all elements. Elements that tie share the gradient."""

    def rule(g: Any, y: Any, x: Any) -> Any:
        mask = _ends(x, y)
        return where(mask, g / mask.sum(), 0.0)

    return primitive(name, pick, rule)


def _shared_extreme(name: str, pick: Any) -> Any:
    """An extreme over dims. Elements that tie share the gradient."""

    def rule(g: Any, y: Any, x: Any, dim: tuple[int, ...], keepdim: bool) -> Any:
        mask = x == reshape(y, folded(x.shape, dim))
        return spread(g, x.shape, dim) * mask / sum(mask, dim, keepdim=True)

    return primitive(name, lambda x, dim, keepdim: pick.reduce(x, axis=dim, keepdims=keepdim), rule)


_max = full_extreme("max", lambda x: np.maximum.reduce(x, axis=None))
_min = full_extreme("min", lambda x: np.minimum.reduce(x, axis=None))
_amax, _amin = _shared_extreme("amax", np.maximum), _shared_extreme("amin", np.minimum)


def amax(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest over `dim`; elements that tie share the gradient equally."""
    return _amax(input, dim=filled(dim, input.shape), keepdim=keepdim)


def amin(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest over `dim`; elements that tie share the gradient equally."""
    return _amin(input, dim=filled(dim, input.shape), keepdim=keepdim)


def filled(dim: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Count dims from the front. IndexError when one of them has no elements."""
    dims = wrap_dims(dim, len(shape))
    if not builtins.all(shape[d] for d in dims):
        raise IndexError(f"there is no extreme over dim {dim} of the shape {shape}: it is empty")
    return dims


def _arg(pick: Callable[..., Any]) -> Callable[..., Any]:
    def find(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
        x = input.data if isinstance(input, Tensor) else input
        axis = None if dim is None or not x.ndim else wrap_dim(dim, x.ndim)
        if not (x.size if axis is None else x.shape[axis]):
            raise IndexError(f"{pick.__name__}() of no elements: the shape is {x.shape}")
        found = np.asarray(pick(x, axis=axis, keepdims=keepdim))
        return wrap(found) if isinstance(input, Tensor) else found

    find.__name__ = pick.__name__
    find.__doc__ = "The index of the extreme, the first of several; in the flat tensor without dim."
    return find


argmax, argmin = _arg(np.argmax), _arg(np.argmin)


def _extreme(name: str, full: Any, pairwise: Any, arg: Any) -> Any:
    def op(input: Any, dim: Any = None, keepdim: bool = False) -> Any:
        if dim is None:
            return full(input)
        if isinstance(dim, Tensor):
            return pairwise(input, dim)
        indices = arg(input, dim, keepdim=True)
        if not input.ndim:
            return Extremes(full(input), indices)
        values = pick_along(input, dim, indices, once=True)
        if not keepdim:
            values, indices = squeeze(values, dim), squeeze(indices, dim)
        return Extremes(values, indices)

    op.__name__ = name
    op.__doc__ = f"""The {name} of all elements, where ties share the gradient equally.

    With dim: (values, indices) along it, the gradient going to the index. With a tensor: `{name}imum`.
    """
    return op


max = _extreme("max", _max, maximum, argmax)
min = _extreme("min", _min, minimum, argmin)

for _op in (amax, amin, argmax, argmin, max, min):
    method(_op)
