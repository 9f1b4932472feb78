"""Numbers as a sheet writes them: with a point or with a comma, and with so many digits behind it.

- `Style`: how. `style_of`: the style that the numbers of a sheet show.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ..rounding import rounded

_SIGNS = {".": ",", ",": "."}  # and the one between thousands
# One or two digits: "1,234" may be more than a thousand.
_SHOWS = re.compile(r"(?:[\d.,]*\D)?\d+([.,])\d{1,2}")


@dataclass(frozen=True)
class Style:
    """The decimal `sign`, the least number of digits behind it, and the number that shows it, or ""."""

    sign: str = "."
    digits: int = 0
    shown_by: str = ""

    def number(self, text: str) -> Fraction | None:
        """Return the number that a cell holds, or None when it holds something else."""
        thousands, sign = re.escape(_SIGNS[self.sign]), re.escape(self.sign)
        whole = rf"(?:\d+|\d{{1,3}}(?:{thousands}\d{{3}})+)"
        if not re.fullmatch(rf"[+-]?{whole}(?:{sign}\d*)?", text, re.ASCII):
            return None
        return Fraction(text.replace(_SIGNS[self.sign], "").replace(self.sign, ".").rstrip("."))

    def written(self, points: Fraction, step: Fraction) -> str:
        """Return the multiple of `step` that is nearest to the points, as the sheet writes numbers."""
        whole, _, part = rounded(points, step).partition(".")
        part = part.ljust(self.digits, "0")
        return f"{whole}{self.sign}{part}" if part else whole


def style_of(texts: Iterable[str], pattern: str = "") -> Style:
    """Return the style of the first text that is a number with digits behind a sign.

    `pattern` is a number, such as the maximum, that has as many digits as the sheet wants.
    """
    for place, text in enumerate((pattern, *texts)):
        match = _SHOWS.fullmatch(text)
        if match:
            digits = len(text.rpartition(match[1])[2]) if place == 0 else 0
            return Style(match[1], digits, text)
    return Style()
