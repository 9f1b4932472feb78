"""Pooling in one to three dims: the largest element or the mean of every window, and unpooling.

Shapes and sizes are as in `convolution.py`. An index is a position in the flattened dims of one channel.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .convolution import all_windows, batched, per_dim, sides
from .graph import Array
from .indexing import gather, pick_along
from .movement import flatten, movedim, reshape, squeeze
from .products import matmul
from .reductions import mean, sum
from .scatter import scatter
from .tensor import Tensor, wrap
from .windows import pad

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool2d", "adaptive_max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "max_pool1d",
    "max_pool2d", "max_pool3d", "max_unpool1d", "max_unpool2d", "max_unpool3d",
]  # fmt: skip

Sizes = tuple[int, ...]


class _Windows:
    """The positions of the windows of a pooling.

    RuntimeError when a window could lie in the padding alone. With ceil_mode the last window may reach
    beyond the padding, unless it begins in the padding behind the input.
    """

    def __init__(
        self, rank: int, size: Any, stride: Any, padding: Any, dilation: Any, ceil_mode: bool
    ) -> None:
        self.size, self.around = per_dim(size, rank), per_dim(padding, rank)
        self.steps = self.size if stride is None or stride == () else per_dim(stride, rank)
        self.gaps, self.ceil = per_dim(dilation, rank), ceil_mode
        if any(p > k // 2 for k, p in zip(self.size, self.around, strict=True)):
            raise RuntimeError(f"pooling: padding {padding} is more than half of the window {size}")

    def beyond(self, shape: Sizes) -> list[int]:
        """The widths by which the last window reaches beyond the padding, in the order of `pad`."""
        if not self.ceil:
            return [0] * (2 * len(shape))
        found = []
        per = zip(shape, self.size, self.around, self.steps, self.gaps, strict=True)
        for n, k, p, step, gap in per:
            room = n + 2 * p - gap * (k - 1) - 1
            last = -(-room // step) * step
            found += [0, max(0, last - room) if last < n + p else 0]
        return [w for right in found[::-2] for w in (0, right)]

    def reaches_out(self, shape: Sizes) -> bool:
        """True when a window may contain elements outside of the input."""
        return any(self.around) or any(self.beyond(shape))

    def over(self, x: Any, value: float = 0.0) -> Any:
        """The windows over x as new last dims; x is padded with `value` before."""
        widths = [a + b for a, b in zip(sides(self.around), self.beyond(x.shape[2:]), strict=True)]
        return all_windows(pad(x, widths, value=value), self.size, self.steps, self.gaps)

    def places(self, chosen: Array, shape: Sizes) -> Array:
        """The flat index in `shape` of the element that was chosen in each window."""
        rank = len(shape)
        offsets = np.unravel_index(chosen, self.size)
        grid = np.ogrid[tuple([slice(n) for n in chosen.shape[-rank:]])]
        flat = np.zeros((), np.int64)
        for d, n in enumerate(shape):
            place = grid[d] * self.steps[d] + offsets[d] * self.gaps[d] - self.around[d]
            flat = flat * n + place
        return flat


def _max_pool(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """The largest element of every window. Padding is -inf. At a tie the first one gets the gradient.

    With return_indices the result is (values, indices).
    """
    where, shape = (
        _Windows(rank, kernel_size, stride, padding, dilation, ceil_mode),
        input.shape[2:],
    )
    columns = flatten(where.over(input, -math.inf), -rank)
    scores = columns.data if isinstance(columns, Tensor) else columns
    chosen = np.argmax(scores, -1, keepdims=True)
    if where.reaches_out(shape) and (lowest := scores.max(-1, keepdims=True) == -math.inf).any():
        inside = flatten(where.over(np.ones((1, 1, *shape))), -rank)
        chosen = np.where(lowest, np.argmax(inside, -1, keepdims=True), chosen)
    values = squeeze(pick_along(columns, -1, chosen, once=True), -1)
    return (values, wrap(where.places(chosen[..., 0], shape))) if return_indices else values


def _avg_pool(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Any:
    """The mean of every window, or its sum divided by divisor_override.

    The mean counts padded zeros unless count_include_pad=False, but never those that ceil_mode adds.
    """
    where = _Windows(rank, kernel_size, stride, padding, 1, ceil_mode)
    window = tuple(range(-rank, 0))
    if divisor_override is not None:
        return sum(where.over(input), window) / divisor_override
    shape = tuple(input.shape[2:])
    if count_include_pad and not any(where.beyond(shape)):
        return mean(where.over(input), window)
    counted = np.ones((1, 1, *shape), input.dtype)
    counted = pad(counted, sides(where.around), value=float(count_include_pad))
    counted = pad(counted, where.beyond(shape))
    counts = all_windows(counted, where.size, where.steps, where.gaps)
    return sum(where.over(input), window) / sum(counts, window)


def _max_unpool(
    rank: int,
    input: Any,
    indices: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    output_size: Any = None,
) -> Any:
    """A tensor of the size before pooling (or of output_size): the values at their indices, else 0."""
    size, around = per_dim(kernel_size, rank), per_dim(padding, rank)
    steps = size if stride is None else per_dim(stride, rank)
    per = zip(input.shape[2:], steps, size, around, strict=True)
    default = [(n - 1) * s + k - 2 * p for n, s, k, p in per]
    shape = default if output_size is None else list(output_size)[-rank:]
    zeros = np.zeros((*input.shape[:2], math.prod(shape)), input.dtype)
    places = reshape(indices, (*input.shape[:2], -1))
    whole = scatter(zeros, -1, places, reshape(input, places.shape))
    return reshape(whole, (*input.shape[:2], *shape))


def _stretch(n: int, parts: int) -> tuple[Array, Array]:
    """The starts and the ends (not included) of `parts` stretches of n numbers. Stretches may overlap."""
    i = np.arange(parts)
    return i * n // parts, -(-(i + 1) * n // parts)


def stretches(n: int, parts: int) -> Array:
    """A matrix (parts, n) that averages n numbers over `parts` stretches, which may overlap."""
    starts, ends = (x[:, None] for x in _stretch(n, parts))
    inside = (np.arange(n) >= starts) & (np.arange(n) < ends)
    return inside / (ends - starts)


def _wanted(rank: int, output_size: Any, shape: Sizes) -> list[int]:
    given = per_dim(output_size, rank) if output_size is not None else (None,) * rank
    return [n if w is None else w for w, n in zip(given, shape, strict=True)]


def _adaptive_avg_pool(rank: int, input: Any, output_size: Any) -> Any:
    """Means over stretches of each dim. output_size has their numbers; None keeps a dim."""
    for d, parts in enumerate(_wanted(rank, output_size, input.shape[2:]), 2):
        by = stretches(input.shape[d], parts).astype(input.dtype)
        input = movedim(matmul(movedim(input, d, -1), by.T), -1, d)
    return input


def _adaptive_max_pool(
    rank: int, input: Any, output_size: Any, return_indices: bool = False
) -> Any:
    """The largest elements of stretches of each dim. output_size has their numbers; None keeps a dim.

    With return_indices the result is (values, indices).
    """
    sizes = _wanted(rank, output_size, input.shape[2:])
    places = np.zeros((), np.int64)
    for d, (n, parts) in enumerate(zip(input.shape[2:], sizes, strict=True)):
        starts, ends = (x[:, None] for x in _stretch(n, parts))
        # A shorter stretch names its last place several times, which does not change its maximum.
        at = np.minimum(starts + np.arange((ends - starts).max()), ends - 1)
        apart = [1] * (2 * rank)
        apart[d], apart[rank + d] = at.shape
        places = places * n + at.reshape(apart)
    places = places.reshape(math.prod(sizes), -1)
    x = flatten(input, 2)
    chosen = np.argmax((x.data if isinstance(x, Tensor) else x)[..., places], -1)
    indices = wrap(places[np.arange(len(places)), chosen])
    values, shape = gather(x, -1, indices), (*input.shape[:2], *sizes)
    return (
        (reshape(values, shape), reshape(indices, shape))
        if return_indices
        else reshape(values, shape)
    )


_RANKS = (1, 2, 3)
max_pool1d, max_pool2d, max_pool3d = [batched(n, _max_pool) for n in _RANKS]
avg_pool1d, avg_pool2d, avg_pool3d = [batched(n, _avg_pool) for n in _RANKS]
max_unpool1d, max_unpool2d, max_unpool3d = [batched(n, _max_unpool) for n in _RANKS]
adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d = [
    batched(n, _adaptive_avg_pool) for n in _RANKS
]
adaptive_max_pool1d, adaptive_max_pool2d, adaptive_max_pool3d = [
    batched(n, _adaptive_max_pool) for n in _RANKS
]
