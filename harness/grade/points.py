"""Numbers of points as a person writes them, exact: 0.1 is one tenth.

- `exact_number`: the number. `MOST_POINTS`: the largest number of points of an item.
"""

from __future__ import annotations

from fractions import Fraction

MOST_POINTS = 1_000_000
_LONGEST = 40  # characters


def exact_number(value: object) -> Fraction:
    """Return the number that was written: 2, 1.5, "1.5" or "3/2". Raises ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | Fraction):
        raise ValueError("this is no number")
    text = str(value)
    # A text such as "1e999999999" is a number for Fraction, which has no end of digits to write.
    if isinstance(value, str) and (len(text) > _LONGEST or "e" in text.lower()):
        raise ValueError("this number has too many digits")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError("nothing can be divided by 0") from None
