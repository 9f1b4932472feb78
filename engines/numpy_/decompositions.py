"""Singular values, eigenvalues and triangles of matrices, over batches.

Singular vectors and eigenvectors are not offered, because their signs are LAPACK's choice: two right answers
may differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .joining import cat
from .matrices import need_matrices, need_square, solve, tril
from .primitive import primitive
from .products import matmul, transpose_last
from .tensor import Tensor, method, record

__all__ = ["eigvalsh", "qr", "svdvals"]


def _only_first_order(x: Any, name: str) -> None:
    if isinstance(x, Tensor):
        raise RuntimeError(f"{name}: the gradient of its gradient is not offered here")


def _svdvals_rule(g: Any, y: Any, x: Any) -> Any:
    _only_first_order(x, "svdvals")
    u, _, vh = np.linalg.svd(x, full_matrices=False)
    return (u * g[..., None, :]) @ vh


def _eigvalsh_rule(g: Any, y: Any, x: Any, lower: bool) -> Any:
    _only_first_order(x, "eigvalsh")
    v = np.linalg.eigh(x, "L" if lower else "U")[1]
    return (v * g[..., None, :]) @ np.swapaxes(v, -2, -1)


_svdvals = primitive("svdvals", lambda x: np.linalg.svd(x, compute_uv=False), _svdvals_rule)
_eigvalsh = primitive(
    "eigvalsh", lambda x, lower: np.linalg.eigvalsh(x, "L" if lower else "U"), _eigvalsh_rule
)


def svdvals(A: Any) -> Any:  # noqa: N803  torch's name
    """The singular values of every matrix, the largest first."""
    return _svdvals(need_matrices(A, "svdvals"))


def eigvalsh(A: Any, UPLO: str = "L") -> Any:  # noqa: N803
    """The eigenvalues of symmetric matrices, the smallest first. UPLO names the triangle that is read."""
    return _eigvalsh(need_square(A, "eigvalsh"), lower=UPLO == "L")


def _qr_rule(gq: Any, gr: Any, x: Any, q: Any, r: Any) -> Any:
    """The gradient by x from those by q and r: Roberts and Roberts 2020, arXiv:2009.10071."""
    n, k = x.shape[-1], q.shape[-1]
    if n > k:  # the columns behind the square part are q @ r there
        rest = matmul(q, gr[..., k:])
        gq = gq + matmul(x[..., k:], transpose_last(gr[..., k:]))
        square_part = _qr_rule(gq, gr[..., :k], x[..., :k], q, r[..., :k])
        return cat((square_part, rest), -1)
    m = matmul(r, transpose_last(gr)) - matmul(transpose_last(gq), q)
    whole = gq + matmul(q, tril(m) + transpose_last(tril(m, -1)))
    return transpose_last(solve(r, transpose_last(whole)))


def _q_rule(g: Any, y: Any, x: Any, *parts: Any) -> Any:
    q, r = qr(x) if isinstance(x, Tensor) else parts
    return _qr_rule(g, r * 0, x, q, r)


def _r_rule(g: Any, y: Any, x: Any, *parts: Any) -> Any:
    q, r = qr(x) if isinstance(x, Tensor) else parts
    return _qr_rule(q * 0, g, x, q, r)


@method
def qr(input: Any, some: bool = True) -> Any:
    """(Q, R) with input = Q @ R, where Q has orthogonal columns and R is an upper triangle.

    Without `some`, Q is square. NotImplementedError where that is another Q.
    """
    x = need_matrices(input, "qr")
    if not some and x.shape[-2] > x.shape[-1]:
        raise NotImplementedError(
            f"qr: a square Q of the shape {x.shape}, whose columns are not unique"
        )
    if not isinstance(x, Tensor):
        return tuple(np.linalg.qr(x))
    parts = np.linalg.qr(x.data)
    rules = (_q_rule, _r_rule)
    return tuple(
        record("qr", part, (x,), (rule,), (x.data, *parts))
        for part, rule in zip(parts, rules, strict=True)
    )
