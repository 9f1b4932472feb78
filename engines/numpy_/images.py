"""Images as columns and back, resizing, and channels exchanged for pixels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .convolution import all_windows, per_dim, put_back, sides, stretches
from .graph import Array
from .indexing import index_select
from .movement import movedim, permute, reshape, squeeze, unsqueeze
from .products import matmul
from .windows import pad

__all__ = ["fold", "interpolate", "pixel_shuffle", "pixel_unshuffle", "unfold"]


def unfold(
    input: Any, kernel_size: Any, dilation: Any = 1, padding: Any = 0, stride: Any = 1
) -> Any:
    """All windows of images (n, c, h, w) as columns: (n, c * window size, number of windows)."""
    if input.ndim == 3:
        return squeeze(unfold(unsqueeze(input, 0), kernel_size, dilation, padding, stride), 0)
    size = per_dim(kernel_size, 2)
    columns = all_windows(
        pad(input, sides(per_dim(padding, 2))), size, per_dim(stride, 2), per_dim(dilation, 2)
    )
    n, c, h, w = columns.shape[:4]
    return reshape(permute(columns, (0, 1, 4, 5, 2, 3)), (n, c * math.prod(size), h * w))


def fold(
    input: Any,
    output_size: Any,
    kernel_size: Any,
    dilation: Any = 1,
    padding: Any = 0,
    stride: Any = 1,
) -> Any:
    """Images of output_size from columns as `unfold` makes them; what overlaps is added."""
    if input.ndim == 2:
        whole = fold(unsqueeze(input, 0), output_size, kernel_size, dilation, padding, stride)
        return squeeze(whole, 0)
    size, steps, gaps = (per_dim(x, 2) for x in (kernel_size, stride, dilation))
    around = per_dim(padding, 2)
    shape = [n + 2 * p for n, p in zip(per_dim(output_size, 2), around, strict=True)]
    counts = [
        (n - d * (k - 1) - 1) // s + 1 for n, k, s, d in zip(shape, size, steps, gaps, strict=True)
    ]
    if input.shape[-1] != math.prod(counts) or input.shape[1] % math.prod(size):
        raise RuntimeError(f"fold: columns {input.shape} do not make images of {output_size}")
    columns = reshape(input, (input.shape[0], -1, *size, *counts))
    whole = put_back(permute(columns, (0, 1, 4, 5, 2, 3)), shape, size, steps, gaps)
    return pad(whole, [-p for p in sides(around)])


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
) -> Any:
    """Resized over all dims but the first two, to a size or by a factor.

    mode: 'nearest', 'linear' (1 dim), 'bilinear' (2 dims) or 'area'. With align_corners the first and
    last elements stay at the ends, otherwise every element is the middle of its stretch.
    """
    rank = input.ndim - 2
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give size or scale_factor, and not both")
    linear = mode == ("linear", "bilinear")[min(rank, 2) - 1]
    if mode not in ("nearest", "area") and not linear:
        raise NotImplementedError(f"interpolate: mode {mode!r} is not offered here for {rank} dims")
    given = size if scale_factor is None else scale_factor
    per = tuple(given) if isinstance(given, (tuple, list)) else (given,) * rank
    sizes = [
        k if scale_factor is None else math.floor(n * k)
        for k, n in zip(per, input.shape[2:], strict=True)
    ]
    for d, (n, target) in enumerate(zip(input.shape[2:], sizes, strict=True)):
        step = n / target if scale_factor is None else 1 / per[d]
        if mode == "nearest":
            places = np.minimum(np.floor(np.arange(target) * step).astype(np.int64), n - 1)
            input = index_select(input, 2 + d, places)
        else:
            shares = _between(n, target, step, align_corners) if linear else stretches(n, target)
            by = shares.astype(input.dtype)
            input = movedim(matmul(movedim(input, 2 + d, -1), by.T), -1, 2 + d)
    return input


def _between(n: int, target: int, step: float, align_corners: bool | None) -> Array:
    """A matrix (target, n) that takes each element from its two neighbours in proportion."""
    if align_corners:
        at = np.arange(target) * ((n - 1) / max(target - 1, 1))
    else:
        at = np.maximum((np.arange(target) + 0.5) * step - 0.5, 0)
    left = np.minimum(np.floor(at).astype(np.int64), n - 1)
    right, share = np.minimum(left + 1, n - 1), at - left
    matrix = np.zeros((target, n))
    np.add.at(matrix, (np.arange(target), left), 1 - share)
    np.add.at(matrix, (np.arange(target), right), share)
    return matrix


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """(..., c * r * r, h, w) to (..., c, h * r, w * r)."""
    r, (*lead, channels, h, w) = upscale_factor, input.shape
    if channels % (r * r):
        raise RuntimeError(f"pixel_shuffle: {channels} channels are no multiple of {r} squared")
    x, k = reshape(input, (*lead, channels // r**2, r, r, h, w)), len(lead)
    turned = permute(x, (*range(k), k, k + 3, k + 1, k + 4, k + 2))
    return reshape(turned, (*lead, channels // r**2, h * r, w * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """Undoes `pixel_shuffle`."""
    r, (*lead, channels, h, w) = downscale_factor, input.shape
    if h % r or w % r:
        raise RuntimeError(f"pixel_unshuffle: {h} by {w} is no multiple of {r}")
    x, k = reshape(input, (*lead, channels, h // r, r, w // r, r)), len(lead)
    turned = permute(x, (*range(k), k, k + 2, k + 4, k + 1, k + 3))
    return reshape(turned, (*lead, channels * r * r, h // r, w // r))
