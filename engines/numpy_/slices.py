"""New tensors in which a part is replaced, for example a slice or a diagonal."""

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
    """Replace the slice at one index along dim."""
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
    """Replace the slices from start to end along dim."""
    key = (slice(None),) * wrap_dim(dim, input.ndim) + (slice(start, end, step),)
    return write(input, src, key=key)


@method
def diagonal_scatter(input: Any, src: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """Replace the diagonal over two dims."""
    places = np.arange(input.numel()).reshape(input.shape)
    flat = diagonal(places, offset, dim1, dim2)
    if flat.shape != tuple(src.shape):
        raise RuntimeError(f"diagonal_scatter: {src.shape} for a diagonal of {flat.shape}")
    whole = write(reshape(input, (-1,)), reshape(src, (-1,)), key=(flat.reshape(-1),))
    return reshape(whole, input.shape)


def fill(input: Any, value: Any) -> Any:
    """A tensor of the same shape and dtype with the value everywhere."""
    return write(input, value, key=(...,))


@method
def index_put(input: Any, indices: Sequence[Any], values: Any, accumulate: bool = False) -> Any:
    """Replace `input[indices]` by the values, or add the values to it."""
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
    """Reduce the slices at the indices along dim with those of the source (see `scatter_reduce`)."""
    if reduce not in ("prod", "mean", "amax", "amin"):
        raise RuntimeError(f"index_reduce: reduce is prod, mean, amax or amin, not {reduce!r}")
    axis = wrap_dim(dim, input.ndim)
    places = index.data if isinstance(index, Tensor) else np.asarray(index)
    if source.ndim:
        shape = [-1 if d == axis else 1 for d in range(source.ndim)]
        places = np.broadcast_to(places.reshape(shape), source.shape)
    return scatter_reduce(input, dim, places, source, reduce, include_self=include_self)


def _sum_to_size(self: Any, *size: Any) -> Any:
    """Sum over the dims along which `size` would be broadcast to the shape of the input."""
    shape = sizes(size)
    lead = self.ndim - len(shape)
    if lead < 0 or any(n not in (1, m) for n, m in zip(shape, self.shape[lead:], strict=True)):
        raise RuntimeError(f"sum_to_size: {shape} does not broadcast to {self.shape}")
    return unbroadcast(self, shape)


method(_put, "put")
method(_sum_to_size, "sum_to_size")
