"""Products of vectors, matrices and tensors.

- `matmul` for every pair of ranks: vectors are rows on the left and columns on the right, and leading
  dims are a batch that broadcasts. `mm`, `mv`, `dot`, ... are the same for given ranks only.
- `tensordot`, `kron`, `outer`; `addmm` and similar ops.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .movement import permute, reshape, transpose, unsqueeze, wrap_dim
from .primitive import aligned, quiet
from .reductions import sum_over
from .tensor import method, record

__all__ = [
    "addbmm", "addmm", "addmv", "addr", "baddbmm", "bmm", "dot", "inner", "kron", "matmul", "mm", "mv",
    "outer", "tensordot", "vdot", "vecdot",
]  # fmt: skip


def _left_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The gradient of `a @ b` by a. The walk back sums over a broadcast batch."""
    if a.ndim == b.ndim == 2:
        return g @ b.T
    if b.ndim == 1:
        return g * b if a.ndim == 1 else g[..., None] * b
    return (g[..., None, :] if a.ndim == 1 else g) @ transpose_last(b)


def _right_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The gradient of `a @ b` by b."""
    if a.ndim == b.ndim == 2:
        return a.T @ g
    if a.ndim == 1:
        return a * g if b.ndim == 1 else a[:, None] * g[..., None, :]
    if b.ndim > 2:
        return transpose_last(a) @ g
    rows, n = math.prod(a.shape[:-1]), a.shape[-1]  # one product instead of a batch of them
    return reshape(a, (rows, n)).T @ reshape(g, (rows, *b.shape[1:]))


def transpose_last(x: Any) -> Any:
    """Transpose each matrix of a batch."""
    return transpose(x, -2, -1)


_matmul = quiet(np.matmul)
_RULES = (_left_rule, _right_rule)


def matmul(input: Any, other: Any) -> Any:
    """The matrix product. RuntimeError for a 0-d operand and for sizes that do not fit."""
    arrays = aligned((input, other))
    if arrays is None:
        return np.matmul(input, other)
    a, b = arrays
    if not a.ndim or not b.ndim:
        raise RuntimeError(
            f"both arguments to matmul need to be at least 1D, but they are {a.ndim}D and {b.ndim}D"
        )
    if a.shape[-1] != b.shape[-2 if b.ndim > 1 else 0]:
        raise RuntimeError(f"matmul: the shapes {a.shape} and {b.shape} do not meet")
    try:
        y = _matmul(a, b)
    except ValueError:
        raise RuntimeError(
            f"matmul: the batches of {a.shape} and {b.shape} do not broadcast"
        ) from None
    return record("matmul", y, (input, other), _RULES, arrays)


method(matmul, "matmul", "__matmul__")
method(lambda a, b: matmul(b, a), "__rmatmul__")


def _ranked(name: str, left: int, right: int) -> Any:
    """`matmul` for operands of these ranks and no others."""

    def product(input: Any, other: Any) -> Any:
        if (input.ndim, other.ndim) != (left, right):
            raise RuntimeError(
                f"{name}: a {left}-D and a {right}-D tensor are expected, "
                f"but they are {input.ndim}-D and {other.ndim}-D"
            )
        if name == "bmm" and input.shape[0] != other.shape[0]:
            raise RuntimeError(f"bmm: batches of {input.shape[0]} and {other.shape[0]}")
        return matmul(input, other)

    product.__name__ = name
    product.__doc__ = f"The product of a {left}-D and a {right}-D tensor."
    return method(product)


mm, bmm, mv, dot = (
    _ranked(*row) for row in (("mm", 2, 2), ("bmm", 3, 3), ("mv", 2, 1), ("dot", 1, 1))
)
vdot = method(dot, "vdot")


def vecdot(x: Any, y: Any, *, dim: int = -1) -> Any:
    """The products of vectors along dim. The other dims broadcast."""
    return sum_over(x * y, dim=(wrap_dim(dim, max(x.ndim, y.ndim)),), keepdim=False)


@method
def outer(input: Any, vec2: Any) -> Any:
    """The products of each element of one vector with each element of the other."""
    if input.ndim != 1 or vec2.ndim != 1:
        raise RuntimeError(f"outer: two vectors are expected, not {input.shape} and {vec2.shape}")
    return unsqueeze(input, 1) * vec2


@method
def inner(input: Any, other: Any) -> Any:
    """Products summed over the last dims, which must have equal size. A 0-d operand multiplies."""
    if not input.ndim or not other.ndim:
        return input * other
    return tensordot(input, other, ((input.ndim - 1,), (other.ndim - 1,)))


def tensordot(a: Any, b: Any, dims: Any = 2) -> Any:
    """Products summed over two lists of dims, or over the last n dims of a and the first n of b."""
    if isinstance(dims, int):
        dims = (range(a.ndim - dims, a.ndim), range(dims))
    left, right = (
        tuple([wrap_dim(d, x.ndim) for d in d_x]) for d_x, x in zip(dims, (a, b), strict=True)
    )
    rest_a = tuple([d for d in range(a.ndim) if d not in left])
    rest_b = tuple([d for d in range(b.ndim) if d not in right])
    a, b = _summed_where_one(a, b, left, right)
    if [a.shape[d] for d in left] != [b.shape[d] for d in right]:
        raise RuntimeError(f"tensordot: {a.shape} and {b.shape} do not meet in dims {dims}")
    n = math.prod([a.shape[d] for d in left])
    shape_a, shape_b = [a.shape[d] for d in rest_a], [b.shape[d] for d in rest_b]
    rows = reshape(permute(a, rest_a + left), (math.prod(shape_a), n))
    columns = reshape(permute(b, right + rest_b), (n, math.prod(shape_b)))
    return reshape(matmul(rows, columns), (*shape_a, *shape_b))


def _summed_where_one(a: Any, b: Any, left: Sequence[int], right: Sequence[int]) -> tuple[Any, Any]:
    """Both operands of a tensordot, where a size of 1 fits any other size: the other dim is summed."""
    for d, e in zip(left, right, strict=True):
        if a.shape[d] == 1 != b.shape[e]:
            b = sum_over(b, dim=(e,), keepdim=True)
        elif b.shape[e] == 1 != a.shape[d]:
            a = sum_over(a, dim=(d,), keepdim=True)
    return a, b


def _added(name: str, product: Any) -> Any:
    def op(input: Any, left: Any, right: Any, *, beta: float = 1, alpha: float = 1) -> Any:
        y = product(left, right)
        y = y if alpha == 1 else y * alpha
        return y if beta == 0 else (input if beta == 1 else input * beta) + y

    op.__name__ = name
    op.__doc__ = f"`beta * input + alpha * {product.__name__}(left, right)`."
    return method(op)


addmm, addmv = _added("addmm", mm), _added("addmv", mv)


def _sum_of_products(batch1: Any, batch2: Any) -> Any:
    return sum_over(bmm(batch1, batch2), dim=(0,), keepdim=False)


addbmm = _added("addbmm", _sum_of_products)
baddbmm, addr = _added("baddbmm", bmm), _added("addr", outer)


@method
def kron(input: Any, other: Any) -> Any:
    """The Kronecker product: every element of `input` times the whole of `other`."""
    n = max(input.ndim, other.ndim)
    a, b = ((1,) * (n - x.ndim) + tuple(x.shape) for x in (input, other))
    left = reshape(input, tuple([k for size in a for k in (size, 1)]))
    right = reshape(other, tuple([k for size in b for k in (1, size)]))
    return reshape(left * right, tuple([p * q for p, q in zip(a, b, strict=True)]))
