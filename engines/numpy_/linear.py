"""Products of vectors and matrices.

`matmul` follows torch for every pair of ranks: vectors are rows on the left and columns on the right, and
leading dims are a batch that broadcasts.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .movement import reshape, transpose
from .primitive import aligned, quiet
from .tensor import method, record

__all__ = ["matmul"]


def _left_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    """The gradient of `a @ b` by a; summing over a broadcast batch is left to the walk back."""
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
    """The batch of matrices, each transposed."""
    return transpose(x, -2, -1)


_matmul = quiet(np.matmul)
_RULES = (_left_rule, _right_rule)


def matmul(input: Any, other: Any) -> Any:
    """The matrix product; RuntimeError for a 0-d operand and for sizes that do not meet."""
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
