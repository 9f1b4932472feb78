"""Whether a gradient that differs from torch's at a kink or a tie is a legal choice all the same.

Beside a kink the function is smooth, and torch's gradients there are the limiting gradients whose convex
hull is Clarke's generalized gradient (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem
2.5.1). They are sampled by moving the inputs a little; a gradient is taken for legal when each of its
elements, and their sum, lies between the least and the greatest that was sampled. That is the box
around the hull with the sum added: it refuses "1 for each of k ties", whose sum is k.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace

from harness.catalogue.case import Instance
from harness.program.arrays import FLOAT_DTYPES, Array
from harness.program.transcript import Transcript

SAMPLES = 48
# Far enough to leave the kink in float32, near enough that the smooth part hardly moves.
STEP = 1e-3
SLACK = 2e-2


def legal(
    instance: Instance, reading: int, actual: Array, ask: Callable[[Instance], Transcript]
) -> bool:
    """Whether `actual` could be reading number `reading` of the instance. `ask` is the reference."""
    source = random.Random(f"{instance.digest}:{instance.seed}")
    sampled = []
    for _ in range(SAMPLES):
        answered = ask(replace(instance, inputs=_moved(instance.inputs, source))).readings
        found = answered[reading] if reading < len(answered) else None
        if isinstance(found, Array) and found.shape == actual.shape:
            sampled.append(found.data)
    if not sampled:
        return False
    columns = [*zip(*sampled, strict=True), tuple(sum(row) for row in sampled)]
    candidate = [*actual.data, sum(actual.data)]
    return all(
        min(column) - _slack(column) <= value <= max(column) + _slack(column)
        for value, column in zip(candidate, columns, strict=True)
    )


def _slack(column: tuple[float, ...]) -> float:
    return SLACK * (1.0 + max(abs(value) for value in column)) * 0.5


def _moved(inputs: Mapping[str, Array], source: random.Random) -> dict[str, Array]:
    return {
        name: Array.of_flat(
            [x + STEP * source.uniform(-1, 1) for x in array.data], array.shape, array.dtype
        )
        if array.dtype in FLOAT_DTYPES
        else array
        for name, array in inputs.items()
    }
