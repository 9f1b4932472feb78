"""A known mistake is held against the probes of its op, because a few readings may agree with it by chance.

- `contradicted`: True when the engine does something else in the op than the mistake does.
- `is_its_own`: True when an op is wrong in a way that does not follow from other mistakes.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Iterator

from ..catalogue.reference import Reference
from .expansions import EXPANSIONS
from .hypothesis import Hypothesis
from .measured import Measured
from .mistake import Mistake
from .probes import Measurements, measure

# Wide, because two engines with one mistake may round differently, also in float32.
_RELATIVE, _ABSOLUTE = 1e-6, 1e-9


def contradicted(mistake: Mistake, among: Hypothesis, measurements: Measurements) -> bool:
    """True when a probe of the op is wrong with the mistake, and the engine answers it in another way.

    The mistake is one of those that are `among` the hypothesis, which act together. False where the probes
    cannot tell: when the mistake is not in one op, or shows only at other points.
    """
    claimed = _measured(among, mistake.op, measurements.reference) if mistake.op else ()
    wrong = {(one.form, one.operand): one for one in claimed if _is_wrong(one)}
    if not wrong or any(one.spoilt for one in claimed):
        return False
    found = {(one.form, one.operand): one for one in measurements.of(mistake.op)}
    both = [(wrong[key], found[key]) for key in wrong if key in found]
    # An engine may treat a number beside a value in an own method, which may be right.
    both = [pair for pair in both if not pair[0].form] or both
    return any(_differ(one, other) for one, other in both)


@functools.cache
def _measured(among: Hypothesis, op: str, reference: Reference) -> tuple[Measured, ...]:
    """The same for all engines of a run."""
    return tuple(measure(op, among.opened(), reference))


def is_its_own(op: str, others: Iterable[Hypothesis], measurements: Measurements) -> bool:
    """True when the op is wrong in a way that does not follow from the mistakes that `others` have.

    The engine may compose the op of those that are wrong: this is tried in each way.
    """
    found = [one for one in measurements.of(op) if _is_wrong(one)]
    if not found:
        return False
    for other in others:
        ways = (way for way in EXPANSIONS.get(op, ()) if other.composition.can_add(op, way))
        composed = (other.composition.with_way(op, way) for way in ways)
        for composition in (other.composition, *composed):
            made = Hypothesis(other.mistakes, composition)
            claimed = _measured(made, op, measurements.reference)
            if _explain(claimed, found):
                return False
    return True


def _explain(claimed: Iterable[Measured], found: Iterable[Measured]) -> bool:
    """True when all that is wrong was measured in the engine of the claim, too."""
    known = {(one.form, one.operand): one for one in claimed}
    return all(
        (one.form, one.operand) in known
        and (one.upstream, one.added)
        == (known[one.form, one.operand].upstream, known[one.form, one.operand].added)
        and all(
            _near(value, other_value) and _near(derivative, other_derivative)
            for value, other_value, derivative, other_derivative in _pairs(
                known[one.form, one.operand], one
            )
        )
        for one in found
    )


def _is_wrong(one: Measured) -> bool:
    right = one.value_agrees and one.derivative_agrees
    return not right or one.upstream is False or one.added is False


def _differ(claimed: Measured, found: Measured) -> bool:
    if claimed.upstream is False and found.upstream:
        return True
    if claimed.added is False and found.added:
        return True
    return any(
        (not claimed.value_agrees and not _near(value, other_value))
        or (not claimed.derivative_agrees and not _near(derivative, other_derivative))
        for value, other_value, derivative, other_derivative in _pairs(claimed, found)
    )


def _pairs(claimed: Measured, found: Measured) -> Iterator[tuple[float, float, float, float]]:
    """The values and the derivatives of both at each point that both have."""
    points = {(point.operands, point.mean): point for point in found.points}
    for one in claimed.points:
        other = points.get((one.operands, one.mean))
        if other is not None:
            yield one.value, other.value, one.derivative, other.derivative


def _near(one: float, other: float) -> bool:
    if not (math.isfinite(one) and math.isfinite(other)):
        return True  # two engines may say in different ways that there is no number
    return math.isclose(one, other, rel_tol=_RELATIVE, abs_tol=_ABSOLUTE)
