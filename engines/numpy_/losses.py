"""Losses whose targets are numbers, and losses with margins between classes.

In all of them `reduction` is 'mean', 'sum' or 'none'.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .activations import logsigmoid
from .classification import reduced
from .elementwise import abs, exp, log, minimum, sign, square, sub, where
from .functions import log1p
from .indexing import gather
from .movement import reshape, unsqueeze
from .neural import pairwise_distance
from .pairs import clamp_min, xlogy
from .primitive import primitive
from .reductions import mean, sum
from .tensor import Tensor

__all__ = [
    "cosine_embedding_loss", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss",
    "margin_ranking_loss", "mse_loss", "multi_margin_loss", "multilabel_soft_margin_loss", "poisson_nll_loss",
    "smooth_l1_loss", "soft_margin_loss", "triplet_margin_loss",
]  # fmt: skip


# fmt: off
_smooth_l1 = primitive("smooth_l1_loss",
    lambda z, beta: np.where(np.abs(z) < beta, z * z * 0.5 / beta, np.abs(z) - 0.5 * beta),
    lambda g, y, z, beta: g * where(abs(z) < beta, z / beta, sign(z)))
_huber = primitive("huber_loss",
    lambda z, delta: np.where(np.abs(z) <= delta, z * z * 0.5, delta * (np.abs(z) - 0.5 * delta)),
    lambda g, y, z, delta: g * where(abs(z) <= delta, z, sign(z) * delta))
# fmt: on


def mse_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The squared difference."""
    return reduced(square(sub(input, target)), reduction)


def l1_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """The absolute difference."""
    return reduced(abs(sub(input, target)), reduction)


def smooth_l1_loss(input: Any, target: Any, *, reduction: str = "mean", beta: float = 1.0) -> Any:
    """Half the squared difference over beta; above beta linear with slope 1."""
    if not beta:
        return l1_loss(input, target, reduction=reduction)
    return reduced(_smooth_l1(sub(input, target), beta=beta), reduction)


def huber_loss(input: Any, target: Any, *, reduction: str = "mean", delta: float = 1.0) -> Any:
    """Half the squared difference; above delta linear with slope delta."""
    return reduced(_huber(sub(input, target), delta=delta), reduction)


def kl_div(input: Any, target: Any, *, reduction: str = "mean", log_target: bool = False) -> Any:
    """target * (log target - input), for log-probabilities. 'batchmean' divides by the size of dim 0."""
    loss = exp(target) * (target - input) if log_target else xlogy(target, target) - target * input
    if reduction == "batchmean":
        return sum(loss) / (input.shape[0] if input.ndim else 1)
    return reduced(loss, reduction)


def hinge_embedding_loss(
    input: Any, target: Any, *, margin: float = 1.0, reduction: str = "mean"
) -> Any:
    """The input where the target is 1, and max(0, margin - input) where it is -1."""
    far = where(target == 1, 0.0, clamp_min(margin - input, 0))
    return reduced(far + where(target == -1, 0.0, input), reduction)


def margin_ranking_loss(
    input1: Any, input2: Any, target: Any, *, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """max(0, margin - target * (input1 - input2))."""
    return reduced(clamp_min(-target * sub(input1, input2) + margin, 0), reduction)


def multi_margin_loss(
    input: Any,
    target: Any,
    p: int = 1,
    margin: float = 1.0,
    weight: Any = None,
    *,
    reduction: str = "mean",
) -> Any:
    """The mean over all other classes of max(0, margin - score of the target + score) ** p."""
    scores = input if input.ndim > 1 else reshape(input, (1, -1))
    places = reshape(target, (-1, 1))
    own = gather(scores, 1, places)
    far = clamp_min(margin - own + scores, 0) ** p
    far = far if weight is None else far * weight[places]
    mine = places.data == np.arange(scores.shape[1])
    loss = sum(where(mine, 0.0, far), 1) / scores.shape[1]
    return reduced(reshape(loss, target.shape), reduction)


def multilabel_soft_margin_loss(
    input: Any, target: Any, weight: Any = None, *, reduction: str = "mean"
) -> Any:
    """The mean over the classes (the last dim) of `binary_cross_entropy_with_logits`."""
    loss = -(target * logsigmoid(input) + (1 - target) * logsigmoid(-input))
    return reduced(mean(loss if weight is None else loss * weight, -1), reduction)


def soft_margin_loss(input: Any, target: Any, *, reduction: str = "mean") -> Any:
    """log(1 + exp(-target * input))."""
    return reduced(log1p(exp(-target * input)), reduction)


def poisson_nll_loss(
    input: Any,
    target: Any,
    *,
    log_input: bool = True,
    full: bool = False,
    eps: float = 1e-8,
    reduction: str = "mean",
) -> Any:
    """exp(x) - t x if x is the log of the rate, else x - t log(x + eps). `full`: plus Stirling's terms."""
    loss = exp(input) - target * input if log_input else input - target * log(input + eps)
    if full:
        above = where(target > 1, target, 1.0)
        stirling = above * log(above) - above + log(above * (2 * math.pi)) * 0.5
        loss = loss + where(target > 1, stirling, 0.0)
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: Any,
    target: Any,
    var: Any,
    *,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Any:
    """Half of log(var) + (input - target)^2 / var. A var below eps counts as eps and keeps its slope.

    var may have one number for each row: the shape of the input without the last dim.
    """
    if var.shape == input.shape[:-1]:
        var = unsqueeze(var, -1)
    values = var.data if isinstance(var, Tensor) else var
    held = var + np.maximum(eps - values, 0)
    loss = (log(held) + square(sub(input, target)) / held) * 0.5
    return reduced(loss + 0.5 * math.log(2 * math.pi) if full else loss, reduction)


def cosine_embedding_loss(
    input1: Any, input2: Any, target: Any, *, margin: float = 0.0, reduction: str = "mean"
) -> Any:
    """1 - cosine where the target is 1, and max(0, cosine - margin) where it is -1."""
    a, b = (sum(square(x), -1) + 1e-12 for x in (input1, input2))
    cosine = sum(input1 * input2, -1) / (a * b) ** 0.5
    far = where(target == -1, clamp_min(cosine - margin, 0), 0.0)
    return reduced(where(target == 1, 1 - cosine, 0.0) + far, reduction)


def triplet_margin_loss(
    anchor: Any,
    positive: Any,
    negative: Any,
    *,
    margin: float = 1.0,
    p: float = 2.0,
    eps: float = 1e-6,
    swap: bool = False,
    reduction: str = "mean",
) -> Any:
    """max(0, margin + distance to the positive - distance to the negative)."""
    far = pairwise_distance(anchor, negative, p, eps)
    if swap:
        far = minimum(far, pairwise_distance(positive, negative, p, eps))
    return reduced(
        clamp_min(pairwise_distance(anchor, positive, p, eps) - far + margin, 0), reduction
    )
