"""Recipes of a case's inputs: literals, and random draws that are the same for the same seed.

- `normal`, `uniform`, `positive`, `away_from_zero`: float draws of a given shape.
- `integers`, `mask`: int64 and bool draws, which require no gradient.
- `literal`: a number or nested lists; a bare number or list in `@case(...)` is a literal too.
- `constant`: any recipe, without a gradient.

Draws are rounded to six decimals, so that a printed input is exactly the input that was used.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from ..program.arrays import FLOAT_DTYPES, Array

_DECIMALS = 6


@dataclass(frozen=True)
class Recipe:
    """How one input is made: by `draw`, element by element, or from `nested` where `draw` is None.

    `dtype` None means the dtype of the run.
    """

    draw: Callable[[random.Random], float] | None
    shape: tuple[int, ...] = ()
    dtype: str | None = None
    requires_grad: bool = True
    nested: Any = None

    @property
    def is_array(self) -> bool:
        """True when the input has axes, and False for one number."""
        if self.draw is not None:
            return bool(self.shape)
        if isinstance(self.nested, Array):
            return bool(self.nested.shape)
        return isinstance(self.nested, list | tuple)

    def make(self, seed: str, dtype: str) -> Array:
        """The array, the same for the same `seed` on every machine and Python version.

        Raises ValueError or TypeError when a literal is ragged or holds something else than numbers.
        """
        kind = self.dtype or dtype
        if self.draw is None:
            if isinstance(self.nested, Array):
                return Array.of_flat(self.nested.data, self.nested.shape, kind)
            return Array.of(self.nested, kind)
        source = random.Random(seed)
        flat = [self.draw(source) for _ in range(math.prod(self.shape))]
        return Array.of_flat(flat, self.shape, kind)


def literal(nested: Any, dtype: str | None = None, requires_grad: bool = True) -> Recipe:
    """A number, nested lists or an `Array`, as they are written.

    Integers become floats unless `dtype` names an integer dtype; then they have no gradient.
    """
    floating = dtype is None or dtype in FLOAT_DTYPES
    return Recipe(None, nested=nested, dtype=dtype, requires_grad=floating and requires_grad)


def normal(*shape: int, dtype: str | None = None) -> Recipe:
    """Standard normal draws of the given shape."""
    return Recipe(lambda source: round(source.gauss(0.0, 1.0), _DECIMALS), shape, dtype)


def uniform(*shape: int, low: float, high: float, dtype: str | None = None) -> Recipe:
    """Uniform draws between `low` and `high`."""
    return Recipe(lambda source: round(source.uniform(low, high), _DECIMALS), shape, dtype)


def positive(*shape: int, dtype: str | None = None) -> Recipe:
    """Uniform draws between 0.5 and 2: inside the domain of log, sqrt and every power."""
    return uniform(*shape, low=0.5, high=2.0, dtype=dtype)


def away_from_zero(*shape: int, dtype: str | None = None) -> Recipe:
    """Draws of either sign, their magnitude uniform between 0.25 and 2: clear of a kink or pole at 0."""

    def draw(source: random.Random) -> float:
        return round(source.choice((-1, 1)) * source.uniform(0.25, 2.0), _DECIMALS)

    return Recipe(draw, shape, dtype)


def integers(*shape: int, low: int, high: int) -> Recipe:
    """int64 draws from `low` up to, but without, `high`."""
    return Recipe(lambda source: source.randrange(low, high), shape, "int64", requires_grad=False)


def mask(*shape: int, share: float = 0.5) -> Recipe:
    """bool draws, True with the probability `share`."""
    return Recipe(lambda source: source.random() < share, shape, "bool", requires_grad=False)


def constant(value: Any) -> Recipe:
    """The input of `value`, without a gradient."""
    return replace(as_recipe(value), requires_grad=False)


def as_recipe(value: Any) -> Recipe:
    """`value` if it is a recipe; otherwise the literal of it."""
    return value if isinstance(value, Recipe) else literal(value)
