"""Images as columns and back, resizing, and channels exchanged for pixels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .convolution import all_windows, per_dim, put_back, sides
from .indexing import index_select
from .movement import permute, reshape, squeeze, unsqueeze
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
    input: Any, size: Any = None, scale_factor: Any = None, mode: str = "nearest"
) -> Any:
    """Resized over all dims but the first two, to a size or by a factor; mode 'nearest' only."""
    if mode != "nearest" or (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give size or scale_factor; the only mode here is 'nearest'")
    for d, n in enumerate(input.shape[2:]):
        given = size if scale_factor is None else scale_factor
        by = given[d] if isinstance(given, (tuple, list)) else given
        target = by if scale_factor is None else math.floor(n * by)
        step = n / target if scale_factor is None else 1 / by
        places = np.minimum(np.floor(np.arange(target) * step).astype(np.int64), n - 1)
        input = index_select(input, 2 + d, places)
    return input


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
