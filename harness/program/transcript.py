"""The answer of an engine. It holds no expected value.

- `Transcript`: the readings in order, and the place and reason of an early stop.
- `Unsupported`: an engine lacks something. This is never a pass, never a failure, and always counted.
- `default_cotangent`: the cotangent of a backward whose root is not a scalar.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from .arrays import Array, Opaque

Reading = Array | Opaque | None


class Unsupported(Exception):
    """Raised by an adapter, or by the harness for it: the engine does not have this."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a run ended early. `kind` is unsupported, raised, timeout, crash or out-of-memory.

    `step` is an index into the program; `category` is the class of the exception (see
    `harness.engine.exceptions`). `place` is the line of the engine that raised, and `traceback` has several
    lines (see `harness.places`). Two stops are equal no matter where the engine raised.
    """

    kind: str
    step: int
    category: str = ""
    message: str = ""
    place: str = field(default="", compare=False)
    traceback: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Transcript:
    """The answer of an engine: numbers only, never a verdict."""

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
