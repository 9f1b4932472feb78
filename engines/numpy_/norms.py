"""Norms of vectors and matrices.

As in torch, the gradient of a norm that is 0 is 0.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .decompositions import svdvals
from .dtypes import is_floating
from .elementwise import abs, sign, sub, where
from .graph import Array
from .movement import movedim, reshape, squeeze, wrap_dims
from .primitive import primitive
from .reductions import amax, amin, folded, sum
from .tensor import method

__all__ = ["dist", "matrix_norm", "norm", "vector_norm"]

Dims = tuple[int, ...]


def _np_norm(x: Array, p: float, dim: Dims, keepdim: bool) -> Any:
    how = {"axis": dim, "keepdims": keepdim}
    if p == 2:
        return np.sqrt(np.add.reduce(x * x, **how))
    size = np.abs(x)
    if math.isinf(p):
        return (np.maximum if p > 0 else np.minimum).reduce(size, **how)
    if p == 0:
        return np.asarray(np.add.reduce(x != 0, **how), x.dtype)
    return np.asarray(np.add.reduce(size**p, **how) ** (1 / p), x.dtype)


def _norm_rule(g: Any, y: Any, x: Any, p: float, dim: Dims, keepdim: bool) -> Any:
    if p == 0:
        return None  # a count has no gradient, rather than one of zero
    size = reshape(y, folded(x.shape, dim))
    g = reshape(g, size.shape)
    if p == 1:
        return g * sign(x)
    if math.isinf(p):
        ends = abs(x) == size
        return where(ends, g * sign(x) / sum(ends, dim, keepdim=True), 0.0)
    unit = where(size == 0, 0.0, x / where(size == 0, 1.0, size))
    if p == 2:
        return g * unit
    slope = abs(where(x == 0, 1.0, unit)) ** (p - 1)
    return where(x == 0, 0.0, g * sign(x) * slope)


_norm = primitive("norm", _np_norm, _norm_rule)


@method
def norm(input: Any, p: Any = "fro", dim: Any = None, keepdim: bool = False) -> Any:
    """The p-norm of all elements or over dims; 'fro' is 2. Where the norm is 0, its gradient is 0.

    'nuc' is the sum of the singular values of the matrices in two dims.
    """
    if p == "nuc":
        return matrix_norm(input, p, (0, 1) if dim is None else dim, keepdim)
    return vector_norm(input, 2 if p in ("fro", None) else p, dim, keepdim)


def vector_norm(x: Any, ord: float = 2, dim: Any = None, keepdim: bool = False) -> Any:
    """The norm of order `ord`: inf and -inf are the extremes, and 0 counts elements that are not 0."""
    if not is_floating(x.dtype):
        raise RuntimeError(f"norm: a floating-point tensor is needed, not {x.dtype}")
    return _norm(x, p=ord, dim=wrap_dims(dim, x.ndim), keepdim=keepdim)


@method
def dist(input: Any, other: Any, p: float = 2) -> Any:
    """The p-norm of the difference."""
    return vector_norm(sub(input, other), p)


def matrix_norm(A: Any, ord: Any = "fro", dim: Any = (-2, -1), keepdim: bool = False) -> Any:  # noqa: N803
    """The norm of every matrix over two dims.

    'fro'; 1, -1 (columns), inf, -inf (rows) of absolute sums; 2, -2, 'nuc' of singular values.
    """
    rows, columns = wrap_dims(dim, A.ndim)
    if ord == "fro":
        return vector_norm(A, 2, (rows, columns), keepdim)
    if ord in ("nuc", 2, -2):
        values = svdvals(movedim(A, (rows, columns), (-2, -1)))
        norm = sum(values, -1) if ord == "nuc" else (amax if ord > 0 else amin)(values, -1)
        shape = [1 if d in (rows, columns) else n for d, n in enumerate(A.shape)]
        return reshape(norm, shape) if keepdim else norm
    if ord not in (1, -1, np.inf, -np.inf):
        raise RuntimeError(
            f"matrix_norm: ord is 'fro', 'nuc', 1, 2, inf or their negatives, not {ord!r}"
        )
    first, second = (rows, columns) if ord in (1, -1) else (columns, rows)
    ends = (amax if ord > 0 else amin)(sum(abs(A), first, keepdim=True), second, keepdim=True)
    return ends if keepdim else squeeze(ends, (rows, columns))
