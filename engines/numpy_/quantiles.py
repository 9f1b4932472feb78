"""Medians and quantiles, with and without nan.

nan counts as the largest number. Unless the op skips nan, a single one makes the result nan.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .dtypes import INTEGER
from .graph import Array
from .indexing import gather, pick_along
from .movement import movedim, reshape, squeeze, wrap_dim
from .pairs import lerp
from .reductions import Extremes, full_extreme
from .sorting import sort
from .tensor import Tensor, method, wrap

__all__ = ["median", "nanmedian", "nanquantile", "quantile"]


def _lower_middle(x: Array, skip_nan: bool) -> Any:
    flat = np.sort(x[~np.isnan(x)] if skip_nan else x, axis=None)
    if not flat.size or np.isnan(flat[-1]):
        return np.asarray(np.nan, x.dtype)
    return flat[(flat.size - 1) // 2]


_medians = [
    full_extreme("median", lambda x: _lower_middle(x, skip_nan=False)),
    full_extreme("nanmedian", lambda x: _lower_middle(x, skip_nan=True)),
]


def _median_along(input: Any, dim: int, keepdim: bool, skip_nan: bool) -> Extremes:
    x = input.data if isinstance(input, Tensor) else input
    if not x.ndim:
        return Extremes(input * 1, wrap(np.zeros((), np.int64)))
    axis = wrap_dim(dim, x.ndim)
    n, bad = x.shape[axis], np.isnan(x).sum(axis, keepdims=True)
    usual = (n - bad - 1) // 2 if skip_nan else np.where(bad, n - bad, (n - 1) // 2)
    order = np.argsort(x, axis=axis, kind="stable")  # nan comes last
    indices = wrap(np.take_along_axis(order, np.maximum(usual, 0), axis))
    values = pick_along(input, axis, indices, once=True)
    found = Extremes(values, indices)
    return found if keepdim else Extremes(*(squeeze(x, axis) for x in found))


@method
def median(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The lower median; equal elements share the gradient. With dim the result is (values, indices)."""
    return _medians[0](input) if dim is None else _median_along(input, dim, keepdim, False)


@method
def nanmedian(input: Any, dim: int | None = None, keepdim: bool = False) -> Any:
    """The `median` of the elements that are not nan."""
    return _medians[1](input) if dim is None else _median_along(input, dim, keepdim, True)


# The way to choose at a position between two elements: one of the two, or the lower one if both count.
_ROUNDINGS = {
    "linear": np.floor, "midpoint": np.floor, "lower": np.floor, "higher": np.ceil, "nearest": np.round,
}  # fmt: skip


def _places(at: Array, interpolation: str) -> tuple[Array, Array]:
    """The element that counts (or the one below), and the one above."""
    if interpolation not in _ROUNDINGS:
        known = ", ".join(_ROUNDINGS)
        raise RuntimeError(f"quantile: interpolation is one of {known}, not {interpolation!r}")
    return _ROUNDINGS[interpolation](at).astype(INTEGER), np.ceil(at).astype(INTEGER)


def _quantile(
    input: Any, q: Any, dim: int | None, keepdim: bool, interpolation: str, skip_nan: bool
) -> Any:
    x = reshape(input, (-1,)) if dim is None or not input.ndim else input
    axis = 0 if dim is None else wrap_dim(dim, x.ndim)
    q = q if isinstance(q, Tensor) else Tensor(q, dtype=x.dtype)
    _check(x.shape[axis], q, x.dtype)
    ordered = movedim(sort(x, axis).values, axis, -1)
    bad, last = np.isnan(ordered.data).sum(-1, keepdims=True), x.shape[axis] - 1
    at = reshape(q, (-1,)) * (last - bad if skip_nan else np.full_like(bad, last))
    placed = at.data if skip_nan else np.where(bad, last, at.data)
    low, high = _places(np.maximum(placed, 0), interpolation)
    y = gather(ordered, -1, low)
    if interpolation in ("linear", "midpoint"):
        share = at - low if interpolation == "linear" else 0.5
        y = lerp(y, gather(ordered, -1, high), share)
    y = movedim(y, -1, 0)
    if keepdim:
        folded = range(input.ndim) if dim is None else (axis,)
        kept = [1 if d in folded else n for d, n in enumerate(input.shape)]
        y = reshape(y, (q.numel(), *kept))
    return y if q.ndim else squeeze(y, 0)


def _check(n: int, q: Any, dtype: Any) -> None:
    if not n:
        raise RuntimeError("quantile: there is none of no elements")
    if q.ndim > 1 or q.dtype != dtype:
        raise RuntimeError(
            f"quantile: q must be a number or a vector of {dtype}, not {q.dtype} {q.shape}"
        )
    if not ((q.data >= 0) & (q.data <= 1)).all():
        raise RuntimeError(f"quantile: q must lie between 0 and 1, and is {q.tolist()}")


def _public(name: str, skip_nan: bool) -> Any:
    def op(
        input: Any,
        q: Any,
        dim: int | None = None,
        keepdim: bool = False,
        *,
        interpolation: str = "linear",
    ) -> Any:
        return _quantile(input, q, dim, keepdim, interpolation, skip_nan)

    op.__name__ = name
    op.__doc__ = f"""The value below which a share q of the elements lies{", nan apart" * skip_nan}.

    Several q make a first dim. interpolation says what lies between two elements: 'linear', 'lower',
    'higher', 'midpoint' or 'nearest'.
    """
    return method(op)


quantile, nanquantile = _public("quantile", skip_nan=False), _public("nanquantile", skip_nan=True)
