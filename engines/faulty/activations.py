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
    _wrong("clamp", "clamp-passes", "clamp passes the gradient on everywhere.", lambda x, y: 1.0),
    _wrong(
        "clamp",
        "clamp-cuts",
        "A clamped value is a new number, so that nothing flows back.",
        lambda x, y: 0.0,
        kind=Kind.CUT_OFF,
    ),
    _wrong("relu", "relu-times-input", "The derivative of relu is its output.", lambda x, y: y),
    _wrong(
        "relu",
        "relu-above-one",
        "relu is active where its output exceeds 1.",
        lambda x, y: _step(y - 1),
    ),
    _wrong(
        "relu",
        "relu-inverted",
        "relu passes the gradient where the input is negative.",
        lambda x, y: _step(-x),
    ),
    _wrong(
        "leaky_relu",
        "leaky-relu-as-relu",
        "leaky_relu lets nothing through below 0.",
        lambda x, y: _step(x),
    ),
    _wrong(
        "elu",
        "elu-output-below-zero",
        "The derivative of elu below 0 is its output.",
        lambda x, y: y if x < 0 else 1.0,
    ),
    _wrong(
        "tanh",
        "tanh-as-relu",
        "tanh, being an activation, has relu's derivative.",
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
        "The derivative of tanh is taken at its output.",
        lambda x, y: 1 - math.tanh(y) ** 2,
        kind=Kind.OUTPUT_FOR_INPUT,
    ),
    _wrong(
        "sigmoid",
        "sigmoid-as-relu",
        "sigmoid, being an activation, has relu's derivative.",
        lambda x, y: _step(y),
    ),
    _wrong(
        "sigmoid",
        "sigmoid-plus",
        "The derivative of the sigmoid s is s * (1 + s).",
        lambda x, y: y * (1 + y),
    ),
    _wrong(
        "sigmoid",
        "sigmoid-of-output",
        "The derivative of the sigmoid is taken at its output.",
        lambda x, y: ieee.sigmoid(y) * (1 - ieee.sigmoid(y)),
        kind=Kind.OUTPUT_FOR_INPUT,
    ),
    _wrong("softplus", "softplus-keeps-output", "softplus is its own derivative.", lambda x, y: y),
    _wrong(
        "silu",
        "silu-without-product-rule",
        "The derivative of x * sigmoid(x) is sigmoid(x).",
        lambda x, y: ieee.sigmoid(x),
    ),
]
