"""Tensors joined, split, repeated and turned.

- `cat`, `stack`, ... join. `split`, `chunk`, `unbind`, ... split.
- `repeat`, `tile`, `repeat_interleave`; `flip`, `roll`, `rot90`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np

from .dtypes import result_type
from .indexing import getitem, index_select, pick_view
from .movement import expand, permute, reshape, sizes, transpose, unsqueeze, wrap_dim, wrap_dims
from .primitive import has_tensor, linear
from .tensor import Tensor, method, record

__all__ = [
    "cat", "chunk", "dstack", "flip", "fliplr", "flipud", "hstack", "narrow",
    "repeat_interleave", "roll", "rot90", "select", "split", "stack", "tensor_split", "tile",
    "unbind", "vstack",
]  # fmt: skip


@method
def narrow(input: Any, dim: int, start: int, length: int) -> Any:
    """`length` elements along dim, beginning at start."""
    axis = wrap_dim(dim, input.ndim)
    first = start + input.shape[axis] if start < 0 else start
    if length < 0 or not 0 <= first <= input.shape[axis] - length:
        raise RuntimeError(f"narrow: start {start} and length {length} exceed {input.shape[axis]}")
    return pick_view(input, key=(slice(None),) * axis + (slice(first, first + length),))


@method
def select(input: Any, dim: int, index: int) -> Any:
    """The slice at one index along dim. The result does not have that dim."""
    return getitem(input, (slice(None),) * wrap_dim(dim, input.ndim) + (index,))


def cat(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Join tensors along dim. All other sizes must agree. Empty 1-d tensors are skipped."""
    if not tensors:
        raise RuntimeError("cat: expected a non-empty list of tensors")
    arrays = [x.data if isinstance(x, Tensor) else x for x in tensors]
    dtype = result_type(arrays)
    parts = [a.astype(dtype, copy=False) for a in arrays if a.shape != (0,)] or arrays[:1]
    if not parts[0].ndim:
        raise RuntimeError("cat: tensors without dimensions cannot be joined; use stack()")
    axis = wrap_dim(dim, parts[0].ndim)
    try:
        y = np.concatenate(parts, axis)
    except ValueError as error:
        raise RuntimeError(f"cat of shapes {[a.shape for a in arrays]}: {error}") from None
    if not has_tensor(tensors):
        return y
    lengths = [a.shape[axis] if a.shape != (0,) else 0 for a in arrays]
    starts = itertools.accumulate(lengths, initial=0)
    return record("cat", y, tensors, [_part_rule(axis, start) for start in starts])


def _part_rule(axis: int, start: int) -> Any:
    """The rule of an input of `cat` that begins at start; a skipped one has the gradient []."""

    def rule(g: Any, shape: tuple[int, ...]) -> Any:
        return narrow(g, axis, start, shape[axis]) if shape != (0,) else np.zeros(0, g.dtype)

    return rule


def stack(tensors: Sequence[Any], dim: int = 0) -> Any:
    """Joined along a new dim; all shapes must agree."""
    if not tensors:
        raise RuntimeError("stack: expected a non-empty list of tensors")
    if len({tuple(x.shape) for x in tensors}) > 1:
        raise RuntimeError(f"stack: the shapes {[x.shape for x in tensors]} are not all equal")
    return cat([unsqueeze(x, dim) for x in tensors], dim)


def hstack(tensors: Sequence[Any]) -> Any:
    """Joined along dim 1, vectors along dim 0."""
    parts = [x if x.ndim else reshape(x, (1,)) for x in tensors]
    return cat(parts, 0 if parts[0].ndim == 1 else 1)


def vstack(tensors: Sequence[Any]) -> Any:
    """Joined along dim 0, vectors as rows."""
    return cat([x if x.ndim > 1 else reshape(x, (1, -1)) for x in tensors], 0)


def dstack(tensors: Sequence[Any]) -> Any:
    """Joined along dim 2, with dims of size 1 added until there are three."""
    shapes = [(1, *x.shape, 1) if x.ndim == 1 else (*x.shape, *[1] * (3 - x.ndim)) for x in tensors]
    shapes = [(1, 1, 1) if not x.ndim else s for x, s in zip(tensors, shapes, strict=True)]
    return cat([reshape(x, s) for x, s in zip(tensors, shapes, strict=True)], 2)


@method
def unbind(input: Any, dim: int = 0) -> tuple[Any, ...]:
    """The slices along dim, without that dim."""
    return tuple(select(input, dim, i) for i in range(input.shape[wrap_dim(dim, input.ndim)]))


@method
def split(tensor: Any, split_size_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """Pieces of one size (the last may be smaller), or of the sizes given, along dim."""
    n = tensor.shape[wrap_dim(dim, tensor.ndim)]
    parts = split_size_or_sections
    if isinstance(parts, int):
        if parts <= 0:
            raise RuntimeError(f"split: a size above 0 is needed, not {parts}")
        parts = [min(parts, n - start) for start in range(0, n, parts)] or [0]
    if sum(parts) != n:
        raise RuntimeError(f"split: the sizes {list(parts)} do not add up to {n}")
    starts = itertools.accumulate(parts, initial=0)
    return tuple(narrow(tensor, dim, s, size) for s, size in zip(starts, parts, strict=False))


method(lambda self, split_sizes, dim=0: split(self, split_sizes, dim), "split_with_sizes")


@method
def chunk(input: Any, chunks: int, dim: int = 0) -> tuple[Any, ...]:
    """At most `chunks` pieces of equal size along dim. The last one may be smaller."""
    n = input.shape[wrap_dim(dim, input.ndim)]
    if chunks <= 0:
        raise RuntimeError(f"chunk: a number of chunks above 0 is needed, not {chunks}")
    return split(input, -(-n // chunks) or 1, dim)


@method
def tensor_split(input: Any, indices_or_sections: Any, dim: int = 0) -> tuple[Any, ...]:
    """A number of pieces of nearly equal size, or pieces that begin at the given indices."""
    n = input.shape[wrap_dim(dim, input.ndim)]
    cuts = indices_or_sections
    cuts = cuts.tolist() if isinstance(cuts, Tensor) else cuts
    if isinstance(cuts, int):
        small, larger = divmod(n, cuts)
        cuts = list(itertools.accumulate([small + 1] * larger + [small] * (cuts - larger)))[:-1]
    before = (slice(None),) * wrap_dim(dim, input.ndim)
    ends = zip([0, *cuts], [*cuts, n], strict=True)
    return tuple(getitem(input, (*before, slice(a, b))) for a, b in ends)


def _repeat(input: Any, *repeats: Any) -> Any:
    """Repeat the tensor along each dim. New dims are added in front."""
    times = sizes(repeats)
    lead = len(times) - input.ndim
    if lead < 0:
        raise RuntimeError(f"repeat: {times} has fewer numbers than the {input.ndim} dims")
    shape = (1,) * lead + tuple(input.shape)
    paired = expand(
        reshape(input, tuple(k for n in shape for k in (1, n))),
        tuple(k for r, n in zip(times, shape, strict=True) for k in (r, n)),
    )
    return reshape(paired, tuple(r * n for r, n in zip(times, shape, strict=True)))


method(_repeat, "repeat")


@method
def tile(input: Any, *dims: Any) -> Any:
    """Like `repeat`, but missing numbers in front count as 1."""
    times = sizes(dims)
    return _repeat(input, (1,) * (input.ndim - len(times)) + times)


@method
def repeat_interleave(
    input: Any, repeats: Any, dim: int | None = None, *, output_size: int | None = None
) -> Any:
    """Repeat each slice along dim, by one count or a tensor of counts. Without dim the input is flattened."""
    if dim is None:
        return repeat_interleave(reshape(input, (-1,)), repeats, 0)
    axis = wrap_dim(dim, input.ndim)
    if not isinstance(repeats, int):
        counts = repeats.data if isinstance(repeats, Tensor) else np.asarray(repeats)
        return index_select(input, axis, np.repeat(np.arange(input.shape[axis]), counts))
    front, n, back = input.shape[:axis], input.shape[axis], input.shape[axis + 1 :]
    spread = expand(unsqueeze(input, axis + 1), (*front, n, repeats, *back))
    return reshape(spread, (*front, n * repeats, *back))


_flip = linear("flip", lambda x, dims: np.flip(x, dims), lambda g, s, dims: _flip(g, dims=dims))
_roll = linear(
    "roll",
    lambda x, shifts, dims: np.roll(x, shifts, dims),
    lambda g, s, shifts, dims: _roll(g, shifts=tuple([-k for k in shifts]), dims=dims),
)


@method
def flip(input: Any, dims: Any, *more: int) -> Any:
    """The order along dims reversed."""
    chosen = sizes((dims, *more))
    return _flip(input, dims=wrap_dims(chosen, input.ndim) if chosen else ())


@method
def fliplr(input: Any) -> Any:
    """The order along dim 1 reversed."""
    return flip(input, 1)


@method
def flipud(input: Any) -> Any:
    """The order along dim 0 reversed."""
    return flip(input, 0)


@method
def roll(input: Any, shifts: Any, dims: Any = None) -> Any:
    """Shift elements along dims cyclically. Without dims the elements of the flat tensor are shifted."""
    if dims is None:
        return reshape(roll(reshape(input, (-1,)), shifts, 0), input.shape)
    by, along = (tuple(x) if isinstance(x, (tuple, list)) else (x,) for x in (shifts, dims))
    return _roll(input, shifts=by, dims=tuple(wrap_dim(d, input.ndim) for d in along))


@method
def rot90(input: Any, k: int = 1, dims: Sequence[int] = (0, 1)) -> Any:
    """Turned k times by 90 degrees in the plane of two dims, from the first towards the second."""
    a, b = (wrap_dim(d, input.ndim) for d in dims)
    match k % 4:
        case 1:
            return transpose(flip(input, b), a, b)
        case 2:
            return flip(input, a, b)
        case 3:
            return flip(transpose(input, a, b), b)
    return permute(input, tuple(range(input.ndim)))
