"""Writing elements by position: each op gives a new tensor, and torch's gradients for both sources.

`scatter`, `scatter_add`, `index_add`, `index_fill`, `masked_fill`, `masked_scatter`; and what sorts:
`sort`, `argsort`, `topk`, `kthvalue`; and tables: `embedding`, `one_hot`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .dtypes import INTEGER
from .elementwise import where
from .graph import Array
from .indexing import Key, along, getitem, pick, pick_along, put
from .movement import reshape, squeeze, to, wrap_dim
from .primitive import primitive
from .tensor import Tensor, method, wrap

__all__ = [
    "argsort", "embedding", "index_add", "index_fill", "kthvalue", "masked_fill", "masked_scatter",
    "one_hot", "scatter", "scatter_add", "sort", "topk",
]  # fmt: skip


class Sorted(NamedTuple):
    """Values in order, and the index that each had."""

    values: Any
    indices: Any


def _np_write(x: Array, source: Any, key: Key) -> Array:
    y = np.array(x)
    y[key] = source
    return y


_write = primitive(
    "scatter",
    _np_write,
    lambda g, y, x, source, key: _write(g, np.zeros((), g.dtype), key=key),
    lambda g, y, x, source, key: getitem(g, key),
)


def _places(index: Any) -> Array:
    return index.data if isinstance(index, Tensor) else np.asarray(index)


def _key(input: Any, dim: int, index: Any) -> Key:
    places, axis = _places(index), wrap_dim(dim, input.ndim)
    if places.ndim != input.ndim:
        raise RuntimeError(f"scatter: an index of shape {places.shape} into {input.shape}")
    if places.size and (places.min() < 0 or places.max() >= input.shape[axis]):
        raise RuntimeError(f"scatter: an index out of bounds for size {input.shape[axis]}")
    return along(places, axis)


def _like_index(src: Any, index: Any) -> Any:
    """The part of a source that an index uses; a number as it is."""
    if not isinstance(src, (Tensor, Array)):
        return src
    return getitem(src, tuple([slice(n) for n in _places(index).shape]))


@method
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Any:
    """`out[index[i, j], j] = src[i, j]` for dim 0; src may be a number. Of duplicates the last wins.

    Every source element receives the gradient of the place it was written to, as in torch.
    """
    source = value if src is None else src
    if isinstance(source, (Tensor, Array)) and source.dtype != input.dtype:
        raise RuntimeError(f"scatter: a source of {source.dtype} into a tensor of {input.dtype}")
    return _write(input, _like_index(source, index), key=_key(input, dim, index))


@method
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """As `scatter`, but added to what is there, duplicates too."""
    key = _key(input, dim, index)
    return input + put(_like_index(src, index), shape=tuple(input.shape), key=key, once=False)


@method
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """`alpha * source` added to the slices at the indices of dim."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (_places(index),)
    return input + put(
        source if alpha == 1 else source * alpha, shape=tuple(input.shape), key=key, once=False
    )


@method
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """The slices at the indices of dim replaced by a value."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (_places(index),)
    return _write(input, value, key=key)


@method
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """The value where the mask holds; a number or a 0-d tensor."""
    if isinstance(value, (Tensor, Array)) and value.ndim:
        raise RuntimeError(f"masked_fill: the value must be a number, not of shape {value.shape}")
    filled = where(mask, value, input)
    return to(filled, input.dtype)


@method
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """The elements of the source in order, written where the mask holds."""
    chosen = np.broadcast_to(_places(mask), input.shape)
    count = int(chosen.sum())
    return _write(input, getitem(reshape(source, (-1,)), slice(count)), key=(chosen,))


def _order(x: Array, axis: int, descending: bool) -> Array:
    if not descending:
        return np.argsort(x, axis=axis, kind="stable")
    backwards = np.argsort(np.flip(x, axis), axis=axis, kind="stable")
    return np.flip(x.shape[axis] - 1 - backwards, axis)  # equal elements keep their order


@method
def argsort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Any:
    """The indices that sort along dim; nan counts as largest. Equal elements keep their order."""
    x = _places(input)
    if not x.ndim:
        return wrap(np.zeros((), INTEGER))
    return wrap(_order(x, wrap_dim(dim, x.ndim), descending))


@method
def sort(input: Any, dim: int = -1, descending: bool = False, stable: bool = False) -> Sorted:
    """(values, indices) in order along dim; each gradient goes back to where its value came from."""
    indices = argsort(input, dim, descending)
    return Sorted(pick_along(input, dim, indices, once=True), indices)


@method
def topk(input: Any, k: int, dim: int = -1, largest: bool = True, sorted: bool = True) -> Sorted:
    """The k largest or smallest along dim, in order, with their indices."""
    axis = wrap_dim(dim, input.ndim)
    if not 0 <= k <= (input.shape[axis] if input.ndim else 1):
        raise RuntimeError(f"topk: k={k} is out of range for the shape {input.shape}")
    indices = argsort(input, dim, largest)
    if input.ndim:
        indices = getitem(indices, (slice(None),) * axis + (slice(k),))
    return Sorted(pick_along(input, dim, indices, once=True), indices)


@method
def kthvalue(input: Any, k: int, dim: int = -1, keepdim: bool = False) -> Sorted:
    """The k-th smallest along dim, counted from 1, with its index."""
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


def embedding(input: Any, weight: Any, padding_idx: int | None = None) -> Any:
    """Rows of the weight by index; the row of padding_idx receives no gradient."""
    places = _places(input)
    rows = pick(weight, key=(places,), once=False)
    if padding_idx is None:
        return rows
    skipped = (places == padding_idx % weight.shape[0])[..., None]
    return where(skipped, _places(weight)[places], rows)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """An int64 tensor with a last dim of num_classes, 1 at the class and 0 elsewhere."""
    classes = _places(tensor)
    n = int(classes.max()) + 1 if num_classes == -1 else num_classes
    if classes.size and not 0 <= classes.min() <= classes.max() < n:
        raise RuntimeError(f"one_hot: a class is not between 0 and {n - 1}")
    return wrap((classes[..., None] == np.arange(n)).astype(INTEGER))
