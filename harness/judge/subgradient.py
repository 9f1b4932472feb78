"""Legal subgradients: a gradient at a kink or a tie may be right even if it differs from torch's.

- `legal`: True when a gradient is a choice that an implementation may make.

Beside a kink the function is smooth. The gradients there tend to limits at the kink, and the convex hull of
the limits is the generalized gradient of Clarke (Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1).
So the inputs are moved a little, `SAMPLES` times, and torch gives the gradient beside the kink. A gradient
is legal when each of its elements, and also their sum, lies between the smallest and the largest value
that was sampled. This is a box around the hull, cut by the bounds on the sum.

Two examples, with seed 0 and float64:

    |x| at x = 0: torch gives 0. The samples are -1 (26 times) and 1 (22 times).
        0.5, 1 and -1 are legal; 1.05 and 2 are not: the largest legal value is 1 + 0.02.

    max(x) at x = [3, 3]: torch gives [0.5, 0.5]. The samples are [1, 0] (25 times) and [0, 1] (23 times).
        [1, 0] and [0.25, 0.75] are legal.
        [1, 1] has legal elements, but its sum is 2, and each sample has the sum 1: it is not legal.
        This is the mistake of an engine that gives the whole gradient to each of several equal elements.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from ..catalogue.case import Instance
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.transcript import Transcript

SAMPLES = 48
# The largest move of an input, in its own unit: float32 tells it from the kink, and the gradient beside the
# kink is nearly the limit.
STEP = 1e-3
# How far beyond the samples a value may lie, relative to the mean of 1 and the largest sample.
SLACK = 2e-2


def legal(
    instance: Instance, reading: int, actual: Array, ask: Callable[[Instance], Transcript]
) -> bool:
    """True when `actual` is a legal gradient for the reading with the index `reading`.

    `ask` gives torch's transcript of an instance; it is called `SAMPLES` times. False when torch never
    gives an array of the shape of `actual`.
    """
    source = random.Random(f"{instance.digest}:{instance.seed}")
    sampled = []
    for _ in range(SAMPLES):
        answered = ask(replace(instance, inputs=_moved(instance.inputs, source))).readings
        found = answered[reading] if reading < len(answered) else None
        if isinstance(found, Array) and found.shape == actual.shape:
            sampled.append(found.data)
    if not sampled:
        return False
    elements = [*zip(*sampled, strict=True), tuple(sum(gradient) for gradient in sampled)]
    candidate = [*actual.data, sum(actual.data)]
    return all(
        min(samples) - _slack(samples) <= value <= max(samples) + _slack(samples)
        for value, samples in zip(candidate, elements, strict=True)
    )


def _slack(samples: tuple[float, ...]) -> float:
    return SLACK * (1.0 + max(abs(value) for value in samples)) * 0.5


def _moved(inputs: Mapping[str, Array], source: random.Random) -> dict[str, Array]:
    return {
        name: Array.of_flat(
            [x + STEP * source.uniform(-1, 1) for x in array.data], array.shape, array.dtype
        )
        if array.dtype in FLOAT_DTYPES
        else array
        for name, array in inputs.items()
    }
