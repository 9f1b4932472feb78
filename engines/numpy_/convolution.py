"""Convolution in one to three dims, made of sliding windows.

Inputs are (batch, channels, length) in 1d, (batch, channels, height, width) in 2d and so on, or the same
without the batch. Sizes are one number or one for each dim.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .contraction import einsum
from .movement import flatten, reshape, squeeze, unsqueeze
from .windows import overlap_add, pad, windows

__all__ = [
    "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d", "conv_transpose3d",
]  # fmt: skip

_LETTERS = {1: ("x", "i"), 2: ("xy", "ij"), 3: ("xyz", "ijk")}


def per_dim(size: Any, rank: int) -> tuple[int, ...]:
    given = (size,) * rank if isinstance(size, int) else tuple(size)
    return given * rank if len(given) == 1 else given


def sides(padding: tuple[int, ...]) -> list[int]:
    """The same width on both sides of each dim, in the order of `pad`: the last dim first."""
    return [p for p in reversed(padding) for _ in range(2)]


def all_windows(x: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """The windows over the last dims, as new last dims. RuntimeError when the window does not fit."""
    rank = len(size)
    for d in range(rank):
        span = (size[d] - 1) * dilation[d] + 1
        if span > x.shape[2 + d]:
            raise RuntimeError(f"a window of {span} does not fit into size {x.shape[2 + d]}")
        x = windows(x, dim=2 + d, size=size[d], step=stride[d], dilation=dilation[d])
    return x


def put_back(columns: Any, shape: Any, size: Any, stride: Any, dilation: Any) -> Any:
    """Add all windows at the positions that they came from: the transpose of `all_windows`."""
    for d in reversed(range(len(size))):
        columns = overlap_add(
            columns, dim=2 + d, n=shape[d], size=size[d], step=stride[d], dilation=dilation[d]
        )
    return columns


def batched(rank: int, op: Any) -> Any:
    """Make the batch dim of the op's input optional. RuntimeError for any other number of dims."""

    def either(input: Any, *args: Any, **settings: Any) -> Any:
        if input.ndim == rank + 1:
            y = either(unsqueeze(input, 0), *args, **settings)
            return tuple([squeeze(x, 0) for x in y]) if isinstance(y, tuple) else squeeze(y, 0)
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

    padding: a width, or 'valid', or 'same' (stride 1 only). RuntimeError when shapes do not fit.
    """
    stride, dilation = _checked("conv", rank, (input, weight, bias), stride, dilation, padding)
    out, size = weight.shape[0], weight.shape[2:]
    if input.shape[1] != weight.shape[1] * groups or out % groups:
        raise RuntimeError(f"conv: weight {weight.shape} in {groups} groups for {input.shape}")
    input = pad(input, _conv_padding(padding, size, stride, dilation))
    columns = all_windows(input, size, stride, dilation)
    place, offset = _LETTERS[rank]
    columns = reshape(columns, (columns.shape[0], groups, -1, *columns.shape[2:]))
    kernels = reshape(weight, (groups, out // groups, *weight.shape[1:]))
    y = einsum(f"ngc{place}{offset},goc{offset}->ngo{place}", columns, kernels)
    return _plus_bias(flatten(y, 1, 2), bias, rank)


def _checked(
    name: str, rank: int, tensors: Sequence[Any], stride: Any, dilation: Any, padding: Any
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return stride and dilation, each with a number for each dim.

    RuntimeError for tensors of several dtypes, a stride or dilation below 1, or a padding below 0.
    """
    steps, gaps = per_dim(stride, rank), per_dim(dilation, rank)
    dtypes = {x.dtype for x in tensors if x is not None}
    if len(dtypes) > 1:
        raise RuntimeError(f"{name}: input, weight and bias are of {', '.join(map(str, dtypes))}")
    if min(steps + gaps) < 1:
        raise RuntimeError(f"{name}: stride and dilation must be positive, and are {steps + gaps}")
    if not isinstance(padding, str) and min(per_dim(padding, rank)) < 0:
        raise RuntimeError(f"{name}: the padding {padding} is negative")
    return steps, gaps


def _plus_bias(y: Any, bias: Any, rank: int) -> Any:
    """Add the bias, one number for each channel (dim 1), if there is one."""
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
    """The vector-Jacobian product of a convolution; weight is (in, out / groups, *size).

    RuntimeError when shapes do not fit.
    """
    padding, extra = per_dim(padding, rank), per_dim(output_padding, rank)
    stride, dilation = _checked(
        "conv_transpose", rank, (input, weight, bias), stride, dilation, padding
    )
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
    return _plus_bias(pad(y, [w for p, e in ends for w in (-p, e - p)]), bias, rank)


conv1d, conv2d, conv3d = [batched(rank, _conv) for rank in (1, 2, 3)]
conv_transpose1d, conv_transpose2d, conv_transpose3d = [
    batched(rank, _conv_transpose) for rank in (1, 2, 3)
]
