"""Convolution and pooling, made of sliding windows.

Inputs are (batch, channels, length) in 1d and (batch, channels, height, width) in 2d, or the same without
the batch. Sizes are one number or one for each dim.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .contraction import einsum
from .movement import flatten, reshape, squeeze, unsqueeze
from .products import matmul
from .reductions import max, mean, sum
from .windows import overlap_add, pad, windows

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "avg_pool1d", "avg_pool2d", "conv1d", "conv2d",
    "conv_transpose1d", "conv_transpose2d", "max_pool1d", "max_pool2d",
]  # fmt: skip

_LETTERS = {1: ("x", "i"), 2: ("xy", "ij")}


def per_dim(size: Any, rank: int) -> tuple[int, ...]:
    given = (size,) * rank if isinstance(size, int) else tuple(size)
    return given * rank if len(given) == 1 else given


def sides(padding: tuple[int, ...]) -> list[int]:
    """The same width on both sides of each dim, in the order of `pad`: the last dim first."""
    return [p for p in reversed(padding) for _ in range(2)]


def all_windows(x: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """The windows over the last dims, as new last dims of the window's size."""
    rank = len(size)
    for d in range(rank):
        span = (size[d] - 1) * dilation[d] + 1
        if span > x.shape[2 + d]:
            raise RuntimeError(f"a window of {span} does not fit into size {x.shape[2 + d]}")
        x = windows(x, dim=2 + d, size=size[d], step=stride[d], dilation=dilation[d])
    return x


def put_back(columns: Any, shape: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """The sum of all windows where they came from; undoes `all_windows` in shape."""
    for d in reversed(range(len(size))):
        columns = overlap_add(
            columns, dim=2 + d, n=shape[d], size=size[d], step=stride[d], dilation=dilation[d]
        )
    return columns


def _batched(rank: int, op: Any) -> Any:
    """The op for an input with or without a batch dim."""

    def either(input: Any, *args: Any, **settings: Any) -> Any:
        if input.ndim == rank + 1:
            return squeeze(either(unsqueeze(input, 0), *args, **settings), 0)
        if input.ndim != rank + 2:
            raise RuntimeError(f"{op.__name__}: {rank + 1} or {rank + 2} dims, not {input.shape}")
        return op(rank, input, *args, **settings)

    either.__name__ = f"{op.__name__.strip('_')}{rank}d"
    either.__doc__ = op.__doc__
    return either


def _conv(
    rank: int,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Any:
    """The cross-correlation with a weight of shape (out, in / groups, *size).

    padding: a width, or 'valid', or 'same' (stride 1 only). RuntimeError when shapes do not meet.
    """
    stride, dilation = per_dim(stride, rank), per_dim(dilation, rank)
    out, size = weight.shape[0], weight.shape[2:]
    if input.shape[1] != weight.shape[1] * groups or out % groups:
        raise RuntimeError(f"conv: weight {weight.shape} in {groups} groups for {input.shape}")
    input = pad(input, _conv_padding(padding, size, stride, dilation))
    columns = all_windows(input, size, stride, dilation)
    place, offset = _LETTERS[rank]
    columns = reshape(columns, (columns.shape[0], groups, -1, *columns.shape[2:]))
    kernels = reshape(weight, (groups, out // groups, *weight.shape[1:]))
    y = einsum(f"ngc{place}{offset},goc{offset}->ngo{place}", columns, kernels)
    y = flatten(y, 1, 2)
    return y if bias is None else y + reshape(bias, (-1, *[1] * rank))


def _conv_padding(padding: Any, size: Any, stride: Any, dilation: Any) -> list[int]:
    if padding == "valid":
        return [0] * (2 * len(size))
    if padding != "same":
        return sides(per_dim(padding, len(size)))
    if any(s != 1 for s in stride):
        raise RuntimeError("padding='same' is not supported for strided convolutions")
    totals = [d * (k - 1) for k, d in zip(size, dilation, strict=True)]
    return [w for total in reversed(totals) for w in (total // 2, total - total // 2)]


def _conv_transpose(
    rank: int,
    input: Any,
    weight: Any,
    bias: Any = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Any:
    """What a convolution with these settings does to a gradient; weight is (in, out / groups, *size)."""
    stride, dilation = per_dim(stride, rank), per_dim(dilation, rank)
    padding, extra = per_dim(padding, rank), per_dim(output_padding, rank)
    size = weight.shape[2:]
    if input.shape[1] != weight.shape[0]:
        raise RuntimeError(f"conv_transpose: weight {weight.shape} for {input.shape}")
    place, offset = _LETTERS[rank]
    x = reshape(input, (input.shape[0], groups, -1, *input.shape[2:]))
    kernels = reshape(weight, (groups, -1, *weight.shape[1:]))
    columns = einsum(f"ngc{place},gco{offset}->ngo{place}{offset}", x, kernels)
    columns = flatten(columns, 1, 2)
    sizes = zip(input.shape[2:], size, stride, dilation, strict=True)
    whole = [(n - 1) * s + d * (k - 1) + 1 for n, k, s, d in sizes]
    y = put_back(columns, whole, size, stride, dilation)
    ends = zip(reversed(padding), reversed(extra), strict=True)
    y = pad(y, [w for p, e in ends for w in (-p, e - p)])
    return y if bias is None else y + reshape(bias, (-1, *[1] * rank))


def _pool_sizes(rank: int, kernel_size: Any, padding: Any) -> tuple[Any, Any]:
    """Size and padding for each dim; RuntimeError when a window could lie in the padding alone."""
    size, around = per_dim(kernel_size, rank), per_dim(padding, rank)
    if any(p > k // 2 for k, p in zip(size, around, strict=True)):
        raise RuntimeError(
            f"pooling: padding {padding} is more than half of the window {kernel_size}"
        )
    return size, around


def _max_pool(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    dilation: Any = 1,
) -> Any:
    """The largest of every window, the gradient going to its first place; padding is -inf."""
    size, around = _pool_sizes(rank, kernel_size, padding)
    steps = size if stride is None else per_dim(stride, rank)
    input = pad(input, sides(around), value=-math.inf)
    columns = all_windows(input, size, steps, per_dim(dilation, rank))
    return max(flatten(columns, -rank), -1).values


def _avg_pool(
    rank: int,
    input: Any,
    kernel_size: Any,
    stride: Any = None,
    padding: Any = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Any:
    """The mean of every window; padded zeros count unless count_include_pad=False."""
    if ceil_mode:
        raise RuntimeError("avg_pool: ceil_mode is not offered here; pad the input instead")
    size, around = _pool_sizes(rank, kernel_size, padding)
    steps = size if stride is None else per_dim(stride, rank)

    def pooled(x: Any) -> Any:
        return all_windows(pad(x, sides(around)), size, steps, (1,) * rank)

    window = tuple(range(-rank, 0))
    if count_include_pad:
        return mean(pooled(input), window)
    inside = np.ones((1, 1, *input.shape[2:]), input.dtype)
    return sum(pooled(input), window) / sum(pooled(inside), window)


def stretches(n: int, parts: int) -> Any:
    """A matrix (parts, n) that averages n numbers over so many stretches, which may overlap."""
    matrix = np.zeros((parts, n))
    for i in range(parts):
        start, end = i * n // parts, -(-(i + 1) * n // parts)
        matrix[i, start:end] = 1 / (end - start)
    return matrix


def _adaptive_avg_pool(rank: int, input: Any, output_size: Any) -> Any:
    """Means over as many stretches of each dim as output_size says; None keeps a dim."""
    wanted = (output_size,) * rank if not isinstance(output_size, (tuple, list)) else output_size
    sizes = [n if w is None else w for w, n in zip(wanted, input.shape[2:], strict=True)]
    y = matmul(input, stretches(input.shape[-1], sizes[-1]).astype(input.dtype).T)
    return y if rank == 1 else matmul(stretches(input.shape[-2], sizes[0]).astype(input.dtype), y)


conv1d, conv2d = _batched(1, _conv), _batched(2, _conv)
conv_transpose1d, conv_transpose2d = _batched(1, _conv_transpose), _batched(2, _conv_transpose)
max_pool1d, max_pool2d = _batched(1, _max_pool), _batched(2, _max_pool)
avg_pool1d, avg_pool2d = _batched(1, _avg_pool), _batched(2, _avg_pool)
adaptive_avg_pool1d = _batched(1, _adaptive_avg_pool)
adaptive_avg_pool2d = _batched(2, _adaptive_avg_pool)
