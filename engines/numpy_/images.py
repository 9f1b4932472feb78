"""Images as columns and back, resizing, and channels exchanged for pixels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .convolution import all_windows, per_dim, put_back, sides
from .dtypes import INTEGER
from .graph import Array
from .indexing import index_select
from .movement import movedim, permute, reshape, squeeze, transpose, unsqueeze
from .pooling import stretches
from .products import matmul
from .windows import pad

__all__ = [
    "channel_shuffle", "fold", "interpolate", "pixel_shuffle", "pixel_unshuffle", "unfold",
]  # fmt: skip


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
    """Images of output_size from columns as `unfold` makes them. Overlapping elements are added."""
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


_BLENDS = {"linear": 1, "bilinear": 2, "trilinear": 3, "bicubic": 2}  # and over how many dims


def interpolate(
    input: Any,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
) -> Any:
    """Resize all dims but the first two, to a size or by a factor.

    mode: 'nearest', 'nearest-exact', 'area', 'linear' (1 dim), 'bilinear' and 'bicubic' (2 dims),
    'trilinear' (3 dims). With align_corners the centres of the first and last elements stay in
    place, otherwise the outer edges do. recompute_scale_factor computes the factor from the sizes.
    """
    rank = input.ndim - 2
    if (size is None) == (scale_factor is None):
        raise ValueError("interpolate: give size or scale_factor, and not both")
    if mode not in ("nearest", "nearest-exact", "area") and _BLENDS.get(mode) != rank:
        raise NotImplementedError(f"interpolate: there is no mode {mode!r} for {rank} dims")
    given = size if scale_factor is None else scale_factor
    per = tuple(given) if isinstance(given, (tuple, list)) else (given,) * rank
    for d, (n, k) in enumerate(zip(input.shape[2:], per, strict=True), 2):
        target = k if scale_factor is None else math.floor(n * k)
        step = n / target if scale_factor is None or recompute_scale_factor else 1 / k
        input = _resized(input, d, target, step, mode, align_corners)
    return input


def _resized(
    x: Any, dim: int, target: int, step: float, mode: str, align_corners: bool | None
) -> Any:
    """Resize one dim. An element of the result covers `step` elements of x."""
    n, i = x.shape[dim], np.arange(target)
    if mode in ("nearest", "nearest-exact"):
        at = np.floor((i + 0.5 * (mode == "nearest-exact")) * step)
        return index_select(x, dim, np.minimum(at.astype(INTEGER), n - 1))
    if mode == "area":
        shares = stretches(n, target)
    elif align_corners:
        shares = _blend(n, i * ((n - 1) / max(target - 1, 1)), mode)
    else:
        shares = _blend(n, (i + 0.5) * step - 0.5, mode)
    return movedim(matmul(movedim(x, dim, -1), shares.astype(x.dtype).T), -1, dim)


def _blend(n: int, at: Array, mode: str) -> Array:
    """A matrix that interpolates at the given places between 2 neighbours, or 4 for bicubic.

    Cubic: Keys 1981, "Cubic convolution interpolation for digital image processing", with a = -0.75.
    """
    cubic = mode == "bicubic"
    at = at if cubic else np.maximum(at, 0)
    left, matrix = np.floor(at).astype(INTEGER), np.zeros((len(at), n))
    for k in (-1, 0, 1, 2) if cubic else (0, 1):
        d = np.abs(at - left - k)
        inner, outer = ((1.25 * d - 2.25) * d) * d + 1, ((-0.75 * d + 3.75) * d - 6) * d + 3
        share = np.where(d <= 1, inner, outer) if cubic else 1 - d
        np.add.at(matrix, (np.arange(len(at)), np.clip(left + k, 0, n - 1)), share)
    return matrix


def channel_shuffle(input: Any, groups: int) -> Any:
    """Reorder the channels (dim 1): the first of every group, then the second of every group, ..."""
    n, channels, *rest = input.shape
    if channels % groups:
        raise RuntimeError(f"channel_shuffle: {channels} channels do not make {groups} groups")
    grouped = reshape(input, (n, groups, channels // groups, *rest))
    return reshape(transpose(grouped, 1, 2), input.shape)


def pixel_shuffle(input: Any, upscale_factor: int) -> Any:
    """(..., c * r * r, h, w) to (..., c, h * r, w * r)."""
    r, (*lead, channels, h, w) = upscale_factor, input.shape
    if channels % (r * r):
        raise RuntimeError(f"pixel_shuffle: {channels} channels are no multiple of {r} squared")
    x, k = reshape(input, (*lead, channels // r**2, r, r, h, w)), len(lead)
    turned = permute(x, (*range(k), k, k + 3, k + 1, k + 4, k + 2))
    return reshape(turned, (*lead, channels // r**2, h * r, w * r))


def pixel_unshuffle(input: Any, downscale_factor: int) -> Any:
    """The inverse of `pixel_shuffle`."""
    r, (*lead, channels, h, w) = downscale_factor, input.shape
    if h % r or w % r:
        raise RuntimeError(f"pixel_unshuffle: {h} by {w} is no multiple of {r}")
    x, k = reshape(input, (*lead, channels, h // r, r, w // r, r)), len(lead)
    turned = permute(x, (*range(k), k, k + 2, k + 4, k + 1, k + 3))
    return reshape(turned, (*lead, channels * r * r, h // r, w // r))
