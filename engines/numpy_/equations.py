"""Linear equations, inverses and powers of matrices, made of `solve`, `inv` and singular values."""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .elementwise import where, zeros_like
from .matrices import inv, need_square, solve, tril, triu
from .movement import movedim, reshape
from .primitive import primitive
from .products import matmul, transpose_last
from .tensor import Tensor, method

__all__ = [
    "cholesky_inverse", "cholesky_solve", "logdet", "matrix_power", "multi_dot", "pinv", "pinverse",
    "slogdet", "solve_triangular", "tensorinv", "tensorsolve",
]  # fmt: skip


def solve_triangular(
    A: Any,  # noqa: N803  torch's names
    B: Any,  # noqa: N803
    *,
    upper: bool,
    left: bool = True,
    unitriangular: bool = False,
) -> Any:
    """X with A @ X = B, or with X @ A = B if not left. Only one triangle of A is read.

    If unitriangular, the diagonal is not read and counts as ones.
    """
    need_square(A, "solve_triangular")
    if not left:
        return transpose_last(
            solve_triangular(
                transpose_last(A), transpose_last(B), upper=not upper, unitriangular=unitriangular
            )
        )
    triangle = (triu if upper else tril)(A, int(unitriangular) * (1 if upper else -1))
    if unitriangular:
        triangle = triangle + np.eye(A.shape[-1], dtype=A.dtype)
    return solve(triangle, B)


def _factor(L: Any, upper: bool) -> Any:  # noqa: N803
    """The lower triangle. As in torch, the other triangle receives a gradient, although it is not read."""
    low = transpose_last(L) if upper else L
    return low - np.triu(low.data if isinstance(low, Tensor) else low, 1)


@method
def cholesky_solve(B: Any, L: Any, upper: bool = False) -> Any:  # noqa: N803
    """X with (L @ L.T) @ X = B, or with L.T @ L when upper."""
    low = _factor(L, upper)
    return solve(transpose_last(low), solve(low, B))


@method
def cholesky_inverse(L: Any, upper: bool = False) -> Any:  # noqa: N803
    """The inverse of L @ L.T, or of L.T @ L when upper."""
    back = inv(_factor(L, upper))
    return matmul(transpose_last(back), back)


_sign = primitive("slogdet", lambda a: np.linalg.slogdet(a)[0], lambda g, y, a: zeros_like(a))
_log_size = primitive(
    "slogdet",
    lambda a: np.linalg.slogdet(a)[1],
    lambda g, y, a: g[..., None, None] * transpose_last(inv(a)),
)


@method
def slogdet(A: Any) -> Any:  # noqa: N803
    """(sign, logarithm of the size) of the determinant of every matrix."""
    a = need_square(A, "slogdet")
    return _sign(a), _log_size(a)


@method
def logdet(A: Any) -> Any:  # noqa: N803
    """The logarithm of the determinant, nan where that is negative."""
    signs, size = slogdet(A)
    return where(signs < 0, math.nan, size)


@method
def matrix_power(A: Any, n: int) -> Any:  # noqa: N803
    """The n-th power of every matrix; for a negative n the power of its inverse."""
    a = need_square(A, "matrix_power")
    if n == 0:
        return a * 0 + np.eye(a.shape[-1], dtype=a.dtype)
    base = inv(a) if n < 0 else a
    return functools.reduce(matmul, [base] * abs(n))


def multi_dot(tensors: Sequence[Any]) -> Any:
    """The product of two or more matrices; the first and the last may be vectors."""
    if len(tensors) < 2:
        raise RuntimeError(f"multi_dot: at least 2 tensors are expected, not {len(tensors)}")
    ends = (1, 2)
    for place, x in enumerate(tensors):
        if x.ndim not in (ends if place in (0, len(tensors) - 1) else (2,)):
            raise RuntimeError(f"multi_dot: tensor {place} has shape {x.shape}")
    return functools.reduce(matmul, tensors)


def _pinv_rule(g: Any, y: Any, a: Any, **_: Any) -> Any:
    """The vector-Jacobian product of Golub and Pereyra 1973, equation 4.12."""
    gt, yt = transpose_last(g), transpose_last(y)
    rows = gt - matmul(a, matmul(y, gt))
    columns = gt - matmul(matmul(gt, y), a)
    along = matmul(matmul(rows, y), yt) + matmul(yt, matmul(y, columns))
    return along - matmul(matmul(yt, g), yt)


_pinv = primitive("pinv", lambda a, **how: np.linalg.pinv(a, **how), _pinv_rule)


def pinv(A: Any, *, atol: Any = None, rtol: Any = None, hermitian: bool = False) -> Any:  # noqa: N803
    """The pseudo-inverse of every matrix; singular values below rtol times the largest count as 0."""
    if atol is not None:
        raise NotImplementedError("pinv: atol is not offered here; use rtol")
    least = np.finfo(A.dtype).eps * max(A.shape[-2:]) if rtol is None else rtol
    return _pinv(A, rcond=least, hermitian=hermitian)


@method
def pinverse(input: Any, rcond: float = 1e-15) -> Any:
    """`pinv` with rtol by another name."""
    return pinv(input, rtol=rcond)


def tensorinv(A: Any, ind: int = 2) -> Any:  # noqa: N803
    """The inverse of A as a linear map from its dims after the first `ind` to the first `ind`."""
    front, back = A.shape[:ind], A.shape[ind:]
    return reshape(inv(reshape(A, (math.prod(front), -1))), (*back, *front))


def tensorsolve(A: Any, B: Any, dims: Any = None) -> Any:  # noqa: N803
    """X with tensordot(A, X, X.ndim) = B, the given dims of A moved to its end first."""
    if dims is not None:
        A = movedim(A, dims, tuple(range(A.ndim - len(dims), A.ndim)))  # noqa: N806
    shape = A.shape[B.ndim :]
    x = solve(reshape(A, (-1, math.prod(shape))), reshape(B, (-1,)))
    return reshape(x, shape)
