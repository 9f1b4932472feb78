"""Losses of torch.nn.functional. `reduction` is 'mean', 'sum' or 'none' everywhere.

Classification losses take the class along dim 1 (dim 0 of a single sample); targets are class
indices, or probabilities of the same shape as the input.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .activations import logsigmoid
from .dtypes import is_floating
from .elementwise import abs, exp, log, maximum, sign, square, sub, where
from .functions import log1p
from .indexing import put
from .joining import stack
from .movement import movedim, reshape, unsqueeze, wrap_dim
from .neural import log_softmax, pairwise_distance
from .pairs import clamp_min, xlogy
from .primitive import elementwise, primitive
from .reductions import mean, sum
from .tensor import Array, Tensor

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cosine_embedding_loss", "cross_entropy",
    "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss", "kl_div", "l1_loss",
    "margin_ranking_loss", "mse_loss", "nll_loss", "poisson_nll_loss", "smooth_l1_loss",
    "soft_margin_loss", "triplet_margin_loss",
]  # fmt: skip


def reduced(loss: Any, reduction: str) -> Any:
    """The losses of all elements as one, or as they are."""
    if reduction == "none":
        return loss
    if reduction not in ("mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction: mean, sum, none")
    return mean(loss) if reduction == "mean" else sum(loss)


def _same_shape(input: Any, target: Any, name: str) -> None:
    if input.shape != target.shape:
        raise ValueError(f"{name}: the target has shape {target.shape}, the input {input.shape}")
