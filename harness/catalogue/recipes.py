"""Where a case's inputs come from: literals, and draws that repeat from a seed.

- `normal`, `uniform`, `positive`, `away_from_zero`: float draws of a given shape.
- `integers`, `mask`: int64 and bool draws, which require no gradient.
- `literal`: a number or nested lists; a bare number or list in `@case(...)` means this.
- `constant`: any of them, without a gradient.

Draws are rounded to six decimals, so that what is printed is what was used.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from harness.program.arrays import FLOAT_DTYPES, Array

_DECIMALS = 6


@dataclass(frozen=True)
class Recipe:
    """How one input is made. `dtype` None means the dtype of the run."""

    draw: Callable[[random.Random], float] | None
    shape: tuple[int, ...] = ()
    dtype: str | None = None
    requires_grad: bool = True
    nested: Any = None

    def make(self, seed: str, dtype: str) -> Array:
        """The array, the same for the same `seed` on every machine and Python version."""
        kind = self.dtype or dtype
        if self.draw is None:
            if isinstance(self.nested, Array):
                return Array.of_flat(self.nested.data, self.nested.shape, kind)
            return Array.of(self.nested, kind)
        source = random.Random(seed)
        flat = [self.draw(source) for _ in range(math.prod(self.shape))]
        return Array.of_flat(flat, self.shape, kind)


def literal(nested: Any, dtype: str | None = None, requires_grad: bool = True) -> Recipe:
    """A number, nested lists or an `Array` as it stands.

    Integers become floats unless `dtype` says int64, and then they have no gradient.
    """
    floating = dtype is None or dtype in FLOAT_DTYPES
    return Recipe(None, nested=nested, dtype=dtype, requires_grad=floating and requires_grad)


def normal(*shape: int, dtype: str | None = None) -> Recipe:
    """Standard normal."""
    return Recipe(lambda source: round(source.gauss(0.0, 1.0), _DECIMALS), shape, dtype)


def uniform(*shape: int, low: float, high: float, dtype: str | None = None) -> Recipe:
    """Uniform between `low` and `high`."""
    return Recipe(lambda source: round(source.uniform(low, high), _DECIMALS), shape, dtype)


def positive(*shape: int, dtype: str | None = None) -> Recipe:
    """Uniform between 0.5 and 2: inside the domain of log, sqrt and every power."""
    return uniform(*shape, low=0.5, high=2.0, dtype=dtype)


def away_from_zero(*shape: int, dtype: str | None = None) -> Recipe:
    """Magnitude uniform between 0.25 and 2, either sign: clear of the kink and of the pole at 0."""

    def draw(source: random.Random) -> float:
        return round(source.choice((-1, 1)) * source.uniform(0.25, 2.0), _DECIMALS)

    return Recipe(draw, shape, dtype)


def integers(*shape: int, low: int, high: int) -> Recipe:
    """Integers from `low` up to but without `high`, int64."""
    return Recipe(lambda source: source.randrange(low, high), shape, "int64", requires_grad=False)


def mask(*shape: int, share: float = 0.5) -> Recipe:
    """True with probability `share`, bool."""
    return Recipe(lambda source: source.random() < share, shape, "bool", requires_grad=False)


def constant(value: Any) -> Recipe:
    """The same input, without a gradient."""
    return replace(as_recipe(value), requires_grad=False)


def as_recipe(value: Any) -> Recipe:
    """A recipe as it is; anything else as a literal."""
    return value if isinstance(value, Recipe) else literal(value)
