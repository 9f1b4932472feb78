"""Normalization layers: over the last dims, groups, a batch, an instance, neighbours."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from .elementwise import square, where
from .functions import rsqrt
from .graph import Array, no_grad
from .movement import reshape, wrap_dim
from .norms import vector_norm
from .primitive import primitive
from .reductions import mean
from .statistics import var
from .tensor import method
from .windows import pad, windows

__all__ = [
    "batch_norm", "group_norm", "instance_norm", "layer_norm", "local_response_norm", "renorm", "rms_norm",
]  # fmt: skip


def _scale(x: Any, dim: tuple[int, ...], eps: float) -> Any:
    return rsqrt(var(x, dim, keepdim=True, correction=0) + eps)


def _np_standardize(x: Array, dim: tuple[int, ...], eps: float) -> Array:
    n = math.prod([x.shape[d] for d in dim])
    d = x - np.add.reduce(x, axis=dim, keepdims=True) / x.dtype.type(n)
    return d / np.sqrt(
        np.add.reduce(d * d, axis=dim, keepdims=True) / x.dtype.type(n) + x.dtype.type(eps)
    )


def _standardize_rule(g: Any, y: Any, x: Any, dim: tuple[int, ...], eps: float) -> Any:
    along = mean(g, dim, keepdim=True) + y * mean(g * y, dim, keepdim=True)
    return (g - along) * _scale(x, dim, eps)


_standardize = primitive("layer_norm", _np_standardize, _standardize_rule)


def _affine(y: Any, weight: Any, bias: Any, shape: Sequence[int]) -> Any:
    """Scale y by the weight and shift it by the bias of each channel, if they are given."""
    if weight is not None:
        y = y * reshape(weight, shape)
    return y if bias is None else y + reshape(bias, shape)


def _channel(x: Any) -> tuple[int, ...]:
    """The shape in which one number for each channel (dim 1) broadcasts against x."""
    return (1, -1, *[1] * (x.ndim - 2))


def layer_norm(
    input: Any, normalized_shape: Any, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Mean 0 and variance 1 over the last dims, of shape normalized_shape; then weight and bias."""
    dims = _last(input, normalized_shape, "layer_norm")
    return _affine(_standardize(input, dim=dims, eps=eps), weight, bias, input.shape[dims[0] :])


def rms_norm(
    input: Any, normalized_shape: Any, weight: Any = None, eps: float | None = None
) -> Any:
    """Mean square 1 over the last dims; eps is that of the dtype unless given."""
    dims = _last(input, normalized_shape, "rms_norm")
    least = float(np.finfo(input.dtype).eps) if eps is None else eps
    y = input * rsqrt(mean(square(input), dims, keepdim=True) + least)
    return y if weight is None else y * weight


def _last(input: Any, shape: Any, name: str) -> tuple[int, ...]:
    expected = (shape,) if isinstance(shape, int) else tuple(shape)
    first = input.ndim - len(expected)
    if not expected or tuple(input.shape[first:]) != expected:
        raise RuntimeError(f"{name}: the input {input.shape} does not end in {expected}")
    return tuple(range(first, input.ndim))


def group_norm(
    input: Any, num_groups: int, weight: Any = None, bias: Any = None, eps: float = 1e-5
) -> Any:
    """Mean 0 and variance 1 over each group of channels (dim 1) of each sample."""
    n, channels = input.shape[:2]
    if channels % num_groups:
        raise RuntimeError(f"group_norm: {channels} channels do not make {num_groups} groups")
    grouped = reshape(input, (n * num_groups, math.prod(input.shape[1:]) // num_groups))
    y = reshape(_standardize(grouped, dim=(1,), eps=eps), input.shape)
    return _affine(y, weight, bias, _channel(input))


def batch_norm(
    input: Any,
    running_mean: Any,
    running_var: Any,
    weight: Any = None,
    bias: Any = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Normalize each channel (dim 1) by mean and variance: in training the batch's, else the running ones.

    Training moves the running mean and (unbiased) variance towards the batch's by `momentum`, in place. In
    training both may be None.
    """
    if not training:
        centred = input - reshape(running_mean, _channel(input))
        y = centred * rsqrt(reshape(running_var, _channel(input)) + eps)
        return _affine(y, weight, bias, _channel(input))
    dims = (0, *range(2, input.ndim))
    if math.prod([input.shape[d] for d in dims]) == 1:
        raise ValueError(f"Expected more than 1 value per channel when training, got {input.shape}")
    with no_grad():
        _follow(running_mean, mean(input, dims), momentum)
        _follow(running_var, var(input, dims), momentum)
    return _affine(_standardize(input, dim=dims, eps=eps), weight, bias, _channel(input))


def _follow(running: Any, batch: Any, momentum: float) -> None:
    if running is not None:
        running.copy_(running * (1 - momentum) + batch * momentum)


def instance_norm(
    input: Any,
    running_mean: Any = None,
    running_var: Any = None,
    weight: Any = None,
    bias: Any = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Any:
    """Mean 0 and variance 1 over every channel of every sample."""
    if not use_input_stats:
        return batch_norm(input, running_mean, running_var, weight, bias, False, momentum, eps)
    dims = tuple(range(2, input.ndim))
    if math.prod([input.shape[d] for d in dims]) == 1:
        raise ValueError(f"Expected more than 1 spatial element when training, got {input.shape}")
    with no_grad():
        _follow(running_mean, mean(input, (0, *dims)), momentum)
        if running_var is not None:
            _follow(running_var, mean(var(input, dims), 0), momentum)
    return _affine(_standardize(input, dim=dims, eps=eps), weight, bias, _channel(input))


@method
def renorm(input: Any, p: float, dim: int, maxnorm: float) -> Any:
    """Scale each slice along dim whose p-norm is larger than maxnorm to that norm."""
    axis = wrap_dim(dim, input.ndim)
    others = tuple([d for d in range(input.ndim) if d != axis])
    size = vector_norm(input, p, others, keepdim=True)
    return input * where(size > maxnorm, maxnorm / (size + 1e-7), 1.0)


def local_response_norm(
    input: Any, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0
) -> Any:
    """x / (k + alpha * the mean square of `size` neighbouring channels) ** beta."""
    around = [0, 0] * (input.ndim - 2) + [size // 2, (size - 1) // 2]
    squares = windows(pad(square(input), around), dim=1, size=size, step=1, dilation=1)
    return input / (mean(squares, -1) * alpha + k) ** beta
