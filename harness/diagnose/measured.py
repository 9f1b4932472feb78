"""What was measured of an op.

- `Measured`: the numbers of one operand. `Point`: those at one point.
"""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """The numbers at one point, or for one element of a vector.

    `operands` are those of the op. `value` and `derivative` are the engine's; `right_value` and
    `right_derivative` are torch's. The derivative is the one that the engine effectively applies: the
    gradient of the operand divided by the upstream gradient. `count` and `mean` describe the vector.
    """

    operands: tuple[float, ...]
    value: float
    right_value: float
    derivative: float
    right_derivative: float
    count: int = 1
    mean: float = math.nan


@dataclass(frozen=True)
class Measured:
    """One operand of an op, measured at several points.

    `operand` is its place. `form` is "" when all operands are values, "left" when the left operand is a
    number (2.0 - x) and "right" when the right one is (x - 2.0). `value_agrees` and `derivative_agrees` are
    True when they are torch's at every point. `upstream` is True when the derivative is multiplied by the
    upstream gradient, and `added` when two contributions to the operand are added; both are None when this
    could not be measured. `arrives` is True when a gradient was seen to come back to the result, or to the
    operand by another way. `spoilt` is True when the op changes the operand's own number.
    """

    op: str
    operand: int
    operands: int
    form: str
    points: tuple[Point, ...]
    value_agrees: bool
    derivative_agrees: bool
    upstream: bool | None
    added: bool | None
    arrives: bool
    spoilt: bool
