"""How leaves move: torch's SGD, momentum and Adam on plain numbers.

The formulas are those of `torch.optim.SGD` and `torch.optim.Adam` with their default options. They
are computed here, from an engine's gradients, so that a training case tests nothing but gradients.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from ..program.arrays import Array


@dataclass
class State:
    """The memory of a rule for one leaf: the steps taken, and one or two running averages."""

    steps: int = 0
    first: list[float] = field(default_factory=list)
    second: list[float] = field(default_factory=list)


def move(
    value: Array, gradient: Array, rule: str, settings: dict[str, float], state: State
) -> Array:
    """The leaf's next value, of the same shape and dtype; `state` is updated.

    ValueError when the gradient has another shape than the value. KeyError for an unknown rule.
    """
    if value.shape != gradient.shape:
        raise ValueError(f"a gradient of shape {gradient.shape} for a leaf of {value.shape}")
    state.steps += 1
    directions = _RULES[rule](list(gradient.data), settings, state)
    rate = settings.get("lr", 1e-3 if rule == "adam" else 1e-1)
    moved = [x - rate * d for x, d in zip(value.data, directions, strict=True)]
    dtype = "float64" if value.dtype == "number" else value.dtype
    return Array.of_flat(moved, value.shape, dtype)


def _sgd(gradient: list[float], settings: dict[str, float], state: State) -> list[float]:
    return gradient


def _momentum(gradient: list[float], settings: dict[str, float], state: State) -> list[float]:
    factor = settings.get("momentum", 0.9)
    previous = state.first or [0.0] * len(gradient)
    state.first = [factor * m + g for m, g in zip(previous, gradient, strict=True)]
    return state.first


def _adam(gradient: list[float], settings: dict[str, float], state: State) -> list[float]:
    beta1, beta2 = settings.get("beta1", 0.9), settings.get("beta2", 0.999)
    eps = settings.get("eps", 1e-8)
    first = state.first or [0.0] * len(gradient)
    second = state.second or [0.0] * len(gradient)
    state.first = [beta1 * m + (1 - beta1) * g for m, g in zip(first, gradient, strict=True)]
    state.second = [beta2 * v + (1 - beta2) * g * g for v, g in zip(second, gradient, strict=True)]
    fix1, fix2 = 1 - beta1**state.steps, 1 - beta2**state.steps
    return [
        (m / fix1) / (math.sqrt(v / fix2) + eps)
        for m, v in zip(state.first, state.second, strict=True)
    ]


_RULES = {"sgd": _sgd, "momentum": _momentum, "adam": _adam}
