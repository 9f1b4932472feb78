"""What an engine does in one op, apart from everything else, measured by small programs.

- `measure`: runs the probes of an op on an engine and on torch.
- `Measurements`: those of one engine, each made once.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..catalogue.reference import Reference, question
from ..engine.contract import Engine
from ..judge.compare import judge
from ..judge.verdict import bound
from ..program.arrays import Array
from ..program.op_table import TABLE
from ..program.transcript import Transcript
from .expressions import close
from .measured import Measured, Point
from .probe_programs import DTYPE, Probe, can_probe, probes

# After one of these the engine would fail at the other points too, and each may take seconds.
_ENDED = frozenset({"timeout", "crash", "out-of-memory"})


_Asked = list[tuple[Probe, Sequence[Transcript]]]


def measure(op: str, engine: Engine, reference: Reference) -> list[Measured]:
    """Measure every operand of `op` in every form that the engine takes.

    The list is empty for an op that the probes cannot measure, when the engine does not have the op or does
    not compute in float64, and when it raises. An engine whose arrays have at least one axis is measured on
    arrays of one element. Raises NoReference when torch cannot be imported.
    """
    if not can_probe(op) or DTYPE not in engine.info.dtypes:
        return []
    for axes in (False, True) if engine.info.arrays else (False,):
        asked = _ask(list(probes(TABLE[op], axes, reference)), engine)
        found = list(_all_measured(op, asked, reference))
        if found:
            return found
    return []


class Measurements:
    """What the probes say of the ops of one engine. Each op is measured when it is asked for, and once.

    With `shows` findings get the smallest program that fails, which takes further questions.
    """

    def __init__(self, engine: Engine, reference: Reference, *, shows: bool = True) -> None:
        self.engine, self.reference, self.shows = engine, reference, shows
        self._known: dict[str, list[Measured]] = {}

    def of(self, op: str) -> list[Measured]:
        """Return what `measure` finds. Raises NoReference as it does."""
        if op not in self._known:
            self._known[op] = measure(op, self.engine, self.reference)
        return self._known[op]


def _ask(asked: Sequence[Probe], engine: Engine) -> _Asked:
    """The engine's answers to the probes. It is asked no more when its process has ended."""
    questions = (question(instance) for probe in asked for instance in probe.instances)
    answers: list[Transcript] = []
    # An engine in this process may warn of an overflow. Its numbers show the same.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for transcript in engine.run_all(questions):
            if transcript.stop is not None and transcript.stop.kind in _ENDED:
                break
            answers.append(transcript)
    groups: _Asked = []
    for probe in asked:
        group, answers = answers[: len(probe.instances)], answers[len(probe.instances) :]
        groups += [(probe, group)] if len(group) == len(probe.instances) else []
    return groups


def _all_measured(op: str, asked: _Asked, reference: Reference) -> Iterator[Measured]:
    for form in ("", "right", "left"):
        given = [(probe, answers) for probe, answers in asked if probe.form == form]
        for place, operand in enumerate(given[0][0].leaves if given else ()):
            read = [_read(probe, answers, place, reference) for probe, answers in given]
            found = [one for one in read if one is not None]
            if found:
                points = tuple(point for one in found for point in one.points)
                yield Measured(
                    op,
                    operand,
                    len(given[0][0].operands),
                    form,
                    points,
                    all(one.value_agrees for one in found),
                    all(one.derivative_agrees for one in found),
                    _settled(one.applied.upstream for one in found),
                    _settled(one.applied.added for one in found),
                    all(one.applied.arrives for one in found),
                    any(one.spoilt for one in found),
                )


def _settled(answers: Iterator[bool | None]) -> bool | None:
    """The answer of all points that give one; None when they do not agree, or there is none."""
    given = {answer for answer in answers if answer is not None}
    return given.pop() if len(given) == 1 else None


class _Applied(NamedTuple):
    """How a derivative is applied, as in `Measured`."""

    upstream: bool | None
    added: bool | None
    arrives: bool


class _ReadPoint(NamedTuple):
    points: Sequence[Point]
    value_agrees: bool
    derivative_agrees: bool
    spoilt: bool
    applied: _Applied


def _read(
    probe: Probe, answers: Sequence[Transcript], place: int, reference: Reference
) -> _ReadPoint | None:
    """The numbers of one probe for one leaf; None where the engine gave none, or those of another shape."""
    plain, right = answers[0], probe.right[0]
    operand, index = 1 + place, 1 + len(probe.leaves) + place
    value, gradient = _numbers(plain, right, 0), _numbers(plain, right, index)
    if value is None or gradient is None:
        return None
    tolerance = bound(probe.instances[0], right, reference.tolerances)

    def agrees(what: str, index: int, numbers: Sequence[float]) -> bool:
        want = right.readings[index]
        assert isinstance(want, Array), "torch's answers to a probe are numbers"
        got = Array(DTYPE, want.shape, tuple(numbers))
        return not judge(what, want, got, tolerance, conventions=False).reason

    # The gradient of the result that the engine keeps is believed where it explains all: it may be spoilt.
    ways = [_divided(gradient, _upstream(one, right, gradient)) for one in (right, plain)]
    derivative = next((way for way in ways if agrees("grad", index, way)), ways[0])
    leaf = _numbers(plain, right, operand)
    return _ReadPoint(
        _points(probe, value, derivative, index),
        agrees("value", 0, value),
        agrees("grad", index, derivative),
        leaf is not None and not agrees("value", operand, leaf),
        _applied(probe, answers, place, gradient, derivative),
    )


def _applied(
    probe: Probe,
    answers: Sequence[Transcript],
    place: int,
    gradient: Sequence[float],
    derivative: Sequence[float],
) -> _Applied:
    (plain, scaled, twice), (right, right_scaled, right_twice) = answers, probe.right
    index = len(probe.leaves) + place
    second = _numbers(scaled, right_scaled, 1 + index) or []
    ways = (_upstream(one, right_scaled, gradient) for one in (scaled, right_scaled))
    found = [_chosen(second, _product(derivative, way), [derivative]) for way in ways]
    upstream = True if True in found else found[0]
    vector = len(gradient) > 1
    first = gradient if vector else [1.0]
    both = [g + h for g, h in zip(first, second, strict=False)]
    got = _numbers(twice, right_twice, index)
    added = _chosen(got, both, [first, second] if vector else [second])
    # Where a product with the upstream gradient is not understood, neither is a sum of two of them.
    arrives = _kept(plain, right) is not None or (got is not None and _same(got, both))
    return _Applied(upstream, added if upstream else None, arrives)


def _product(numbers: Sequence[float], others: Sequence[float]) -> list[float]:
    return [one * other for one, other in zip(numbers, others, strict=True)]


def _divided(numbers: Sequence[float], others: Sequence[float]) -> list[float]:
    return [one / other for one, other in zip(numbers, others, strict=True)]


def _numbers(actual: Transcript, right: Transcript, index: int) -> list[float] | None:
    """The numbers of a reading, where it has as many as torch's. No gradient is a gradient of zero."""
    want = right.readings[index]
    assert isinstance(want, Array), "torch's answers to a probe are numbers"
    if index >= len(actual.readings):
        return None
    got = actual.readings[index]
    if got is None and index:
        return [0.0] * want.size
    if not isinstance(got, Array) or got.size != want.size:
        return None
    return list(map(float, got.data))


def _upstream(actual: Transcript, right: Transcript, like: Sequence[float]) -> list[float]:
    """The gradient that arrives at the result: the engine's, where it keeps it, else torch's."""
    nominal = right.readings[-1]
    assert isinstance(nominal, Array), "torch's answers to a probe are numbers"
    found = _kept(actual, right) or list(map(float, nominal.data))
    return found * len(like) if len(found) == 1 else found


def _kept(actual: Transcript, right: Transcript) -> list[float] | None:
    """The engine's gradient of the result, where it keeps one."""
    kept = _numbers(actual, right, len(right.readings) - 1)
    return kept if kept and all(kept) and all(map(math.isfinite, kept)) else None


def _chosen(
    numbers: Sequence[float] | None, right: Sequence[float], wrong: Sequence[Sequence[float]]
) -> bool | None:
    """True for the right numbers, False for one of the wrong ones; None for others, or when all are alike."""
    if numbers is None or any(_same(right, other) for other in wrong):
        return None
    if _same(numbers, right):
        return True
    return False if any(_same(numbers, other) for other in wrong) else None


def _same(first: Sequence[float], second: Sequence[float]) -> bool:
    return len(first) == len(second) and all(map(close, first, second))


def _points(
    probe: Probe, value: Sequence[float], derivative: Sequence[float], index: int
) -> list[Point]:
    """One point for each element of the operand."""
    want, slopes = (probe.right[0].readings[k] for k in (0, index))
    assert isinstance(want, Array), "torch's answers to a probe are numbers"
    assert isinstance(slopes, Array), "torch's answers to a probe are numbers"
    count = len(derivative)
    arrays = [array.data for array in probe.operands]
    mean = sum(arrays[0]) / len(arrays[0])
    rows = zip(*(data * (count // len(data)) for data in arrays), strict=True)
    values = list(value) * (count // len(value))
    rights = list(want.data) * (count // len(want.data))
    return [
        Point(row, v, right_v, d, right_d, count, mean)
        for row, v, right_v, d, right_d in zip(
            rows, values, rights, derivative, slopes.data, strict=True
        )
    ]
