"""Parts of matrices, and torch.linalg: determinants, inverses, equations.

- `diagonal`, `diag`, `diag_embed`, `trace`, `tril`, `triu`, `cross`.
- `det`, `inv`, `solve`, `cholesky`, each over batches of matrices.
"""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .graph import Array
from .movement import squeeze, unsqueeze, wrap_dim
from .primitive import linear, primitive
from .products import matmul, transpose_last
from .reductions import sum
from .tensor import Tensor, method

__all__ = [
    "cholesky", "cross", "det", "diag", "diag_embed", "diagonal", "inv", "solve", "trace", "tril",
    "triu",
]  # fmt: skip


def _np_put_diagonal(g: Array, shape: tuple[int, ...], offset: int, dim1: int, dim2: int) -> Array:
    whole = np.zeros(shape, g.dtype)
    view = np.moveaxis(whole, (dim1, dim2), (-2, -1))
    n = np.arange(g.shape[-1])
    view[..., n + max(0, -offset), n + max(0, offset)] = g
    return whole


_diagonal = linear(
    "diagonal",
    lambda x, offset, dim1, dim2: np.diagonal(x, offset, dim1, dim2),
    lambda g, s, **where: _put_diagonal(g, shape=s, **where),
)
_put_diagonal = linear(
    "diag_embed", _np_put_diagonal, lambda g, s, shape, **where: _diagonal(g, **where)
)
_tril = linear("tril", lambda x, k: np.tril(x, k), lambda g, s, k: _tril(g, k=k))
_triu = linear("triu", lambda x, k: np.triu(x, k), lambda g, s, k: _triu(g, k=k))


@method
def diagonal(input: Any, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Any:
    """The diagonal over two dims as a last dim. A positive offset is above the main diagonal."""
    first, second = wrap_dim(dim1, input.ndim), wrap_dim(dim2, input.ndim)
    if first == second:
        raise RuntimeError(f"diagonal: dims {dim1} and {dim2} are the same")
    return _diagonal(input, offset=offset, dim1=first, dim2=second)


@method
def diag_embed(input: Any, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:
    """Two new dims with the last dim as their diagonal and zeros elsewhere."""
    n, rank = input.shape[-1] + builtins.abs(offset), input.ndim + 1
    first, second = wrap_dim(dim1, rank), wrap_dim(dim2, rank)
    rest = iter(input.shape[:-1])
    shape = tuple([n if d in (first, second) else next(rest) for d in range(rank)])
    return _put_diagonal(input, shape=shape, offset=offset, dim1=first, dim2=second)


@method
def diag(input: Any, diagonal: int = 0) -> Any:
    """The diagonal of a matrix, or the matrix with a vector as its diagonal."""
    if input.ndim not in (1, 2):
        raise RuntimeError(f"diag: a vector or matrix is expected, not shape {input.shape}")
    if input.ndim == 1:
        return diag_embed(input, diagonal)
    return _diagonal(input, offset=diagonal, dim1=0, dim2=1)


@method
def trace(input: Any) -> Any:
    """The sum of the diagonal of a matrix."""
    if input.ndim != 2:
        raise RuntimeError(f"trace: a matrix is expected, not shape {input.shape}")
    return sum(diagonal(input))


def need_matrices(input: Any, name: str) -> Any:
    """Return the input. RuntimeError when it is no batch of matrices."""
    if input.ndim < 2:
        raise RuntimeError(f"{name}: at least 2 dims are expected, not shape {input.shape}")
    return input


@method
def tril(input: Any, diagonal: int = 0) -> Any:
    """Matrices with zeros above the diagonal."""
    return _tril(need_matrices(input, "tril"), k=diagonal)


@method
def triu(input: Any, diagonal: int = 0) -> Any:
    """Matrices with zeros below the diagonal."""
    return _triu(need_matrices(input, "triu"), k=diagonal)


_cross = primitive(
    "cross",
    lambda a, b, dim: np.cross(a, b, axis=dim),
    lambda g, y, a, b, dim: _cross(b, g, dim=dim),
    lambda g, y, a, b, dim: _cross(g, a, dim=dim),
)


@method
def cross(input: Any, other: Any, dim: int | None = None) -> Any:
    """The cross product along a dim of size 3; by default the first dim of that size."""
    if dim is None:
        dim = next((d for d, n in enumerate(input.shape) if n == 3), -1)
    rank = max(input.ndim, other.ndim)
    axis = wrap_dim(dim, rank) - rank
    if input.shape[axis] != 3 or other.shape[axis] != 3:
        raise RuntimeError(f"cross: dim {dim} of {input.shape} and {other.shape} must have size 3")
    return _cross(input, other, dim=axis)


def _cofactors(a: Any, y: Any) -> Any:
    """The derivative of the determinant y. For singular matrices it is made of singular values."""
    if isinstance(a, Tensor) or (y != 0).all():
        return unsqueeze(unsqueeze(y, -1), -1) * transpose_last(inv(a))
    u, s, vh = np.linalg.svd(a)
    n = s.shape[-1]
    others = np.prod(np.where(np.eye(n, dtype=bool), 1, s[..., None, :]), axis=-1, dtype=a.dtype)
    sign = np.linalg.det(u) * np.linalg.det(vh)
    return sign[..., None, None] * (u * others[..., None, :]) @ vh


def _np_solve(a: Array, b: Array) -> Array:
    # with fewer dims than a, older NumPy treats a matrix as a batch of vectors
    return np.linalg.solve(a, b.reshape((1,) * (a.ndim - b.ndim) + b.shape))


def _solve_rule(g: Any, y: Any, a: Any, b: Any) -> Any:
    return matmul(-_solve(transpose_last(a), g), transpose_last(y))


def _cholesky_rule(g: Any, y: Any, a: Any) -> Any:
    """Murray 2016, arXiv:1602.07527, equation 8; the gradient is symmetric, as the input is."""
    phi = tril(matmul(transpose_last(y), g))
    phi = phi - diag_embed(diagonal(phi, 0, -2, -1)) * 0.5
    back = inv(y)
    whole = matmul(matmul(transpose_last(back), phi), back)
    return (whole + transpose_last(whole)) * 0.5


_det = primitive("det", np.linalg.det, lambda g, y, a: g[..., None, None] * _cofactors(a, y))
_inv = primitive(
    "inv",
    np.linalg.inv,
    lambda g, y, a: -matmul(matmul(transpose_last(y), g), transpose_last(y)),
)
_solve = primitive("solve", _np_solve, _solve_rule, lambda g, y, a, b: _solve(transpose_last(a), g))
_cholesky = primitive("cholesky", np.linalg.cholesky, _cholesky_rule)


def need_square(a: Any, name: str) -> Any:
    """Return the input. RuntimeError when it is no batch of square matrices."""
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise RuntimeError(f"{name}: square matrices are expected, not shape {a.shape}")
    return a


@method
def det(A: Any) -> Any:  # noqa: N803  torch's name
    """The determinant of every matrix. Its gradient is correct for singular matrices, too."""
    return _det(need_square(A, "det"))


def inv(A: Any) -> Any:  # noqa: N803
    """The inverse of every matrix; RuntimeError when one is singular."""
    return _inv(need_square(A, "inv"))


def solve(A: Any, B: Any) -> Any:  # noqa: N803
    """X with A @ X = B, where B is a batch of matrices or vectors. RuntimeError when A is singular."""
    need_square(A, "solve")
    vector = B.ndim == 1 or (B.ndim == A.ndim - 1 and B.shape == A.shape[:-1])
    return squeeze(_solve(A, unsqueeze(B, -1)), -1) if vector else _solve(A, B)


def cholesky(A: Any, upper: bool = False) -> Any:  # noqa: N803
    """The lower triangular L with L @ L.T = A, or its transpose.

    RuntimeError when A is not positive-definite.
    """
    y = _cholesky(need_square(A, "cholesky"))
    return transpose_last(y) if upper else y
