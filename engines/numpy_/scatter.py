"""Elements written by position: each op returns a new tensor. Both sources receive gradients.

- `scatter`, `scatter_add`, `scatter_reduce`, `index_add`, `index_copy`, `index_fill`, `masked_fill`,
  `masked_scatter`.
- Tables: `embedding`, `one_hot`.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from .dtypes import INTEGER
from .elementwise import where
from .graph import Array
from .indexing import Key, along, getitem, pick, put
from .movement import expand, reshape, to, wrap_dim
from .primitive import primitive
from .tensor import Tensor, method, wrap

__all__ = [
    "embedding", "index_add", "index_copy", "index_fill", "masked_fill", "masked_scatter",
    "one_hot", "scatter", "scatter_add", "scatter_reduce",
]  # fmt: skip


def _np_write(x: Array, source: Any, key: Key) -> Array:
    y = np.array(x)
    y[key] = source
    return y


write = primitive(
    "scatter",
    _np_write,
    lambda g, y, x, source, key: write(g, np.zeros((), g.dtype), key=key),
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


def _np_extreme(x: Array, source: Array, key: Key, largest: bool) -> Array:
    y = np.array(x)
    (np.maximum if largest else np.minimum).at(y, key, source)
    return y


def _shares(y: Any, x: Any, source: Any, key: Key) -> tuple[Any, Any, Any]:
    """The masks of x and of the source where they equal the extreme, and how many share each place."""
    own, theirs = x == y, source == getitem(y, key)
    one = np.asarray(1, y.dtype)
    hits = put(where(theirs, one, one * 0), shape=y.shape, key=key, once=False)
    return own, theirs, where(own, one, one * 0) + hits


def _extreme_rule(g: Any, y: Any, x: Any, source: Any, key: Key, largest: bool) -> Any:
    own, _, count = _shares(y, x, source, key)
    return where(own, g / count, 0.0)


def _extreme_source_rule(g: Any, y: Any, x: Any, source: Any, key: Key, largest: bool) -> Any:
    _, theirs, count = _shares(y, x, source, key)
    return where(theirs, getitem(g / count, key), 0.0)


_extreme = primitive("scatter_reduce", _np_extreme, _extreme_rule, _extreme_source_rule)


def _np_product(x: Array, source: Array, key: Key) -> Array:
    y = np.array(x)
    np.multiply.at(y, key, source)
    return y


def _product_source_rule(g: Any, y: Any, x: Any, source: Any, key: Key) -> Any:
    """The product of the others: y / source, and without a division where the source is zero."""
    zero = source == 0
    nonzero = where(zero, np.asarray(1, y.dtype), source)
    of_others = _product(x, nonzero, key=key)
    zeros = put(where(zero, 1.0, 0.0), shape=y.shape, key=key, once=False)
    single = getitem(where(zeros == 1, of_others, 0.0), key)
    return getitem(g, key) * where(zero, single, getitem(y, key) / nonzero)


_product = primitive(
    "scatter_reduce",
    _np_product,
    lambda g, y, x, source, key: g * _product(x * 0 + 1, source, key=key),
    _product_source_rule,
)


def _like_index(src: Any, index: Any) -> Any:
    """The part of a source that the index uses, or the source itself when it is a number."""
    if not isinstance(src, (Tensor, Array)):
        return src
    return getitem(src, tuple([slice(n) for n in _places(index).shape]))


def _of_numbers_too(op: Any) -> Any:
    """Wrap the op so that a 0-d tensor counts as a vector of one element, as in torch."""

    @functools.wraps(op)
    def either(input: Any, dim: int, index: Any, *args: Any, **settings: Any) -> Any:
        if input.ndim:
            return op(input, dim, index, *args, **settings)
        input, index, *args = (_vector(x) for x in (input, index, *args))
        settings = {name: _vector(x) for name, x in settings.items()}
        return reshape(op(input, dim, index, *args, **settings), ())

    return either


def _vector(x: Any) -> Any:
    return reshape(x, (1,)) if isinstance(x, (Tensor, Array)) and not x.ndim else x


@method
@_of_numbers_too
def scatter(input: Any, dim: int, index: Any, src: Any = None, *, value: Any = None) -> Any:
    """`out[index[i, j], j] = src[i, j]` for dim 0; src may be a number. The last of duplicates wins.

    Every source element receives the gradient of the place it was written to, as in torch.
    """
    source = value if src is None else src
    if isinstance(source, (Tensor, Array)) and source.dtype != input.dtype:
        raise RuntimeError(f"scatter: a source of {source.dtype} into a tensor of {input.dtype}")
    return write(input, _like_index(source, index), key=_key(input, dim, index))


@method
@_of_numbers_too
def scatter_add(input: Any, dim: int, index: Any, src: Any) -> Any:
    """As `scatter`, but the elements are added to the input, and so are duplicates."""
    key = _key(input, dim, index)
    return input + put(_like_index(src, index), shape=tuple(input.shape), key=key, once=False)


@method
@_of_numbers_too
def scatter_reduce(
    input: Any, dim: int, index: Any, src: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """As `scatter`, but elements of one place (with include_self the input's, too) are reduced.

    reduce: 'sum', 'mean', 'prod', 'amax' or 'amin'; ties of extremes share the gradient equally.
    """
    key, source = _key(input, dim, index), _like_index(src, index)
    ones = np.ones(_places(index).shape, input.dtype)
    hits = put(ones, shape=tuple(input.shape), key=key, once=False)
    if reduce not in _NEUTRAL:
        raise RuntimeError(f"scatter_reduce: reduce is {', '.join(_NEUTRAL)}, not {reduce!r}")
    if not include_self:
        input = where(hits > 0, _NEUTRAL[reduce], input)
    if reduce in ("amax", "amin"):
        return _extreme(input, source, key=key, largest=reduce == "amax")
    if reduce == "prod":
        return _product(input, source, key=key)
    total = input + put(source, shape=tuple(input.shape), key=key, once=False)
    return total if reduce == "sum" else total / np.maximum(hits + include_self, 1)


_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0, "amax": -np.inf, "amin": np.inf}


@method
@_of_numbers_too
def index_add(input: Any, dim: int, index: Any, source: Any, *, alpha: float = 1) -> Any:
    """Add `alpha * source` to the slices at the indices along dim."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (_places(index),)
    return input + put(
        source if alpha == 1 else source * alpha, shape=tuple(input.shape), key=key, once=False
    )


@method
@_of_numbers_too
def index_copy(input: Any, dim: int, index: Any, source: Any) -> Any:
    """Replace the slices at the indices along dim by those of the source."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (_places(index),)
    return write(input, source, key=key)


@method
@_of_numbers_too
def index_fill(input: Any, dim: int, index: Any, value: Any) -> Any:
    """Replace the slices at the indices along dim by a value."""
    axis = wrap_dim(dim, input.ndim)
    once = np.unique(_places(index))  # the value counts once for each slice
    return write(input, value, key=(slice(None),) * axis + (once,))


@method
def masked_fill(input: Any, mask: Any, value: Any) -> Any:
    """Replace the elements at which the mask is True by a value: a number or a 0-d tensor."""
    if isinstance(value, (Tensor, Array)) and value.ndim:
        raise RuntimeError(f"masked_fill: the value must be a number, not of shape {value.shape}")
    filled = where(mask, value, input)
    return to(filled, input.dtype)


@method
def masked_scatter(input: Any, mask: Any, source: Any) -> Any:
    """Replace the elements at which the mask is True by those of the source, in order."""
    shape = np.broadcast_shapes(input.shape, mask.shape)
    chosen = np.broadcast_to(_places(mask), shape)
    count = int(chosen.sum())
    return write(expand(input, shape), getitem(reshape(source, (-1,)), slice(count)), key=(chosen,))


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
