"""Order along a dim: `sort`, `argsort`, `topk`, `kthvalue`, `mode`.

nan counts as the largest number. Equal elements keep their order. Each gradient goes to the element that its
value came from.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .dtypes import INTEGER
from .graph import Array
from .indexing import getitem, pick_along
from .movement import squeeze, wrap_dim
from .tensor import Tensor, method, wrap

__all__ = ["argsort", "kthvalue", "mode", "msort", "sort", "topk"]


class Sorted(NamedTuple):
    """Values in order, and the index of each in the input."""

    values: Any
    indices: Any


def _order(x: Array, axis: int, descending: bool) -> Array:
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - backwards, axis)  # equal elements keep their order


@method
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that sort along dim."""
    x = input.data if isinstance(input, Tensor) else input
    if not x.ndim:
        return wrap(np.zeros((), INTEGER))
    return wrap(_order(x, wrap_dim(dim, x.ndim), descending))


@method
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Sorted:
    """(values, indices) in order along dim."""
    indices = argsort(input, dim, descending)
    return Sorted(pick_along(input, dim, indices, once=True), indices)


@method
def msort(input: Any) -> Any:
    """The values in order along dim 0."""
    return sort(input, 0).values


@method
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Sorted:
    """The k largest or smallest elements along dim, in order, and their indices."""
    axis = wrap_dim(dim, input.ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"topk: k={k} is out of range for the shape {input.shape}")
    indices = argsort(input, dim, largest)
    if input.ndim:
        indices = getitem(indices, (slice(None),) * axis + (slice(k),))
    return Sorted(pick_along(input, dim, indices, once=True), indices)


@method
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Sorted:
    """The k-th smallest element along dim, counted from 1, and its index."""
    axis = wrap_dim(dim, input.ndim)
    if not 1 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"kthvalue: k={k} is out of range for the shape {input.shape}")
    indices = argsort(input, dim)
    if input.ndim:
        indices = getitem(indices, (slice(None),) * axis + (slice(k - 1, k),))
    values = pick_along(input, dim, indices, once=True)
    return (
        Sorted(values, indices) if keepdim else Sorted(squeeze(values, dim), squeeze(indices, dim))
    )


@method
def mode(input: Any, dim: int = -1, keepdim: bool = False) -> Sorted:
    """The most frequent value along dim (the smallest of several) and its last index."""
    x = input.data if isinstance(input, Tensor) else input
    if not x.ndim:
        return Sorted(input * 1, wrap(np.zeros((), INTEGER)))
    axis = wrap_dim(dim, x.ndim)
    last = np.moveaxis(x, axis, -1)
    ordered = np.sort(last, axis=-1)
    counts = (ordered[..., :, None] == ordered[..., None, :]).sum(-1)
    found = np.take_along_axis(ordered, counts.argmax(-1)[..., None], -1)
    places = last.shape[-1] - 1 - np.argmax(np.flip(last == found, -1), -1)
    indices = wrap(np.expand_dims(places, axis))
    values = pick_along(input, axis, indices, once=True)
    return (
        Sorted(values, indices) if keepdim else Sorted(squeeze(values, dim), squeeze(indices, dim))
    )
