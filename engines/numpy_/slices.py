"""A part of a tensor replaced by another, as a new tensor: the counterparts of taking the part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .indexing import index_key, put
from .matrices import diagonal
from .movement import expand, reshape, sizes, wrap_dim
from .scatter import scatter_reduce, write
from .tensor import Tensor, method
from .walk import unbroadcast

__all__ = [
    "diagonal_scatter", "fill", "index_put", "index_reduce", "select_scatter", "slice_scatter",
]  # fmt: skip


@method
def select_scatter(input: Any, src: Any, dim: int, index: int) -> Any:
    """The slice at one index of dim replaced."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (index,)
    return write(input, src, key=key)


@method
def slice_scatter(
    input: Any,
    src: Any,
    dim: int = 0,
    start: int | None = None,
    end: int | None = None,
    step: int = 1,
) -> Any:
    """The slices from start to end of dim replaced."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (slice(start, end, step),)
    return write(input, src, key=key)


@method
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal over two dims replaced."""
    places = np.arange(input.numel()).reshape(input.shape)
    flat = diagonal(places, offset, dim1, dim2)
    if flat.shape != tuple(src.shape):
        raise RuntimeError(f"diagonal_scatter: {src.shape} for a diagonal of {flat.shape}")
    whole = write(reshape(input, (-1,)), reshape(src, (-1,)), key=(flat.reshape(-1),))
    return reshape(whole, input.shape)


def fill(input: Any, value: Any) -> Any:
    """A tensor like it with the value everywhere."""
    return write(input, value, key=(...,))


@method
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """`input[indices]` replaced by the values, or increased by them."""
    key, _ = index_key(tuple([slice(None) if i is None else i for i in indices]))
    if not accumulate:
        return write(input, values, key=key)
    picked = np.empty(input.shape, bool)[key].shape
    return input + put(expand(values, picked), shape=tuple(input.shape), key=key, once=False)


def _put(input: Any, index: Any, source: Any, accumulate: bool = False) -> Any:
    """`index_put` into the flat tensor."""
    flat = index_put(reshape(input, (-1,)), (index,), reshape(source, index.shape), accumulate)
    return reshape(flat, input.shape)


@method
def index_reduce(
    input: Any, dim: int, index: Any, source: Any, reduce: str, *, include_self: bool = True
) -> Any:
    """The slices at the indices of dim, reduced with those of the source: see `scatter_reduce`."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce: reduce is prod, mean, amax or amin, not {reduce!r}")
    axis = wrap_dim(dim, input.ndim)
    places = index.data if isinstance(index, Tensor) else np.asarray(index)
    if source.ndim:
        shape = [-1 if d == axis else 1 for d in range(source.ndim)]
        places = np.broadcast_to(places.reshape(shape), source.shape)
    return scatter_reduce(input, dim, places, source, reduce, include_self=include_self)


def _sum_to_size(self: Any, *size: Any) -> Any:
    """Summed over the dims along which the size would be broadcast to this shape."""
    shape = sizes(size)
    lead = self.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, self.shape[lead:], strict=True)):
        raise RuntimeError(f"sum_to_size: {shape} does not broadcast to {self.shape}")
    return unbroadcast(self, shape)


method(_put, "put")
method(_sum_to_size, "sum_to_size")
