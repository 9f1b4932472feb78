"""The functions of torch.linalg that differ from those of the same name in torch itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import decompositions, matrices
from .decompositions import svdvals
from .movement import atleast_1d, unsqueeze
from .norms import matrix_norm, vector_norm

__all__ = ["cond", "cross", "diagonal", "norm", "qr", "vander"]


def cross(input: Any, other: Any, *, dim: int = -1) -> Any:
    """The cross product along a dim of size 3."""
    return matrices.cross(input, other, dim)


def diagonal(A: Any, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Any:  # noqa: N803
    """The diagonal of every matrix, as a last dim."""
    return matrices.diagonal(A, offset, dim1, dim2)


def qr(A: Any, mode: str = "reduced") -> Any:  # noqa: N803
    """(Q, R) with A = Q @ R; Q is square where mode is 'complete'."""
    if mode not in ("reduced", "complete"):
        raise NotImplementedError(f"qr: mode is 'reduced' or 'complete' here, not {mode!r}")
    return decompositions.qr(A, some=mode == "reduced")


def cond(A: Any, p: Any = None) -> Any:  # noqa: N803
    """The largest singular value divided by the smallest. p is None or 2."""
    if p not in (None, 2):
        raise NotImplementedError(f"cond: p is None or 2 here, not {p!r}")
    values = svdvals(A)
    return values[..., 0] / values[..., -1]


def vander(x: Any, N: int | None = None) -> Any:  # noqa: N803
    """The powers 0 to N - 1 of every element, as a last dim."""
    x = atleast_1d(x)
    return unsqueeze(x, -1) ** np.arange(x.shape[-1] if N is None else N)


def norm(A: Any, ord: Any = None, dim: Any = None, keepdim: bool = False) -> Any:  # noqa: N803
    """The norm of vectors (one dim) or matrices (two dims). The norm of all elements without both.

    RuntimeError for an ord of more than two dims.
    """
    several = isinstance(dim, (tuple, list))
    over = len(dim) if several else A.ndim if dim is None else 1
    if ord is None or over == 1:
        return vector_norm(A, 2 if ord is None else ord, dim, keepdim)
    if over != 2:
        raise RuntimeError(f"linalg.norm: ord {ord!r} needs 1 or 2 dims, and there are {over}")
    return matrix_norm(A, ord, (0, 1) if dim is None else dim, keepdim)
