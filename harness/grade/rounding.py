"""Points as text: exact inside, and rounded once, here.

- `rounded`: a score, to a multiple of the step that the rubric names.
- `exact`: the points of an item, for files. `shown`: the same for people.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from math import floor

# Digits behind the point of points that no finite number of digits gives, such as a third.
_DIGITS = 6


def rounded(points: Fraction, step: Fraction) -> str:
    """Return the multiple of `step` that is nearest to the points, the larger one of two; as a decimal."""
    return exact(floor(points / step + Fraction(1, 2)) * step)


def shown(points: Fraction) -> str:
    """Return the points as a person reads them: in hundredths."""
    return rounded(points, Fraction(1, 100))


def exact(points: Fraction) -> str:
    """Return the points as a decimal: exactly, or with six digits where no decimal is exact."""
    nearest = Decimal(floor(points * 10**_DIGITS + Fraction(1, 2))).scaleb(-_DIGITS)
    text = f"{nearest:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
