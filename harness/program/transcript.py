"""What an engine answered, and nothing of what it should have answered.

- `Transcript`: the readings in order, and where and why the run stopped, if it did.
- `Unsupported`: what an engine does not have. Never a pass, never a failure, always counted.
- `default_cotangent`: what a backward starts from when its root is not a scalar.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from harness.program.arrays import Array, Opaque

Reading = Array | Opaque | None


class Unsupported(Exception):
    """Raised by an adapter, or by the harness for it: the engine does not have this."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a run ended early. `kind` is unsupported, raised, timeout, crash or out-of-memory.

    `step` indexes the program; `category` classes what was raised (see `harness.engine.exceptions`).
    """

    kind: str
    step: int
    category: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Transcript:
    """What an engine answered: numbers only, never a verdict."""

    readings: tuple[Reading, ...]
    stop: Stop | None = None


@functools.cache
def default_cotangent(shape: tuple[int, ...]) -> Array:
    """The cotangent of a non-scalar root: fixed, non-constant, exact in every float dtype.

    A cotangent of ones hides every permutation and every forgotten upstream gradient. Magnitudes
    lie in [0.5, 1.5) in steps of 1/1024, spread by the golden ratio; every third one is negative.
    """
    size = 1
    for extent in shape:
        size *= extent
    flat = []
    for k in range(size):
        magnitude = 0.5 + int((k + 1) * 0.6180339887498949 % 1.0 * 1024) / 1024
        flat.append(-magnitude if k % 3 == 1 else magnitude)
    return Array("float64", shape, tuple(flat))
