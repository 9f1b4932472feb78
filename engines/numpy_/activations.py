"""Activations of torch.nn.functional, with torch's choice of slope at every kink."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .elementwise import exp, keep, sigmoid, tanh, where
from .functions import erf
from .movement import reshape, wrap_dim
from .primitive import elementwise, primitive
from .tensor import method

__all__ = [
    "celu", "elu", "gelu", "glu", "hardshrink", "hardsigmoid", "hardswish", "hardtanh", "leaky_relu",
    "logsigmoid", "mish", "prelu", "relu6", "selu", "silu", "softplus", "softshrink", "softsign",
    "tanhshrink", "threshold",
]  # fmt: skip

_SELU_ALPHA = 1.6732632423543772848170429916717  # Klambauer et al. 2017, arXiv:1706.02515
_SELU_SCALE = 1.0507009873554804934193349852946
_HALF_ROOT = math.sqrt(0.5)
_DENSITY = 1 / math.sqrt(2 * math.pi)
_GELU = math.sqrt(2 / math.pi)  # Hendrycks and Gimpel 2016, arXiv:1606.08415, with 0.044715


def _sigmoid(x: Any) -> Any:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, e) / (1 + e)


def _np_elu(x: Any, alpha: float, scale: float, inner: float) -> Any:
    return np.where(x <= 0, np.expm1(np.minimum(x, 0) * inner) * (alpha * scale), x * scale)


def _elu_rule(g: Any, y: Any, x: Any, alpha: float, scale: float, inner: float) -> Any:
    below = where(x <= 0, x, 0.0)  # so that exp stays finite where the other branch is taken
    return g * where(x <= 0, exp(below * inner) * (alpha * scale * inner), scale)


def _np_softplus(x: Any, beta: float, threshold: float) -> Any:
    return np.where(x * beta > threshold, x, np.log1p(np.exp(x * beta)) / beta)


def _gelu_slope(x: Any) -> Any:
    return (1 + erf(x * _HALF_ROOT)) * 0.5 + x * (exp(x * x * -0.5) * _DENSITY)


def _np_gelu_tanh(x: Any) -> Any:
    return 0.5 * x * (1 + np.tanh(_GELU * (x + 0.044715 * (x * x * x))))


def _gelu_tanh_slope(x: Any) -> Any:
    t = tanh((x + x * x * x * 0.044715) * _GELU)
    return (1 + t) * 0.5 + x * (1 - t * t) * ((1 + x * x * (3 * 0.044715)) * (0.5 * _GELU))


def _mish_slope(x: Any) -> Any:
    t = tanh(softplus(x))
    return t + x * sigmoid(x) * (1 - t * t)


def _silu_slope(x: Any) -> Any:
    s = sigmoid(x)
    return s * (1 + x * (1 - s))


# fmt: off
_leaky_relu = primitive("leaky_relu", lambda x, slope: np.where(x > 0, x, x * slope),
    lambda g, y, x, slope: where(x > 0, g, g * slope))
_elu = primitive("elu", _np_elu, _elu_rule)
_hardtanh = primitive("hardtanh", lambda x, low, high: np.clip(x, low, high),
    lambda g, y, x, low, high: keep(g, ~((x <= low) | (x >= high))))
_softplus = primitive("softplus", _np_softplus,
    lambda g, y, x, beta, threshold: where(x * beta > threshold, g, g * sigmoid(x * beta)))
_softshrink = primitive("softshrink",
    lambda x, lambd: np.where(x > lambd, x - lambd, np.where(x < -lambd, x + lambd, x * 0)),
    lambda g, y, x, lambd: keep(g, ~((x >= -lambd) & (x <= lambd))))
_hardshrink = primitive("hardshrink",
    lambda x, lambd: np.where((x >= -lambd) & (x <= lambd), np.zeros_like(x), x),
    lambda g, y, x, lambd: keep(g, ~((x >= -lambd) & (x <= lambd))))
_threshold = primitive("threshold",
    lambda x, least, value: np.where(x <= least, np.asarray(value, x.dtype), x),
    lambda g, y, x, least, value: keep(g, ~(x <= least)))
_prelu = elementwise("prelu", lambda x, w: np.where(x > 0, x, w * x),
    lambda g, y, x, w: where(x > 0, g, w * g), lambda g, y, x, w: where(x > 0, 0.0, x * g))
_gelu = elementwise("gelu", lambda x: x * 0.5 * (1 + erf(x * _HALF_ROOT)), lambda g, y, x: g * _gelu_slope(x))
_gelu_tanh = elementwise("gelu", _np_gelu_tanh, lambda g, y, x: g * _gelu_tanh_slope(x))

silu = elementwise("silu", lambda x: x * _sigmoid(x), lambda g, y, x: g * _silu_slope(x))
mish = elementwise("mish", lambda x: x * np.tanh(_np_softplus(x, 1, 20)), lambda g, y, x: g * _mish_slope(x))
logsigmoid = elementwise("logsigmoid", lambda x: np.minimum(x, 0) - np.log1p(np.exp(-np.abs(x))),
    lambda g, y, x: g * sigmoid(-x))
hardsigmoid = elementwise("hardsigmoid", lambda x: np.clip(x + 3, 0, 6) / 6,
    lambda g, y, x: keep(g / 6, (x > -3) & (x < 3)))
hardswish = elementwise("hardswish", lambda x: x * np.clip(x + 3, 0, 6) / 6,
    lambda g, y, x: where(x <= -3, 0.0, where(x < 3, g * (x / 3 + 0.5), g)))
# fmt: on


def leaky_relu(input: Any, negative_slope: float = 0.01) -> Any:
    """x above 0, `negative_slope * x` elsewhere."""
    return _leaky_relu(input, slope=negative_slope)


def elu(input: Any, alpha: float = 1.0) -> Any:
    """x above 0, `alpha * (exp(x) - 1)` elsewhere."""
    return _elu(input, alpha=alpha, scale=1.0, inner=1.0)


def celu(input: Any, alpha: float = 1.0) -> Any:
    """x above 0, `alpha * (exp(x / alpha) - 1)` elsewhere."""
    return _elu(input, alpha=alpha, scale=1.0, inner=1.0 / alpha)


def selu(input: Any) -> Any:
    """`elu` scaled so that activations keep mean 0 and variance 1."""
    return _elu(input, alpha=_SELU_ALPHA, scale=_SELU_SCALE, inner=1.0)


def hardtanh(input: Any, min_val: float = -1.0, max_val: float = 1.0) -> Any:
    """Limited to min_val..max_val. Unlike that of `clamp`, the slope at both bounds is 0."""
    return _hardtanh(input, low=min_val, high=max_val)


def relu6(input: Any) -> Any:
    """Limited to 0..6."""
    return _hardtanh(input, low=0.0, high=6.0)


def softplus(input: Any, beta: float = 1.0, threshold: float = 20.0) -> Any:
    """log(1 + exp(beta x)) / beta; x itself where beta x is above the threshold."""
    return _softplus(input, beta=beta, threshold=threshold)


def gelu(input: Any, approximate: str = "none") -> Any:
    """x times the normal distribution function, exactly ('none') or by 'tanh'."""
    if approximate not in ("none", "tanh"):
        raise RuntimeError(f"gelu: approximate is 'none' or 'tanh', not {approximate!r}")
    return _gelu(input) if approximate == "none" else _gelu_tanh(input)


def softshrink(input: Any, lambd: float = 0.5) -> Any:
    """x moved towards 0 by lambd; 0 where |x| is at most lambd."""
    return _softshrink(input, lambd=lambd)


@method
def hardshrink(input: Any, lambd: float = 0.5) -> Any:
    """x; 0 where |x| is at most lambd."""
    return _hardshrink(input, lambd=lambd)


def threshold(input: Any, threshold: float, value: float) -> Any:
    """x above the threshold, `value` elsewhere."""
    return _threshold(input, least=threshold, value=value)


def tanhshrink(input: Any) -> Any:
    """x - tanh(x)."""
    return input - tanh(input)


def softsign(input: Any) -> Any:
    """x / (1 + |x|)."""
    return input / (abs(input) + 1)


@method
def prelu(input: Any, weight: Any) -> Any:
    """x above 0, `weight * x` elsewhere; one weight, or one for each channel (dim 1)."""
    if weight.ndim == 1:
        shape = (1, -1, *[1] * (input.ndim - 2)) if input.ndim > 1 else ()
        weight = reshape(weight, shape)
    return _prelu(input, weight)


def glu(input: Any, dim: int = -1) -> Any:
    """The first half along dim, gated by the sigmoid of the second; the size must be even."""
    axis = wrap_dim(dim, input.ndim)
    if input.shape[axis] % 2:
        raise RuntimeError(f"glu: size {input.shape[axis]} of dim {dim} is not even")
    half = input.shape[axis] // 2
    before = (slice(None),) * axis
    return input[(*before, slice(0, half))] * sigmoid(input[(*before, slice(half, None))])
