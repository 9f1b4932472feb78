"""Twins: each graded case runs again with other numbers, so that answers that were typed in earn nothing.

- `twin`: the twin of a case. `twin_id`, `is_twin`: by its id.

Each number is multiplied by a factor that the secret gives, the same for equal numbers. So signs, zeros and
ties stay. The factors are taken only if torch's answers keep their signs, zeros and infinities: then no kink
and no end of a domain lies between a case and its twin. Otherwise all numbers get one factor, nearer to 1.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace

from ..catalogue.case import Case
from ..catalogue.recipes import Recipe
from ..catalogue.reference import Reference
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.transcript import Transcript

_TWIN = "~twin"
# Widths, and whether all numbers get one factor. The last ones are for numbers beside the end of a domain.
_CHANGES = (
    *((0.2, False),) * 3,
    *((width, True) for width in (0.2, 0.2, 0.2, 0.1, 0.1, 0.04, 0.04, 0.01, 0.01, 0.002, 0.002)),
)
_DIGITS = 7


def twin_id(id: str) -> str:
    """The id of the twin of the case with this id."""
    return f"{id}{_TWIN}"


def is_twin(id: str) -> bool:
    """True for the id of a twin."""
    return id.endswith(_TWIN)


def twin(case: Case, secret: str, reference: Reference) -> Case:
    """Return the case with other inputs of the same kind, the same for the same secret.

    The case itself, under the other id, when no other inputs are of the same kind: when it has no floats, or
    nothing but zeros and numbers that are not finite.
    """
    right = reference(case.instance(0, "float64"))
    for changed in _candidates(case, random.Random(f"{secret}:{case.id}")):
        if _kind(reference(changed.instance(0, "float64"))) == _kind(right):
            return changed
    return replace(case, id=twin_id(case.id))


def _candidates(case: Case, source: random.Random) -> Iterator[Case]:
    """The case with other numbers, those that are furthest from its own first."""
    for width, together in _CHANGES:
        factors = _Factors(source.getrandbits(64), width, together)
        yield replace(
            case,
            id=twin_id(case.id),
            inputs={
                name: _changed(recipe, f"0:{case.id}:{name}", factors)
                for name, recipe in case.inputs.items()
            },
        )


class _Factors:
    """Factors up to `width` away from 1, and not near 1: of each number, or one for all `together`."""

    def __init__(self, secret: int, width: float, together: bool) -> None:
        self._secret, self._width, self._together = secret, width, together

    def applied(self, number: float) -> float:
        """The number with its factor. Zero and what is not finite stay."""
        which = "" if self._together else repr(abs(number))
        source = random.Random(f"{self._secret}:{which}")
        factor = 1 + source.choice((-1, 1)) * self._width * source.uniform(0.4, 1.0)
        return float(f"{number * factor:.{_DIGITS}g}") if math.isfinite(number) else number


def _changed(recipe: Recipe, drawn: str, factors: _Factors) -> Recipe:
    """The recipe with the numbers of `drawn` as they are, and with factors where they are floats."""
    dtype = recipe.dtype or "float64"
    made = recipe.make(drawn, dtype)
    if dtype in FLOAT_DTYPES:
        data = map(factors.applied, made.data)
        made = Array.of_flat(data, made.shape, "float64")
    return replace(recipe, draw=None, shape=(), nested=made)


def _kind(answers: Transcript) -> tuple[object, ...]:
    """The signs, zeros and infinities of all readings, and the step at which torch stopped."""
    return (
        answers.stop and answers.stop.step,
        *(
            [_sign(number) for number in reading.data] if isinstance(reading, Array) else reading
            for reading in answers.readings
        ),
    )


def _sign(number: float | int | bool) -> str:
    if math.isnan(number):
        return "nan"
    return f"{(number > 0) - (number < 0)}{'' if math.isfinite(number) else 'inf'}"
