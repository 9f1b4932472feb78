"""Comparison of numbers: one reading of an engine with the same reading of torch, within a tolerance.

- `judge`: the comparison. `Judgement`: its result.

Two numbers agree when `|actual - expected| <= atol + rtol * |expected|`; `harness.catalogue.tolerance` has
the tolerances. NaN agrees with NaN, and an infinity with the infinity of the same sign. The sign of zero
does not count. The shape must be the same. Where the dtype is asked for, it must be the same too, unless the
answer is a Python number.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..catalogue.tolerance import EXACT, Tolerance
from ..program.arrays import FLOAT_DTYPES, WEAK, Array, Opaque
from .outcome import Difference, Reason

if TYPE_CHECKING:
    from ..program.transcript import Reading


@dataclass(frozen=True, slots=True)
class Judgement:
    """The result of one comparison. `reason` is empty when the reading agrees.

    `index` is the place of the worst element in row-major order. `wrong` is the number of elements that
    differ.
    """

    reason: Reason
    difference: Difference
    tolerance: Tolerance = EXACT
    index: int = 0
    wrong: int = 0


def judge(
    what: str,
    expected: Reading,
    actual: Reading,
    tolerance: Tolerance,
    *,
    conventions: bool = True,
) -> Judgement:
    """Compare one reading with torch's; `what` is "value", "grad" or "requires_grad", as in `Read`.

    The tolerance is for floats: integers and truth values must be equal. Where torch's `conventions` do not
    count, the dtype is not asked for, and a gradient of zero is as good as none.
    """
    wrong = Reason.GRADIENT if what == "grad" else Reason.VALUE
    if what == "requires_grad":
        wrong = Reason.STATE
    if not isinstance(expected, Array) or not isinstance(actual, Array):
        return _unlike(what, expected, actual, wrong, conventions)
    if expected.shape != actual.shape:
        return Judgement(Reason.SHAPE, Difference(decided_by="shape"))
    allowed = tolerance if expected.dtype in FLOAT_DTYPES else EXACT
    numbers = _numbers(expected, actual, allowed, wrong)
    # A truth value is no number, although Python computes with it as with 0 or 1.
    truth = actual.dtype == "bool" and expected.dtype in FLOAT_DTYPES
    asked = conventions or truth
    if numbers.reason or not asked or actual.dtype in (expected.dtype, WEAK):
        return numbers
    return Judgement(Reason.DTYPE, Difference(decided_by="dtype"))


def _unlike(
    what: str, expected: Reading, actual: Reading, wrong: Reason, conventions: bool
) -> Judgement:
    zero = isinstance(actual, Array) and actual.size > 0 and not any(actual.data)
    if expected is None and (actual is None or (zero and not conventions)):
        return Judgement(Reason.NONE, Difference(decided_by="none"))
    if isinstance(actual, Opaque):
        return Judgement(Reason.DTYPE, Difference(decided_by="dtype"))
    if actual is None:
        missing = Reason.MISSING_GRADIENT if what == "grad" else wrong
        return Judgement(missing, Difference(decided_by="none"))
    return Judgement(wrong, Difference(decided_by="none"))


def _numbers(expected: Array, actual: Array, tolerance: Tolerance, wrong: Reason) -> Judgement:
    exact = tolerance.rtol == 0 == tolerance.atol
    if expected.data == actual.data:
        if exact or not expected.size:
            return Judgement(Reason.NONE, Difference(0.0, 0.0, 0, "exact"), tolerance)
        # Most readings are small and agree in every bit. For them NumPy would take longer than the engine.
        if tolerance.atol and all(map(math.isfinite, expected.data)):
            decided = _decided(tolerance, abs(float(expected.data[0])))
            return Judgement(Reason.NONE, Difference(0.0, 0.0, 0, decided), tolerance)
    import numpy as np

    want = np.array(expected.data, dtype="float64")
    got = np.array(actual.data, dtype="float64")
    finite = np.isfinite(want) & np.isfinite(got)
    same = (want == got) | (np.isnan(want) & np.isnan(got))
    if not (finite | same).all():
        index = int(np.argmin(finite | same))
        count = int((~(finite | same)).sum())
        return Judgement(Reason.NAN, Difference(decided_by="nan"), tolerance, index, count)
    if not finite.any():
        return Judgement(Reason.NONE, Difference(0.0, 0.0, 0, "nan"), tolerance)
    with np.errstate(all="ignore"):
        absolute = np.where(finite, np.abs(got - want), 0.0)
        bound = tolerance.atol + tolerance.rtol * np.abs(want)
        relative = np.where(absolute == 0, 0.0, absolute / np.abs(want))
        beyond = finite & ~(absolute <= bound)
        excess = np.where(finite, absolute / bound if not exact else absolute, -1.0)
    index = int(np.argmax(excess))
    difference = Difference(
        float(absolute.max()),
        float(relative.max()),
        _ulp(want[finite], got[finite], expected.dtype),
        _decided(tolerance, abs(float(want[index]))),
    )
    reason = wrong if beyond.any() else Reason.NONE
    return Judgement(reason, difference, tolerance, index, int(beyond.sum()))


def _decided(tolerance: Tolerance, magnitude: float) -> str:
    if tolerance.rtol == 0 == tolerance.atol:
        return "exact"
    return "rtol" if tolerance.rtol * magnitude > tolerance.atol else "atol"


def _ulp(want: Any, got: Any, dtype: str) -> int:
    """Return the largest number of steps, from one representable number to the next, between two values.

    The numbers are those of float32 when `dtype` is float32, else those of float64; -0 and 0 are one number.
    In float64 the steps from 1 to 1 + 2**-51 are 2, because the numbers after 1 lie 2**-52 apart. From
    -5e-324 to 5e-324 they are 2 as well: these are the neighbours of 0.

    The bits of a positive float, read as an integer, count the steps from 0. The bits of -5e-324, read as a
    signed integer, are `lowest + 1`; `lowest - b` turns them into -1.
    """
    import numpy as np

    kind, integer = ("float32", "int32") if dtype == "float32" else ("float64", "int64")
    with np.errstate(over="ignore"):
        bits = [v.astype(kind).view(integer).astype("int64") for v in (want, got)]
    lowest = np.iinfo(integer).min
    # `lowest - b` makes a negative float count downwards from 0, so that the integers have the order of the
    # floats. The sign bit is then flipped: the integers become unsigned, and a distance cannot overflow.
    first, second = (
        np.where(b >= 0, b, lowest - b).view("uint64") ^ np.uint64(1 << 63) for b in bits
    )
    return int((np.maximum(first, second) - np.minimum(first, second)).max())
