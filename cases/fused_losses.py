"""Fused and composed: losses and activations by name, and spelt out.

All variants of a case are one function, so that they have one value and one gradient. A test checks
that torch's answers agree.
"""

import math
from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal, normal, uniform
from gradconform.trace import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    erf,
    exp,
    gather,
    gelu,
    huber_loss,
    kl_div,
    log,
    log_softmax,
    logsumexp,
    minimum,
    mse_loss,
    nll_loss,
    sigmoid,
    silu,
    softplus,
    tanh,
    where,
)

one = partial(case, tags=("spellings",))


def spelt(**functions):
    """Variants over spellings."""
    return {name: {"f": function} for name, function in functions.items()}


@one(
    x=normal(3, 4),
    t=literal([1, 0, 3], "int64"),
    variants=spelt(
        fused=cross_entropy,
        in_two_steps=lambda x, t: nll_loss(log_softmax(x, dim=1), t),
        picked=lambda x, t: -gather(log_softmax(x, dim=1), 1, t[:, None]).mean(),
        indexed=lambda x, t: (logsumexp(x, dim=1) - x[[0, 1, 2], [1, 0, 3]]).mean(),
    ),
)
def cross_entropy_of_classes(x, t, *, f):
    """cross entropy in four spellings"""
    return f(x, t)


@one(
    x=normal(2, 3),
    t=constant([[1.0, 0.0, 0.5], [0.0, 1.0, 0.25]]),
    variants=spelt(
        fused=binary_cross_entropy_with_logits,
        in_two_steps=lambda x, t: binary_cross_entropy(sigmoid(x), t),
        by_softplus=lambda x, t: (softplus(x) - x * t).mean(),
        by_logarithms=lambda x, t: -(t * log(sigmoid(x)) + (1 - t) * log(1 - sigmoid(x))).mean(),
    ),
)
def binary_cross_entropy_of_logits(x, t, *, f):
    """binary cross entropy in four spellings"""
    return f(x, t)


@one(
    x=normal(2, 3),
    y=normal(2, 3),
    variants=spelt(
        fused=mse_loss,
        power=lambda x, y: ((x - y) ** 2).mean(),
        product=lambda x, y: ((x - y) * (x - y)).sum() / 6,
        expanded=lambda x, y: (x * x - 2 * x * y + y * y).mean(),
    ),
)
def squared_error(x, y, *, f):
    """the mean squared error in four spellings"""
    return f(x, y)


@one(
    x=[0.3, -2.5, 1.4, -0.2],
    y=[0.0, 0.1, 0.2, 0.3],
    variants=spelt(
        fused=huber_loss,
        chosen=lambda x, y: where(abs(x - y) < 1, 0.5 * (x - y) ** 2, abs(x - y) - 0.5).mean(),
        clamped=lambda x, y: (
            (d := minimum(abs(x - y), x * 0 + 1.0)) * (abs(x - y) - 0.5 * d)
        ).mean(),
    ),
)
def huber_error(x, y, *, f):
    """the Huber loss in three spellings"""
    return f(x, y)


@one(
    x=uniform(2, 3, low=-2.0, high=-0.5),
    t=constant([[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]]),
    variants=spelt(
        fused=lambda x, t: kl_div(x, t, reduction="sum"),
        composed=lambda x, t: (t * (log(t) - x)).sum(),
        logarithms=lambda x, t: kl_div(x, log(t), reduction="sum", log_target=True),
    ),
)
def divergence(x, t, *, f):
    """the Kullback-Leibler divergence in three spellings"""
    return f(x, t)


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=lambda x: gelu(x, approximate="none"),
        composed=lambda x: 0.5 * x * (1 + erf(x * math.sqrt(0.5))),
    ),
)
def gelu_of_a_tensor(x, *, f):
    """gelu, and x times the normal distribution function"""
    return f(x)


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=silu,
        composed=lambda x: x * sigmoid(x),
        quotient=lambda x: x / (1 + exp(-x)),
        by_tanh=lambda x: 0.5 * x * (1 + tanh(0.5 * x)),
    ),
)
def silu_of_a_tensor(x, *, f):
    """silu in four spellings"""
    return f(x)
