"""Differences of neighbours, and integrals by trapezia."""

from __future__ import annotations

from typing import Any

from .joining import cat, narrow
from .movement import reshape, wrap_dim
from .reductions import sum
from .scans import cumsum
from .tensor import method

__all__ = ["cumulative_trapezoid", "diff", "trapezoid", "trapz"]


@method
def diff(input: Any, n: int = 1, dim: int = -1, prepend: Any = None, append: Any = None) -> Any:
    """Each element minus the one before along dim, n times; prepend and append lengthen it first.

    For n = 0 the result is the input, and prepend and append are ignored.
    """
    if not input.ndim:
        raise RuntimeError("diff: at least 1 dim is expected")
    if not n:
        return input * 1
    axis = wrap_dim(dim, input.ndim)
    parts = [x for x in (prepend, input, append) if x is not None]
    input = cat(parts, axis) if len(parts) > 1 else input
    for _ in range(n):
        rest = max(input.shape[axis] - 1, 0)
        first = min(1, input.shape[axis])
        input = narrow(input, axis, first, rest) - narrow(input, axis, 0, rest)
    return input


def _trapezia(y: Any, x: Any, dx: float, dim: int) -> Any:
    axis = wrap_dim(dim, y.ndim)
    n = max(y.shape[axis] - 1, 0)
    heights = narrow(y, axis, min(1, y.shape[axis]), n) + narrow(y, axis, 0, n)
    if x is None:
        return heights * (dx / 2)
    widths = diff(x, dim=-1 if x.ndim == 1 else dim)
    if x.ndim == 1:
        widths = reshape(widths, [-1 if d == axis else 1 for d in range(y.ndim)])
    return heights * widths / 2


def trapezoid(y: Any, x: Any = None, *, dx: float = 1, dim: int = -1) -> Any:
    """The integral along dim of values at the positions x, or at a distance dx."""
    return sum(_trapezia(y, x, dx, dim), dim)


def cumulative_trapezoid(y: Any, x: Any = None, *, dx: float = 1, dim: int = -1) -> Any:
    """The integral from the first position to each of the others."""
    return cumsum(_trapezia(y, x, dx, dim), dim)


trapz = trapezoid
