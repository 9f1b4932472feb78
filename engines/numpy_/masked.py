"""torch.masked: reductions of the elements at which a mask is True.

The other elements count as the identity of the reduction: 0 for a sum, -inf for a maximum.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import pairs, quantiles, reductions, scans
from .elementwise import sqrt, square, where
from .movement import to, wrap_dims
from .pairs import clamp_min

__all__ = [
    "amax", "amin", "cumprod", "cumsum", "logaddexp", "mean", "median", "prod", "std", "sum", "var",
]  # fmt: skip


def _filled(input: Any, mask: Any, value: float, dtype: Any = None) -> Any:
    input = input if dtype is None else to(input, dtype)
    return input if mask is None else where(mask, input, value)


def _prod(x: Any, dim: Any, keepdim: bool) -> Any:
    for d in sorted(wrap_dims(dim, x.ndim), reverse=True):
        x = scans.prod(x, d, keepdim)
    return x


def _reduction(name: str, op: Any, neutral: float) -> Any:
    def reduced(
        input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
    ) -> Any:
        return op(_filled(input, mask, neutral, dtype), dim, keepdim)

    reduced.__name__ = name
    reduced.__doc__ = f"The {name} over dims of what the mask leaves."
    return reduced


sum = _reduction("sum", reductions.sum, 0.0)
prod = _reduction("prod", _prod, 1.0)
amax = _reduction("amax", reductions.amax, -math.inf)
amin = _reduction("amin", reductions.amin, math.inf)


def _count(input: Any, mask: Any, dim: Any) -> Any:
    ones = np.ones(input.shape, input.dtype)
    return reductions.sum(_filled(ones, mask, 0.0), dim, keepdim=True)


def mean(
    input: Any, dim: Any = None, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The mean over dims of the elements that the mask keeps, nan when it keeps none."""
    input = input if dtype is None else to(input, dtype)
    total = sum(input, dim, keepdim=keepdim, mask=mask)
    return total / _count(input, mask, dim).reshape(total.shape)


def var(
    input: Any,
    dim: Any = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: Any = None,
    mask: Any = None,
) -> Any:
    """The variance over dims of the elements that the mask keeps."""
    by = float(unbiased) if unbiased is not None else 1 if correction is None else correction
    input = input if dtype is None else to(input, dtype)
    centre = mean(input, dim, keepdim=True, mask=mask)
    total = sum(square(input - centre), dim, keepdim=keepdim, mask=mask)
    return total / clamp_min(_count(input, mask, dim) - by, 0).reshape(total.shape)


def std(input: Any, *args: Any, **settings: Any) -> Any:
    """The square root of `var`."""
    return sqrt(var(input, *args, **settings))


def median(
    input: Any, dim: int = -1, *, keepdim: bool = False, dtype: Any = None, mask: Any = None
) -> Any:
    """The lower median along dim of the elements that the mask keeps, nan when it keeps none."""
    return quantiles.nanmedian(_filled(input, mask, math.nan, dtype), dim, keepdim).values


def cumsum(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The running sum of the elements that the mask keeps."""
    return scans.cumsum(_filled(input, mask, 0.0, dtype), dim)


def cumprod(input: Any, dim: int, *, dtype: Any = None, mask: Any = None) -> Any:
    """The running product of the elements that the mask keeps."""
    return scans.cumprod(_filled(input, mask, 1.0, dtype), dim)


def logaddexp(
    input: Any, other: Any, *, dtype: Any = None, input_mask: Any = None, other_mask: Any = None
) -> Any:
    """`logaddexp` of the elements that the masks keep."""
    a = _filled(input, input_mask, -math.inf, dtype)
    return pairs.logaddexp(a, _filled(other, other_mask, -math.inf, dtype))
