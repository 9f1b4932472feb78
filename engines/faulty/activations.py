"""Wrong derivatives of activations."""

from __future__ import annotations

import math
from functools import partial

from gradconform.harness.diagnose.finding import Kind

from .. import _ieee as ieee
from .change import wrong_slope


def _step(y: float) -> float:
    return 1.0 if y > 0 else 0.0


_wrong = partial(wrong_slope, "activations")
MISTAKES = [
    _wrong(
        "clamp", "clamp-passes", "clamp passes the gradient on for every input.", lambda x, y: 1.0
    ),
    _wrong(
        "clamp",
        "clamp-cuts",
        "clamp passes no gradient on.",
        lambda x, y: 0.0,
        kind=Kind.CUT_OFF,
    ),
    _wrong("relu", "relu-times-input", "The derivative of relu(x) is relu(x).", lambda x, y: y),
    _wrong(
        "relu",
        "relu-above-one",
        "The derivative of relu(x) is 1 only where x is greater than 1.",
        lambda x, y: _step(y - 1),
    ),
    _wrong(
        "relu",
        "relu-inverted",
        "relu passes the gradient on only where its input is negative.",
        lambda x, y: _step(-x),
    ),
    _wrong(
        "leaky_relu",
        "leaky-relu-as-relu",
        "The derivative of leaky_relu(x) is 0 where x is negative.",
        lambda x, y: _step(x),
    ),
    _wrong(
        "elu",
        "elu-output-below-zero",
        "The derivative of elu(x) is elu(x) where x is negative.",
        lambda x, y: y if x < 0 else 1.0,
    ),
    _wrong(
        "tanh",
        "tanh-as-relu",
        "tanh has the derivative of relu.",
        lambda x, y: _step(y),
    ),
    _wrong(
        "tanh",
        "tanh-without-square",
        "The derivative of tanh(x) is 1 - tanh(x).",
        lambda x, y: 1 - y,
    ),
    _wrong(
        "tanh",
        "tanh-of-output",
        "The derivative of tanh(x) is 1 - tanh(y) ** 2, where y is tanh(x).",
        lambda x, y: 1 - math.tanh(y) ** 2,
        kind=Kind.OUTPUT_FOR_INPUT,
    ),
    _wrong(
        "sigmoid",
        "sigmoid-as-relu",
        "sigmoid has the derivative of relu.",
        lambda x, y: _step(y),
    ),
    _wrong(
        "sigmoid",
        "sigmoid-plus",
        "The derivative of sigmoid(x) is y * (1 + y), where y is sigmoid(x).",
        lambda x, y: y * (1 + y),
    ),
    _wrong(
        "sigmoid",
        "sigmoid-of-output",
        "The derivative of sigmoid(x) is sigmoid(y) * (1 - sigmoid(y)), where y is sigmoid(x).",
        lambda x, y: ieee.sigmoid(y) * (1 - ieee.sigmoid(y)),
        kind=Kind.OUTPUT_FOR_INPUT,
    ),
    _wrong(
        "softplus",
        "softplus-keeps-output",
        "The derivative of softplus(x) is softplus(x).",
        lambda x, y: y,
    ),
    _wrong(
        "silu",
        "silu-without-product-rule",
        "The derivative of x * sigmoid(x) is sigmoid(x).",
        lambda x, y: ieee.sigmoid(x),
    ),
]
