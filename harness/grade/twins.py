"""Twins: each graded case runs again with other numbers, so that answers that were typed in earn nothing.

- `twin`: the twin of a case. `twin_id`, `is_twin`: by its id. `can_differ`: False for a case at 0 alone.

All numbers of a case are multiplied by one factor, which the secret gives. So signs, zeros, ties and the
order of the numbers stay. A factor is taken only if torch's answers keep their signs, zeros and infinities: a
kink or the end of a domain never lies between a case and its twin. Drawn inputs are drawn again.
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
# Each is tried with both signs of its logarithm; the last one is for numbers beside the end of a domain.
_WIDTHS = (0.2, 0.1, 0.04, 0.01, 0.002)
_DIGITS = 7


def twin_id(id: str) -> str:
    """The id of the twin of the case with this id."""
    return f"{id}{_TWIN}"


def is_twin(id: str) -> bool:
    """True for the id of a twin."""
    return id.endswith(_TWIN)


def can_differ(case: Case) -> bool:
    """True when an input of the case has a number that a factor changes."""
    return any(
        recipe.draw is not None
        or any(number and math.isfinite(number) for number in recipe.make("", "float64").data)
        for recipe in case.inputs.values()
        if recipe.dtype is None or recipe.dtype in FLOAT_DTYPES
    )


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
    for width in _WIDTHS:
        far = [1 + width * source.uniform(0.4, 1.0), 1 - width * source.uniform(0.4, 1.0)]
        source.shuffle(far)
        for factor in far:
            drawn = str(source.getrandbits(64))
            changed = {
                name: _changed(recipe, factor, f"{drawn}:{name}")
                for name, recipe in case.inputs.items()
            }
            yield replace(case, id=twin_id(case.id), inputs=changed)


def _changed(recipe: Recipe, factor: float, drawn: str) -> Recipe:
    floating = recipe.dtype is None or recipe.dtype in FLOAT_DTYPES
    if recipe.draw is not None:
        made = recipe.make(drawn, "float64")
        return replace(recipe, draw=None, shape=(), nested=made)
    if not floating:
        return recipe
    made = recipe.make("", "float64")
    data = [_scaled(float(number), factor) for number in made.data]
    return replace(recipe, nested=Array.of_flat(data, made.shape, "float64"))


def _scaled(number: float, factor: float) -> float:
    return float(f"{number * factor:.{_DIGITS}g}") if math.isfinite(number) else number


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
