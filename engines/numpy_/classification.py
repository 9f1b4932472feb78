"""Losses against classes, and how losses are reduced ('mean', 'sum' or 'none').

The class is dim 1 of the input (dim 0 of a single sample); targets are class indices, or probabilities of
the input's shape. The binary losses take a probability, or its logit, for every element.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .activations import logsigmoid
from .dtypes import is_floating
from .elementwise import log, where
from .functions import log1p
from .graph import Array
from .indexing import put
from .movement import movedim, reshape
from .neural import linear, log_softmax, np_log_softmax, softmax
from .pairs import clamp_min
from .primitive import elementwise, primitive, quiet
from .reductions import mean, sum
from .tensor import Tensor, record

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "linear_cross_entropy",
    "nll_loss",
]  # fmt: skip


def reduced(loss: Any, reduction: str) -> Any:
    """Reduce the losses of all elements by their mean or sum, or return them as they are."""
    if reduction == "none":
        return loss
    _known(reduction)
    return mean(loss) if reduction == "mean" else sum(loss)


def _known(reduction: str) -> None:
    if reduction not in ("mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction: mean, sum, none")


def _same_shape(input: Any, target: Any, name: str) -> None:
    if input.shape != target.shape:
        raise ValueError(f"{name}: the target has shape {target.shape}, the input {input.shape}")


_nll = primitive(
    "nll_loss",
    lambda lp, weight, key: -(lp[key] @ weight),
    lambda g, y, lp, weight, key: put(-g * weight, shape=lp.shape, key=key, once=True),
)


def nll_loss(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Any:
    """Minus the log-probability at the target class, times the class's weight.

    Targets equal to ignore_index are left out. The mean divides by the sum of the other targets' weights.
    IndexError for a target that is no class.
    """
    lp = _rows(input)
    key, weights = _targets(lp.shape, target, weight, ignore_index, input.dtype)
    if reduction == "none":
        losses = put(lp[key] * -weights, shape=lp.shape[:1], key=key[:1], once=True)
        return reshape(losses, target.shape)
    _known(reduction)
    total = weights.sum() if reduction == "mean" else None
    if total == 0:
        return _nll(lp, weights, key=key) / 0
    return _nll(lp, weights if total is None else weights / total, key=key)


def _rows(input: Any) -> Any:
    """Class scores as a matrix with a row for each sample or place."""
    if input.ndim == 2:
        return input
    dim = min(1, input.ndim - 1)
    return reshape(movedim(input, dim, -1), (-1, input.shape[dim]))


def _targets(
    shape: tuple[int, int], target: Any, weight: Any, ignore_index: int, dtype: Any
) -> tuple[tuple[Array, Array], Array]:
    """The row, the class and the weight of every target that is not left out."""
    classes = (target.data if isinstance(target, Tensor) else np.asarray(target)).reshape(-1)
    if len(classes) != shape[0]:
        raise ValueError(f"{len(classes)} targets for {shape[0]} rows of classes")
    rows = np.arange(len(classes))
    if ignore_index >= 0 or (classes.size and classes.min() < 0):
        valid = classes != ignore_index
        rows, classes = rows[valid], classes[valid]
        if classes.size and classes.min() < 0:
            raise IndexError(f"the target {classes.min()} is no class")
    return (rows, classes), _class_weights(weight, classes, dtype)


def _class_weights(weight: Any, classes: Array, dtype: Any) -> Array:
    if weight is None:
        return np.ones(len(classes), dtype)
    return (weight.data if isinstance(weight, Tensor) else np.asarray(weight))[classes]


def cross_entropy(
    input: Any,
    target: Any,
    weight: Any = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Any:
    """`nll_loss` of `log_softmax`. label_smoothing is the share of the target that all classes receive."""
    if not is_floating(target.dtype) and not label_smoothing and reduction != "none":
        return _fused_cross_entropy(input, target, weight, ignore_index, reduction)
    dim = 0 if input.ndim == 1 else 1
    lp = log_softmax(input, dim)
    if is_floating(target.dtype):
        return _soft_cross_entropy(lp, target, weight, reduction, label_smoothing, dim)
    loss = nll_loss(lp, target, weight, ignore_index=ignore_index, reduction=reduction)
    if not label_smoothing:
        return loss
    every = -sum(lp if weight is None else lp * _beside(weight, lp, dim), dim)
    places = target.data if isinstance(target, Tensor) else np.asarray(target)
    counted = places != ignore_index
    every = where(counted, every, 0.0)
    if reduction == "mean":
        every = sum(every) / _class_weights(weight, places[counted], input.dtype).sum()
    elif reduction == "sum":
        every = sum(every)
    return loss * (1 - label_smoothing) + every * (label_smoothing / input.shape[dim])


def linear_cross_entropy(
    input: Any,
    linear_weight: Any,
    target: Any,
    *,
    linear_bias: Any = None,
    ignore_index: int | None = None,
    **settings: Any,
) -> Any:
    """`cross_entropy` of `linear`, whose weight has shape (classes, *places, in)."""
    rows = reshape(linear_weight, (-1, linear_weight.shape[-1]))
    bias = None if linear_bias is None else reshape(linear_bias, (-1,))
    shape = (*input.shape[:-1], *linear_weight.shape[:-1])
    scores = reshape(linear(input, rows, bias), shape)
    ignored = -100 if ignore_index is None else ignore_index
    return cross_entropy(scores, target, ignore_index=ignored, **settings)


_quiet_log_softmax, _divide = quiet(np_log_softmax), quiet(np.true_divide)


def _fused_cross_entropy(
    input: Any, target: Any, weight: Any, ignore_index: int, reduction: str
) -> Any:
    """The usual case as one op. Its gradient, softmax minus target, is cheaper than those of two ops."""
    _known(reduction)
    x = _rows(input)
    scores = x.data if isinstance(x, Tensor) else x
    key, weights = _targets(scores.shape, target, weight, ignore_index, scores.dtype)
    if reduction == "mean":
        weights = _divide(weights, weights.sum())
    lp = _quiet_log_softmax(scores, 1)
    loss = -(lp[key] @ weights) if len(weights) or reduction == "sum" else np.nan
    saved = (scores, lp, weights)
    return record("cross_entropy", np.asarray(loss, lp.dtype), (x,), _FUSED, saved, {"key": key})


def _fused_rule(g: Any, y: Any, x: Any, lp: Any, weights: Any, key: Any) -> Any:
    per_row = np.zeros((lp.shape[0], 1), lp.dtype)
    per_row[key[0], 0] = weights
    if isinstance(x, Tensor):
        return g * (softmax(x, 1) * per_row - put(weights, shape=lp.shape, key=key, once=True))
    slope = np.exp(lp) * per_row
    slope[key] -= weights
    return g * slope


_FUSED = (_fused_rule,)


def _soft_cross_entropy(
    lp: Any, target: Any, weight: Any, reduction: str, smoothing: float, dim: int
) -> Any:
    _same_shape(lp, target, "cross_entropy")
    if smoothing:
        target = target * (1 - smoothing) + smoothing / lp.shape[dim]
    product = lp * target
    loss = -sum(product if weight is None else product * _beside(weight, lp, dim), dim)
    return reduced(loss, reduction)


def _beside(weight: Any, x: Any, dim: int) -> Any:
    """Class weights, reshaped so that they broadcast along dim of x."""
    return reshape(weight, tuple([-1 if d == dim else 1 for d in range(x.ndim)]))


def _np_bce(p: Array, t: Array) -> Array:
    return -(t * np.maximum(np.log(p), -100) + (1 - t) * np.maximum(np.log1p(-p), -100))


_bce = elementwise(
    "binary_cross_entropy",
    _np_bce,
    lambda g, y, p, t: g * (p - t) / clamp_min((1 - p) * p, 1e-12),
    lambda g, y, p, t: g * (clamp_min(log1p(-p), -100) - clamp_min(log(p), -100)),
)


def binary_cross_entropy(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """Minus the log-probability of a yes-or-no target. Logarithms below -100 count as -100."""
    _same_shape(input, target, "binary_cross_entropy")
    if not ((input >= 0) & (input <= 1)).all():
        raise RuntimeError("all elements of input should be between 0 and 1")
    loss = _bce(input, target)
    return reduced(loss if weight is None else loss * weight, reduction)


def binary_cross_entropy_with_logits(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean", pos_weight: Any = None
) -> Any:
    """`binary_cross_entropy` of the sigmoid, without overflow. pos_weight scales the yes side."""
    _same_shape(input, target, "binary_cross_entropy_with_logits")
    yes = logsigmoid(input)
    if pos_weight is not None:
        yes = ((pos_weight - 1) * target + 1) * yes
    loss = (1 - target) * input - yes
    return reduced(loss if weight is None else loss * weight, reduction)
