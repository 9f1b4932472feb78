"""Fused and composed: reductions, layers and normalisations by name, and spelt out.

All variants of a case are one function, so that they have one value and one gradient. A test checks
that torch's answers agree.
"""

import math
from functools import partial

from gradconform import case, trace
from gradconform.catalogue import normal
from gradconform.trace import (
    avg_pool1d,
    batch_norm,
    conv1d,
    exp,
    layer_norm,
    linear,
    log,
    log_softmax,
    logsumexp,
    maximum,
    rms_norm,
    rsqrt,
    scaled_dot_product_attention,
    softmax,
    sqrt,
    stack,
    vector_norm,
)

one = partial(case, tags=("spellings",))


def spelt(**functions):
    """Variants over spellings."""
    return {name: {"f": function} for name, function in functions.items()}


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=lambda x: softmax(x, dim=1),
        quotient=lambda x: exp(x) / exp(x).sum(dim=1, keepdim=True),
        shifted=lambda x: exp(x - logsumexp(x, dim=1, keepdim=True)),
        by_logarithm=lambda x: exp(log_softmax(x, dim=1)),
    ),
)
def softmax_of_rows(x, *, f):
    """softmax in four spellings, multiplied back"""
    return f(x) * x


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=lambda x: log_softmax(x, dim=1),
        difference=lambda x: x - logsumexp(x, dim=1, keepdim=True),
        by_softmax=lambda x: log(softmax(x, dim=1)),
    ),
)
def log_softmax_of_rows(x, *, f):
    """log_softmax in three spellings"""
    return f(x) * x


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=lambda x: x.mean(dim=1),
        quotient=lambda x: x.sum(dim=1) / 3,
        product=lambda x: (x * (1 / 3)).sum(dim=1),
        by_columns=lambda x: (x[:, 0] + x[:, 1] + x[:, 2]) / 3,
    ),
)
def mean_of_rows(x, *, f):
    """the mean along an axis in four spellings"""
    return f(x) * f(x)


@one(
    x=normal(2, 4),
    variants=spelt(
        fused=lambda x: x.var(dim=1, correction=1),
        of_deviations=lambda x: ((x - x.mean(dim=1, keepdim=True)) ** 2).sum(dim=1) / 3,
        of_squares=lambda x: ((x * x).mean(dim=1) - x.mean(dim=1) ** 2) * (4 / 3),
        by_deviation=lambda x: x.std(dim=1, correction=1) ** 2,
    ),
)
def variance_of_rows(x, *, f):
    """the variance in four spellings"""
    return f(x)


@one(
    x=normal(2, 3),
    variants=spelt(
        fused=lambda x: vector_norm(x, dim=1),
        root=lambda x: sqrt((x * x).sum(dim=1)),
        power=lambda x: (x**2).sum(dim=1) ** 0.5,
    ),
)
def norm_of_rows(x, *, f):
    """the Euclidean norm in three spellings"""
    return f(x)


@one(
    x=normal(2, 3),
    w=normal(4, 3),
    b=normal(4),
    variants=spelt(
        fused=linear,
        product=lambda x, w, b: x @ w.T + b,
        addmm=lambda x, w, b: trace.addmm(b, x, w.T),
        stretched=lambda x, w, b: (x[:, None, :] * w).sum(dim=2) + b,
    ),
)
def affine_layer(x, w, b, *, f):
    """a linear layer in four spellings"""
    return f(x, w, b)


NORMALISED = {
    "layer_norm": (
        lambda x: layer_norm(x, [3], eps=1e-3),
        lambda x: (
            (x - x.mean(dim=1, keepdim=True))
            / sqrt(x.var(dim=1, correction=0, keepdim=True) + 1e-3)
        ),
    ),
    "batch_norm": (
        lambda x: batch_norm(x, None, None, training=True, eps=1e-3),
        lambda x: (x - x.mean(dim=0)) * rsqrt(x.var(dim=0, correction=0) + 1e-3),
    ),
    "rms_norm": (
        lambda x: rms_norm(x, [3], eps=1e-3),
        lambda x: x * rsqrt((x * x).mean(dim=1, keepdim=True) + 1e-3),
    ),
}


def normalised(name):
    """The two spellings of one normalisation."""
    return spelt(fused=NORMALISED[name][0], composed=NORMALISED[name][1])


@one(x=normal(4, 3), variants=normalised("layer_norm"))
def layer_norm_of_rows(x, *, f):
    """layer_norm, and (x - mean) / sqrt(var + eps)"""
    return f(x) * x


@one(x=normal(4, 3), variants=normalised("batch_norm"))
def batch_norm_of_columns(x, *, f):
    """batch_norm in training, and (x - mean) / sqrt(var + eps) over the batch"""
    return f(x) * x


@one(x=normal(4, 3), variants=normalised("rms_norm"))
def rms_norm_of_rows(x, *, f):
    """rms_norm, and x / sqrt(mean of squares + eps)"""
    return f(x) * x


@one(
    q=normal(3, 2),
    k=normal(4, 2),
    v=normal(4, 2),
    variants=spelt(
        fused=scaled_dot_product_attention,
        composed=lambda q, k, v: softmax(q @ k.T / math.sqrt(2), dim=1) @ v,
        scaled_first=lambda q, k, v: softmax((q * 2**-0.5) @ k.T, dim=-1) @ v,
    ),
)
def attention(q, k, v, *, f):
    """attention in three spellings"""
    return f(q, k, v)


@one(
    x=normal(1, 2, 5),
    w=normal(3, 2, 3),
    variants=spelt(
        fused=conv1d,
        windows=lambda x, w: trace.einsum("bcpk,ock->bop", x.unfold(2, 3, 1), w),
        shifts=lambda x, w: (
            w[:, :, 0] @ x[:, :, :3] + w[:, :, 1] @ x[:, :, 1:4] + w[:, :, 2] @ x[:, :, 2:]
        ),
    ),
)
def convolution(x, w, *, f):
    """a convolution along one axis in three spellings"""
    return f(x, w)


@one(
    x=normal(1, 2, 6),
    variants=spelt(
        fused=lambda x: avg_pool1d(x, kernel_size=2),
        reshaped=lambda x: x.reshape((1, 2, 3, 2)).mean(dim=3),
        sliced=lambda x: (x[:, :, ::2] + x[:, :, 1::2]) / 2,
    ),
)
def average_of_windows(x, *, f):
    """average pooling in three spellings"""
    return f(x) * f(x)


@one(
    x=normal(2, 3),
    y=normal(2, 3),
    z=normal(2, 3),
    variants=spelt(
        in_turn=lambda x, y, z: maximum(maximum(x, y), z),
        the_other_way=lambda x, y, z: maximum(x, maximum(z, y)),
        stacked=lambda x, y, z: stack([x, y, z], dim=0).amax(dim=0),
        negated=lambda x, y, z: -stack([-z, -x, -y], dim=2).amin(dim=2),
    ),
)
def largest_of_three(x, y, z, *, f):
    """the largest of three tensors in four spellings"""
    return f(x, y, z) * x
