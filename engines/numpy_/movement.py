"""Ops that move elements and compute nothing, such as reshape, transpose and expand.

All are linear, and the rule of an op is its transpose. Like torch's they return views where NumPy can.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .primitive import linear
from .tensor import Tensor, method

__all__ = [
    "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_to", "clone", "expand", "flatten", "movedim",
    "permute", "ravel", "reshape", "squeeze", "swapaxes", "swapdims", "t", "transpose",
    "unflatten", "unsqueeze",
]  # fmt: skip


def wrap_dim(dim: int, ndim: int) -> int:
    """Count the dim from the front. IndexError when it is out of range. A 0-d tensor has dim 0."""
    n = ndim or 1
    if not -n <= dim < n:
        raise IndexError(
            f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {dim})"
        )
    return dim % n


def wrap_dims(dim: Any, ndim: int) -> tuple[int, ...]:
    """Count dims from the front: one, several, or all for None and an empty tuple."""
    if dim is None or dim == ():
        return tuple(range(ndim))
    dims = [wrap_dim(d, ndim) for d in (dim if isinstance(dim, (tuple, list)) else (dim,))]
    if len(set(dims)) != len(dims):
        raise RuntimeError(f"dim {dim} names a dimension twice")
    return tuple(dims) if ndim else ()


def sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes, given as `f(2, 3)` or as `f((2, 3))`."""
    if len(given) == 1 and isinstance(given[0], (tuple, list)):
        given = tuple(given[0])
    return tuple([n.__index__() for n in given])


_reshape = linear("reshape", lambda x, shape: x.reshape(shape), lambda g, s, shape: reshape(g, s))
_permute = linear(
    "permute",
    lambda x, dims: x.transpose(dims),
    lambda g, s, dims: permute(g, tuple([dims.index(d) for d in range(len(dims))])),
)
_expand = linear("expand", lambda x, shape: np.broadcast_to(x, shape), lambda g, s, shape: g)


@method
def reshape(input: Any, *shape: Any) -> Any:
    """The same elements in the same order in another shape. One size may be -1."""
    return _reshape(input, shape=sizes(shape))


@method
def permute(input: Any, *dims: Any) -> Any:
    """The dimensions in another order."""
    order = tuple([wrap_dim(d, input.ndim) for d in sizes(dims)])
    if sorted(order) != list(range(input.ndim)):
        raise RuntimeError(
            f"permute: {order} is no order of the {input.ndim} dims of {input.shape}"
        )
    return _permute(input, dims=order)


@method
def transpose(input: Any, dim0: int, dim1: int) -> Any:
    """Two dimensions exchanged."""
    dims = list(range(input.ndim))
    if dims:
        dim0, dim1 = wrap_dim(dim0, len(dims)), wrap_dim(dim1, len(dims))
        dims[dim0], dims[dim1] = dim1, dim0
    return _permute(input, dims=tuple(dims))


@method
def t(input: Any) -> Any:
    """The transpose of a matrix; a vector or number is returned as it is."""
    if input.ndim > 2:
        raise RuntimeError(f"t() expects at most 2 dims, and the shape is {input.shape}")
    return _permute(input, dims=tuple(range(input.ndim))[::-1])


@method
def expand(input: Any, *size: Any) -> Any:
    """A view in which dims of size 1 are repeated to `size`, new ones in front; -1 keeps a size."""
    shape = sizes(size)
    lead = len(shape) - input.ndim
    if lead < 0 or -1 in shape[:lead]:
        raise RuntimeError(f"expand: {shape} does not extend the shape {input.shape}")
    kept = [n if n != -1 else input.shape[d - lead] for d, n in enumerate(shape)]
    return _expand(input, shape=tuple(kept))


@method
def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
    """The dims from start_dim to end_dim merged into one."""
    first, last = wrap_dim(start_dim, input.ndim), wrap_dim(end_dim, input.ndim)
    if first > last:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    shape = input.shape or (1,)
    merged = math.prod(shape[first : last + 1])
    return reshape(input, (*shape[:first], merged, *shape[last + 1 :]))


@method
def squeeze(input: Any, dim: Any = None) -> Any:
    """Remove the dims of size 1, or those of them that are in `dim`."""
    dims = wrap_dims(dim, input.ndim) if dim != () else ()
    return reshape(input, tuple([n for d, n in enumerate(input.shape) if d not in dims or n != 1]))


@method
def unsqueeze(input: Any, dim: int) -> Any:
    """Insert a new dim of size 1 at `dim`."""
    at = wrap_dim(dim, input.ndim + 1)
    return reshape(input, (*input.shape[:at], 1, *input.shape[at:]))


@method
def broadcast_to(input: Any, size: Any) -> Any:
    """As `expand`."""
    return expand(input, size)


@method
def movedim(input: Any, source: Any, destination: Any) -> Any:
    """Move dims from source to destination. The other dims keep their order."""
    sources, targets = wrap_dims(source, input.ndim), wrap_dims(destination, input.ndim)
    if len(sources) != len(targets):
        raise RuntimeError(f"movedim: {source} and {destination} are not equally many dims")
    rest = iter([d for d in range(input.ndim) if d not in sources])
    moved = dict(zip(targets, sources, strict=True))
    return permute(
        input, tuple([moved[d] if d in moved else next(rest) for d in range(input.ndim)])
    )


@method
def unflatten(input: Any, dim: int, sizes: Any) -> Any:
    """One dim split into several, of which one size may be -1."""
    at = wrap_dim(dim, input.ndim)
    sizes, n = tuple(sizes), input.shape[at]
    known = -math.prod(sizes)
    if -1 in sizes and known > 0 and not n % known:
        sizes = tuple([n // known if k == -1 else k for k in sizes])
    if math.prod(sizes) != n:
        raise RuntimeError(f"unflatten: {sizes} does not multiply up to the {n} of dim {dim}")
    return reshape(input, (*input.shape[:at], *sizes, *input.shape[at + 1 :]))


@method
def ravel(input: Any) -> Any:
    """All elements in one dimension."""
    return reshape(input, (-1,))


def _each(tensors: tuple[Any, ...], op: Any) -> Any:
    """The op on one tensor, or on each of several (or of a list of them)."""
    if len(tensors) == 1 and not isinstance(tensors[0], (list, tuple)):
        return op(tensors[0])
    return tuple([op(x) for x in (tensors[0] if len(tensors) == 1 else tensors)])


def atleast_1d(*tensors: Any) -> Any:
    """A number as a vector; others as they are."""
    return _each(tensors, lambda x: x if x.ndim else reshape(x, (1,)))


def atleast_2d(*tensors: Any) -> Any:
    """A number or vector as a matrix of one row; others as they are."""
    return _each(tensors, lambda x: x if x.ndim > 1 else reshape(x, (1, -1)))


def atleast_3d(*tensors: Any) -> Any:
    """With three dims at least: a vector becomes (1, n, 1), a matrix (m, n, 1)."""
    return _each(tensors, _three)


def _three(x: Any) -> Any:
    return x if x.ndim > 2 else reshape(x, (*x.shape, 1) if x.ndim == 2 else (1, -1, 1))


method(lambda self, other: expand(self, other.shape), "expand_as")
method(lambda self, other: reshape(self, other.shape), "view_as", "reshape_as")
method(lambda self: self, "contiguous")


_to = linear("to", lambda x, dtype: x.astype(dtype), lambda g, s, dtype: g)


@method
def to(input: Any, dtype: Any) -> Any:
    """The tensor in another dtype, or itself when it has that dtype. The gradient is cast back."""
    dtype = np.dtype(dtype)
    return input if input.dtype == dtype else _to(input, dtype=dtype)


@method
def clone(input: Any) -> Any:
    """A copy with memory of its own."""
    return _to(input, dtype=input.dtype)


for _name, _dtype in (
    ("half", "f2"),
    ("float", "f4"),
    ("double", "f8"),
    ("long", "i8"),
    ("bool", "?"),
):
    method(lambda self, dtype=_dtype: to(self, dtype), _name)
swapaxes = swapdims = method(transpose, "swapaxes", "swapdims")


def _view(input: Any, *shape: Any) -> Any:
    """`reshape` without a copy; RuntimeError where the elements do not lie as the shape needs."""
    result = reshape(input, *shape)
    if result.data.size and not np.shares_memory(result.data, input.data):
        raise RuntimeError(f"view: {input.shape} is not in memory order; use reshape")
    return result


method(_view, "view")
Tensor.T = property(lambda self: _permute(self, dims=tuple(range(self.ndim))[::-1]))
Tensor.mT = property(lambda self: transpose(self, -2, -1))
