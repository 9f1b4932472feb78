"""Softmax, distances, linear layers and attention, by the names of torch.nn.functional."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .contraction import einsum
from .elementwise import exp, sign, square, sub, where
from .functions import logical_not
from .graph import Array
from .movement import expand, squeeze, to, unsqueeze, wrap_dim
from .norms import vector_norm
from .pairs import clamp_min
from .primitive import primitive
from .products import matmul, transpose_last
from .reductions import sum, sum_over
from .tensor import Tensor, method

__all__ = [
    "bilinear", "cdist", "cosine_similarity", "dropout", "dropout1d", "dropout2d", "dropout3d",
    "linear", "log_softmax", "manual_seed", "normalize",
    "pairwise_distance", "pdist", "scaled_dot_product_attention", "softmax", "softmin",
]  # fmt: skip


def _np_softmax(x: Array, dim: int) -> Array:
    e = np.exp(x - np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf))
    return e / np.add.reduce(e, axis=dim, keepdims=True)


def np_log_softmax(x: Array, dim: int) -> Array:
    """The logarithm of the softmax along dim, of an array."""
    z = x - np.maximum.reduce(x, axis=dim, keepdims=True, initial=-np.inf)
    return z - np.log(np.add.reduce(np.exp(z), axis=dim, keepdims=True))


def _softmax_rule(g: Any, y: Any, x: Any, dim: int) -> Any:
    gy = g * y
    return gy - y * sum_over(gy, dim=(dim,), keepdim=True)


_softmax = primitive("softmax", _np_softmax, _softmax_rule)
_log_softmax = primitive(
    "log_softmax",
    np_log_softmax,
    lambda g, y, x, dim: g - exp(y) * sum_over(g, dim=(dim,), keepdim=True),
)


def _along(input: Any, dim: int) -> tuple[Any, int]:
    axis = wrap_dim(dim, input.ndim)
    return (input, axis) if input.ndim else (unsqueeze(input, 0), 0)


@method
def softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """exp(x) over its sum along dim, without overflow."""
    x, axis = _along(input if dtype is None else to(input, dtype), dim)
    y = _softmax(x, dim=axis)
    return y if input.ndim else squeeze(y, 0)


@method
def log_softmax(input: Any, dim: int, dtype: Any = None) -> Any:
    """The logarithm of `softmax`, finite where the softmax itself is rounded to 0."""
    x, axis = _along(input if dtype is None else to(input, dtype), dim)
    y = _log_softmax(x, dim=axis)
    return y if input.ndim else squeeze(y, 0)


def softmin(input: Any, dim: int) -> Any:
    """The softmax of -x."""
    return softmax(-input, dim)


def normalize(input: Any, p: float = 2.0, dim: Any = 1, eps: float = 1e-12) -> Any:
    """x divided by its p-norm along dim. A norm below eps counts as eps."""
    return input / clamp_min(vector_norm(input, p, dim, keepdim=True), eps)


def cosine_similarity(x1: Any, x2: Any, dim: int = 1, eps: float = 1e-8) -> Any:
    """The cosine of the angle along dim. A norm below eps counts as eps."""
    shape = np.broadcast_shapes(x1.shape, x2.shape)
    both = [expand(x, shape) for x in (x1, x2)]
    a, b = (x / clamp_min(vector_norm(x, 2, dim, keepdim=True), eps) for x in both)
    return sum(a * b, dim)


def pairwise_distance(
    x1: Any, x2: Any, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False
) -> Any:
    """The p-norm of x1 - x2 + eps along the last dim."""
    return vector_norm(sub(x1, x2) + eps, p, -1, keepdim)


def cdist(x1: Any, x2: Any, p: float = 2.0, compute_mode: str | None = None) -> Any:
    """Distances of every row of x1, shape (..., n, d), and every row of x2, (..., m, d): (..., n, m)."""
    return _distance(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p)


def pdist(input: Any, p: float = 2.0) -> Any:
    """Distances of every two rows of a matrix: the part of `cdist` above the diagonal."""
    if input.ndim != 2:
        raise RuntimeError(f"pdist: a matrix is expected, not shape {input.shape}")
    i, j = np.triu_indices(input.shape[0], 1)
    return _distance(input[i] - input[j], p)


def _distance(apart: Any, p: float) -> Any:
    return vector_norm(apart, p, -1) if p else sum(square(sign(apart)), -1)


def linear(input: Any, weight: Any, bias: Any = None) -> Any:
    """`input @ weight.T + bias`; weight has shape (out, in)."""
    y = matmul(input, weight.T)
    return y if bias is None else y + bias


def bilinear(input1: Any, input2: Any, weight: Any, bias: Any = None) -> Any:
    """`x1 @ weight[o] @ x2 + bias[o]` for every o; weight has shape (out, in1, in2)."""
    y = einsum("...i,oij,...j->...o", input1, weight, input2)
    return y if bias is None else y + bias


_random = np.random.default_rng()


def manual_seed(seed: int) -> None:
    """Seed the random numbers of `dropout`. They are not torch's."""
    global _random
    _random = np.random.default_rng(seed)


def dropout(input: Any, p: float = 0.5, training: bool = True) -> Any:
    """In training each element is 0 with probability p, else divided by 1 - p. Otherwise no change."""
    if not 0 <= p <= 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if not training or p == 0:
        return input
    kept = _random.random(input.shape) >= p
    return input * (kept / (1 - p) if p < 1 else np.zeros(input.shape)).astype(input.dtype)


def _channel_dropout(rank: int) -> Any:
    def op(input: Any, p: float = 0.5, training: bool = True) -> Any:
        lead = input.ndim - rank
        return input * dropout(
            np.ones((*input.shape[:lead], *[1] * rank), input.dtype), p, training
        )

    op.__name__ = f"dropout{rank}d"
    op.__doc__ = f"`dropout` of whole channels, which are all but the last {rank} dims."
    return op


dropout1d, dropout2d, dropout3d = [_channel_dropout(rank) for rank in (1, 2, 3)]


def scaled_dot_product_attention(
    query: Any,
    key: Any,
    value: Any,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
) -> Any:
    """softmax(query @ key.T * scale + mask) @ value.

    query (..., l, e), key (..., s, e), value (..., s, v); scale is 1 / sqrt(e) unless given. A bool
    mask is True where attention is allowed. As in torch, a row that allows none gives 0.
    """
    if dropout_p:
        raise RuntimeError("attention: dropout is random and not offered here; use dropout_p=0")
    if is_causal and attn_mask is not None:
        raise RuntimeError("attention: give attn_mask or is_causal, not both")
    by = 1 / math.sqrt(query.shape[-1]) if scale is None else scale
    scores = matmul(query * by, transpose_last(key))
    if is_causal:
        attn_mask = np.tri(*scores.shape[-2:], dtype=bool)
    if attn_mask is None:
        return matmul(softmax(scores, -1), value)
    if attn_mask.dtype != bool:
        return matmul(softmax(scores + attn_mask, -1), value)
    blocked = logical_not(attn_mask.data if isinstance(attn_mask, Tensor) else attn_mask)
    empty = np.logical_and.reduce(blocked, axis=-1, keepdims=True)
    weights = softmax(where(blocked & ~empty, -math.inf, scores), -1)
    return matmul(where(empty, 0.0, weights), value)
