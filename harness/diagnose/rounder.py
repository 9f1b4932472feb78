"""The same program with smaller arrays and rounder numbers. Each is a proposal that somebody has to try.

- `smaller`: instances with fewer numbers, the smallest first.
- `rounder`: instances with rounder numbers, the roundest first.
- `rounder_literals`, `rounder_cotangents`: instances with rounder numbers in their program.
- `as_numbers`: the values of a program, each as a single number.
- `is_smooth`: True when torch's answer is no choice between two sides of a kink or a jump.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import count, cycle, islice
from operator import add

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..errors import ProgramError
from ..program import DEFAULT, Apply, Backward, Operand, Program, Ref
from ..program.arrays import FLOAT_DTYPES, Array

# Numbers that a person can compute with; all differ, so that no two elements tie.
_ROUND = (
    (2.0, 3.0, 0.5, -1.0, 1.5, 4.0, -2.0, 2.5, -0.5, 5.0, -3.0, 3.5),
    (0.5, 3.0, 2.0, 1.5, 4.0, 2.5, 5.0, 3.5, 1.25, 4.5, 0.25, 6.0),
    (-1.0, 2.0, 0.5, 3.0, -2.0, 1.5, 4.0, -0.5, 2.5, -3.0, 5.0, 3.5),
    (3.0, 2.0, -1.0, 0.5, 4.0, -2.0, 1.5, -0.5, 2.5, 5.0, -3.0, 3.5),
    (-0.5, 0.25, 0.75, -0.25, 0.125, -0.75, 0.625, -0.125, 0.375, -0.375, 0.875, -0.625),
    (1.5, 1.25, 2.5, 1.75, 3.5, 2.25, 4.5, 2.75, 5.5, 3.25, 6.5, 3.75),
)
_COTANGENT = (1.0, 2.0, -1.0, 0.5, 3.0, -2.0, 1.5)
_DECIMALS = (1, 2, 3)
_LEFT = 2  # places of an axis; with one place an axis tells little
_NEAR = 1e-4  # relative to 1; how far the inputs are moved to look at the other side of a kink
_JUMP = 0.05  # relative; a smooth answer moves less when the inputs move by `_NEAR`


def smaller(instance: Instance) -> Iterator[Instance]:
    """Yield the instance with smaller arrays: single numbers, then one axis less, then two places an axis."""
    extents = {e for a in instance.inputs.values() for e in a.shape if e > 1}
    if not extents:
        return
    yield _with_arrays(instance, _single)
    deepest = max(len(array.shape) for array in instance.inputs.values())
    if deepest > 1:
        yield _with_arrays(instance, lambda a: _first(a) if len(a.shape) == deepest else a)
    for extent in sorted(extents - {_LEFT}, reverse=True):
        yield _with_arrays(instance, partial(_narrowed, extent))


def as_numbers(values: Mapping[Ref, Array]) -> dict[Ref, Array]:
    """Return the first number of each value, without axes; an empty one is left out."""
    return {ref: _single(array) for ref, array in values.items() if array.size}


def rounder(instance: Instance) -> Iterator[Instance]:
    """Yield the instance with rounder numbers in its leaves: the same few numbers, then rounded ones."""
    for numbers in _ROUND:
        yield _with_arrays(instance, partial(_filled, cycle(numbers)))
    for decimals in _DECIMALS:
        yield _with_arrays(instance, partial(_with_decimals, decimals))


def rounder_literals(instance: Instance) -> Iterator[Instance]:
    """Yield the instance with rounder numbers in its program, when it has others."""
    for rounded in (_to_three, partial(_rounded, decimals=1)):
        steps = [
            step._replace(operands=tuple(_literal(o, rounded) for o in step.operands))
            if isinstance(step, Apply)
            else step
            for step in instance.program.steps
        ]
        if tuple(steps) != instance.program.steps:
            try:
                yield replace(instance, program=Program(tuple(steps)))
            except ProgramError:
                continue


def rounder_cotangents(instance: Instance, values: Mapping[Ref, Array]) -> Iterator[Instance]:
    """Yield the instance with round cotangents, where it has backwards from arrays of known shapes."""
    steps = [
        step._replace(cotangent=_filled(cycle(_COTANGENT), values[step.root]))
        if isinstance(step, Backward)
        and step.cotangent == DEFAULT
        and not step.others
        and step.root in values
        and values[step.root].shape
        else step
        for step in instance.program.steps
    ]
    if tuple(steps) != instance.program.steps:
        yield replace(instance, program=Program(tuple(steps)))


def is_smooth(instance: Instance, reference: Reference) -> bool:
    """True when torch's answer moves little when the inputs move a little, up or down."""
    answers = []
    for sign in (1, 0, -1):
        # The elements move by different lengths, so that those that tie do so no more.
        moves = (sign * _NEAR * (1 + k % 7 / 8) for k in count())
        moved = _with_arrays(instance, partial(_moved, moves))
        answers.append(reference.ask(moved).readings)
    up, here, down = answers
    if not len(up) == len(here) == len(down):
        return False
    return all(
        _near(one, other)
        for beside in (up, down)
        for one, other in zip(here, beside, strict=True)
        if isinstance(one, Array) and isinstance(other, Array)
    )


def _near(one: Array, other: Array) -> bool:
    if one.shape != other.shape:
        return False
    pairs = zip(one.data, other.data, strict=True)
    return all(
        math.isfinite(a) and math.isfinite(b) and abs(a - b) <= _JUMP * (0.1 + abs(a))
        for a, b in pairs
    )


def _with_arrays(instance: Instance, change: Callable[[Array], Array]) -> Instance:
    changed = {
        name: change(array) if array.dtype in FLOAT_DTYPES else array
        for name, array in instance.inputs.items()
    }
    return replace(instance, inputs=changed)


def _single(array: Array) -> Array:
    return Array(array.dtype, (), array.data[:1])


def _first(array: Array) -> Array:
    """The first part along the first axis."""
    shape = array.shape[1:]
    return Array(array.dtype, shape, array.data[: math.prod(shape)])


def _narrowed(extent: int, array: Array) -> Array:
    """The array with the first two places of each axis that has `extent` places."""
    data, shape = list(array.data), array.shape
    for axis, places in enumerate(array.shape):
        if places != extent:
            continue
        inner = math.prod(shape[axis + 1 :])
        block = places * inner
        data = [x for k, x in enumerate(data) if k % block < _LEFT * inner]
        shape = (*shape[:axis], _LEFT, *shape[axis + 1 :])
    return Array(array.dtype, shape, tuple(data))


def _filled(numbers: Iterator[float], array: Array) -> Array:
    return Array.of_flat(islice(numbers, array.size), array.shape, array.dtype)


def _with_decimals(decimals: int, array: Array) -> Array:
    rounded = [_rounded(x, decimals) for x in array.data]
    return Array.of_flat(rounded, array.shape, array.dtype)


def _moved(moves: Iterator[float], array: Array) -> Array:
    return Array.of_flat(map(add, array.data, moves), array.shape, array.dtype)


def _rounded(number: float, decimals: int) -> float:
    # A zero is where many functions have a kink or a pole.
    return (round(number, decimals) if math.isfinite(number) else number) or number


def _to_three(number: float) -> float:
    return number if number == round(number, 1) else 3.0


def _literal(operand: Operand, rounded: Callable[[float], float]) -> Operand:
    return rounded(operand) if type(operand) is float else operand
