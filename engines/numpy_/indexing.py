"""Elements picked by position. Their gradients are added at the positions that they came from.

An element that is picked twice receives both gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .graph import Array
from .movement import expand, reshape, wrap_dim
from .primitive import linear, primitive
from .tensor import Tensor, method

__all__ = ["gather", "index_select", "masked_select", "take", "take_along_dim"]

Key = tuple[Any, ...]


def index_key(index: Any) -> tuple[Key, bool]:
    """The index for NumPy, and True when it has ints and slices alone, so that it gives a view."""
    key = tuple([_entry(i) for i in (index if isinstance(index, tuple) else (index,))])
    return key, not any(isinstance(i, (Array, bool)) for i in key)


def _entry(index: Any) -> Any:
    if isinstance(index, slice):
        if index.step is not None and index.step <= 0:
            raise ValueError(f"step must be greater than zero, not {index.step}; use flip()")
        return index
    if isinstance(index, Tensor):
        index = index.data
    elif isinstance(index, (list, tuple)):
        index = np.asarray([i.data if isinstance(i, Tensor) else i for i in index])
        index = index if index.size else index.astype(np.int64)
    if isinstance(index, Array) and not index.ndim and index.dtype.kind in "iu":
        return int(index)
    return index


def _np_put(g: Array, shape: tuple[int, ...], key: Key, once: bool) -> Array:
    whole = np.zeros(shape, g.dtype)
    if once:
        whole[key] = g
    else:
        np.add.at(whole, key, g)
    return whole


# `once` promises that the key names no element twice, which is true of slices and masks. Then elements are
# assigned, which is faster.
put = primitive("put", _np_put, lambda g, y, x, shape, key, once: pick(g, key=key, once=once))
pick = primitive(
    "index",
    lambda x, key, once: x[key],
    lambda g, y, x, key, once: put(g, shape=x.shape, key=key, once=once),
)
_put_view = linear(
    "put",
    lambda x, shape, key: _np_put(x, shape, key, once=True),
    lambda g, s, shape, key: pick_view(g, key=key),
)
pick_view = linear("slice", lambda x, key: x[key], lambda g, s, key: _put_view(g, shape=s, key=key))


def getitem(input: Any, index: Any) -> Any:
    """`input[index]` with ints, slices, None, Ellipsis, index lists or tensors, and boolean masks."""
    key, view = index_key(index)
    if view:
        return pick_view(input, key=key)
    once = all(i.dtype == bool for i in key if isinstance(i, Array))
    return pick(input, key=key, once=once)


def _iterate(self: Tensor) -> Any:
    return (getitem(self, i) for i in range(len(self)))


method(getitem, "__getitem__")
method(_iterate, "__iter__")


def along(index: Array, dim: int) -> Key:
    """The key under which `x[key][i, j, ..]` is x at `index[i, j, ..]` along dim."""
    if not index.ndim:
        return (index,)
    grid = np.ogrid[tuple([slice(n) for n in index.shape])]
    return tuple([index if d == dim else where for d, where in enumerate(grid)])


@method
def gather(input: Any, dim: int, index: Any) -> Any:
    """`out[i, j] = input[index[i, j], j]` for dim 0, and in the same way for other dims."""
    return pick_along(input, dim, index, once=False)


def pick_along(input: Any, dim: int, index: Any, once: bool) -> Any:
    """`gather` with a faster way back when no element is taken twice, which `once` promises."""
    places = index.data if isinstance(index, Tensor) else np.asarray(index)
    axis = wrap_dim(dim, input.ndim)
    if max(places.ndim, 1) != max(input.ndim, 1):
        raise RuntimeError(
            f"gather: an index of shape {places.shape} for a tensor of {input.shape}"
        )
    if not input.ndim:
        input = reshape(input, (1,))
    if places.size and (places.min() < 0 or places.max() >= input.shape[axis]):
        raise RuntimeError(f"gather: an index out of bounds for size {input.shape[axis]}")
    return pick(input, key=along(places, axis), once=once)


@method
def index_select(input: Any, dim: int, index: Any) -> Any:
    """The slices at the indices along dim, in the order of the indices."""
    places = index.data if isinstance(index, Tensor) else np.asarray(index)
    if places.size and places.min() < 0:
        raise IndexError(f"index_select: the index {places.min()} is negative")
    if not input.ndim:
        return reshape(pick(reshape(input, (1,)), key=(places.reshape(-1),), once=False), ())
    return pick(
        input, key=(slice(None),) * wrap_dim(dim, input.ndim) + (places.reshape(-1),), once=False
    )


@method
def take(input: Any, index: Any) -> Any:
    """The elements at indices into the flat tensor, in the shape of the index."""
    return getitem(reshape(input, (-1,)), index)


@method
def masked_select(input: Any, mask: Any) -> Any:
    """The elements at which the mask is True, as a vector. The mask and the input broadcast."""
    chosen = mask.data if isinstance(mask, Tensor) else np.asarray(mask)
    shape = np.broadcast_shapes(input.shape, chosen.shape)
    return pick(expand(input, shape), key=(np.broadcast_to(chosen, shape),), once=True)


@method
def take_along_dim(input: Any, indices: Any, dim: int | None = None) -> Any:
    """As `gather`, but all dims except `dim` broadcast."""
    places = indices.data if isinstance(indices, Tensor) else np.asarray(indices)
    if dim is None:
        return getitem(reshape(input, (-1,)), places.reshape(-1))
    axis = wrap_dim(dim, input.ndim)
    shape = np.broadcast_shapes(
        tuple([1 if d == axis else n for d, n in enumerate(input.shape)]),
        tuple([1 if d == axis else n for d, n in enumerate(places.shape)]),
    )
    places = np.where(places < 0, places + input.shape[axis], places)
    full = tuple([places.shape[axis] if d == axis else n for d, n in enumerate(shape)])
    whole = tuple([input.shape[axis] if d == axis else n for d, n in enumerate(shape)])
    return gather(expand(input, whole), axis, np.broadcast_to(places, full))
