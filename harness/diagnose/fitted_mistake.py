"""A measured derivative as a mistake of our engine, so that it predicts readings as a known mistake does.

- `mistake_of`: the scalar engine with the expression that was measured.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Callable

from ..program.op_table import TABLE
from .expressions import Expression, expression
from .fitted import Fit
from .matching import MULTIPLE, NAMES
from .mistake import Mistake

# With a number on one side an engine may go another way, which says nothing of two values. A power of a value
# is always one by a number, in many engines.
_TELLING = frozenset({("pow", "right")})


def mistake_of(fit: Fit) -> Mistake | None:
    """Return the mistake of an engine that uses the expression of the fit as its derivative.

    None where the mistake is none of a derivative, where the scalar engine does not have the op, and where
    the op was measured beside a number alone.
    """
    if not fit.slopes or not _has(fit.op) or (fit.form and (fit.op, fit.form) not in _TELLING):
        return None
    places = dict(fit.slopes)
    slopes = [_slope(fit.op, places.get(place, "")) for place in (0, 1)]

    def changed(d: float, e: float, a: float, b: float | None, y: float) -> tuple[float, float]:
        numbers = (a,) if b is None else (a, b)
        return slopes[0](d, numbers, y), slopes[1](e, numbers, y)

    node = importlib.import_module("gradconform.engines.faulty.change").node
    change = node(fit.op, changed)
    return Mistake("", "", change, (fit.op,), kind=fit.kind, operand=fit.operand)


_Slope = Callable[[float, tuple[float, ...], float], float]


def _slope(op: str, text: str) -> _Slope:
    """The derivative as a function of the right one, the operands and the result."""
    if not text:
        return lambda right, operands, y: right
    factor = text.removesuffix(MULTIPLE)
    measured: Expression = expression(factor)
    if factor != text:
        return lambda right, operands, y: right * measured({})
    names = NAMES[TABLE[op].most or len(TABLE[op].operand_names)]

    def slope(right: float, operands: tuple[float, ...], y: float) -> float:
        return measured({**dict(zip(names, operands, strict=False)), "y": y, "n": 1.0})

    return slope


@functools.cache
def _has(op: str) -> bool:
    """True when the scalar engine has the op, as one of numbers."""
    value = importlib.import_module("gradconform.engines.scalar").Value
    row = TABLE[op]
    return hasattr(value, op) or row.operator in ("+", "-", "*", "/", "**", "-x", "abs")
