"""Small programs that apply one op to leaves, or to a leaf and a number, at points inside its domain.

- `probes`: the programs for an op, with torch's answers. `Probe`: those at one point.

Three backwards start from each point: one from the result, one from the result times 1.5, and one from the
sum of that and each leaf. So the upstream gradient is 1, then 1.5, and then each operand is used twice: by
the op, and before it on the way back by a sum. Where the leaves are vectors, the last sum is that of two
results, of which the second one is multiplied by 1.5.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference
from ..errors import ProgramError
from ..program import Attributes
from ..program.arrays import Array
from ..program.op_table import TABLE
from ..program.ops import AUGMENTED, Op
from ..program.transcript import Reading, Transcript
from ..trace import Symbol, backward, read, traced
from ..trace.symbol import record

DTYPE = "float64"  # no other dtype has the digits by which expressions are told apart
# No two are related in a simple way, none lies at a kink, a tie or an integer, and two lie close to 1.
_NUMBERS = (-3.7, -2.3, -1.4, -0.6, -0.35, 0.2, 0.45, 0.62, 0.8, 0.999, 1.001, 1.3, 2.7, 4.1, 6.3)
_PAIRS = (
    *((0.8, 1.7), (1.7, 0.6), (2.3, -1.4), (0.35, 2.6), (3.1, 1.2), (-0.9, 1.3), (-1.6, -0.45)),
    *((-1.7, 3.0), (-0.8, 2.0), (1.3, 3.0), (0.7, 2.0), (0.6, -2.0)),
)
_TRIPLES = ((0.8, 1.7, 0.3), (-1.4, 0.6, 1.9), (2.3, -0.7, 0.45), (0.35, 2.6, -1.2))
_VECTORS = ((0.8, -1.7, 2.3), (1.4, 0.35, -0.6, 2.9), (-0.45, 1.2))
_VECTOR_PAIRS = (
    ((0.8, -1.7, 2.3), (1.1, 0.4, -0.9)),
    ((1.4, 0.35, -0.6, 2.9), (-1.2, 2.1, 0.7, 0.3)),
)
_OF_VECTORS = frozenset("sum mean prod var std norm logsumexp max min amax amin".split())
_OF_VECTOR_PAIRS = frozenset({"dot", "matmul"})
_NUMBER_BESIDE = frozenset("+ - * / **".split())
_ATTRIBUTES: dict[str, Attributes] = {
    "clamp": (("min", -1.0), ("max", 2.0)),
    "logsumexp": (("dim", 0),),
    "clamp_min": (("min", -1.0),),
    "clamp_max": (("max", 2.0),),
}
# Dropout draws random numbers. The others give no number, or take operands that are no floats.
_LEFT_OUT = frozenset("dropout where detach to register_hook requires_grad_".split())

_Applied = Callable[[], Symbol]
_Ended = tuple[Symbol, tuple[Symbol, ...]]  # the root, and the results whose gradients are read
_Ending = Callable[[Op, _Applied, Sequence[Symbol]], _Ended]


class Probe(NamedTuple):
    """The programs at one point, with torch's answers.

    `form` is that of a `Measured`, and `leaves` are the places of the operands that are leaves. All programs
    read each leaf and its gradient. The first two read the result before them, and its gradient after them.
    """

    form: str
    leaves: tuple[int, ...]
    operands: tuple[Array, ...]
    instances: tuple[Instance, ...]
    right: tuple[Transcript, ...] = ()


def can_probe(name: str) -> bool:
    """True for an op that has one differentiable result, and whose operands can be floats."""
    op = TABLE.get(name)
    return (
        op is not None
        and op.results == 1
        and op.smooth != "never"
        and not op.has("inplace")
        and name not in _LEFT_OUT
    )


def probes(op: Op, axes: bool, reference: Reference) -> Iterator[Probe]:
    """The probes of the op that torch answers with finite numbers.

    With `axes` the operands are arrays of one element, else numbers. Some reductions and products have
    vectors instead. Raises NoReference when torch cannot be imported.
    """
    for made in _made(op.name, axes):
        right = tuple(map(reference, made.instances))
        if all(one.stop is None and all(map(_finite, one.readings)) for one in right):
            result = right[0].readings[0]
            # Without a sum at its end, a backward starts from a number.
            if isinstance(result, Array) and (result.size == 1 if axes else not result.shape):
                yield made._replace(right=right)


@functools.cache
def _made(name: str, axes: bool) -> tuple[Probe, ...]:
    """All probes of an op, without answers. They are the same for all engines."""
    op = TABLE[name]
    forms = {"": tuple(range(len(op.operand_names)))}
    if op.operator in _NUMBER_BESIDE or op.operator in AUGMENTED:
        forms["right"] = (0,)
    if op.operator in _NUMBER_BESIDE:
        forms["left"] = (1,)
    try:
        return tuple(
            Probe(
                form,
                leaves,
                operands,
                tuple(_instance(op, operands, leaves, ending, axes) for ending in _ENDINGS),
            )
            for operands in _points(op, axes)
            for form, leaves in forms.items()
        )
    except ProgramError:  # the op needs an attribute
        return ()


def _points(op: Op, axes: bool) -> Iterator[tuple[Array, ...]]:
    """The operands at each point: arrays of no axis, of one element, or vectors."""
    if op.operands.startswith("*"):
        return
    if op.name in _OF_VECTORS | _OF_VECTOR_PAIRS:
        vectors = _VECTOR_PAIRS if op.name in _OF_VECTOR_PAIRS else [(v,) for v in _VECTORS]
        yield from (tuple(Array.of(list(v), DTYPE) for v in several) for several in vectors)
        return
    points = {1: [(number,) for number in _NUMBERS], 2: _PAIRS, 3: _TRIPLES}
    for numbers in points.get(len(op.operand_names), ()):
        yield tuple(Array.of([n] if axes else n, DTYPE) for n in numbers)


def _instance(
    op: Op, operands: Sequence[Array], leaves: Sequence[int], ending: _Ending, axes: bool
) -> Instance:
    names = {place: f"x{place}" for place in leaves}

    def function(**symbols: Symbol) -> None:
        def apply() -> Symbol:
            given: list[Any] = [
                symbols[names[place]] if place in names else array.data[0]
                for place, array in enumerate(operands)
            ]
            if op.operator in AUGMENTED:  # torch changes no leaf in place
                given[0] = given[0] + 0.0
            result: Symbol = record(op, *given, **dict(_ATTRIBUTES.get(op.name, ())))
            return result

        root, results = ending(op, apply, list(symbols.values()))
        read(*results, *symbols.values())  # before the backward, which may spoil them
        backward(root.sum() if axes else root)
        read(*(symbol.grad for symbol in symbols.values()))
        # Last, because an engine that keeps no inner gradients may stop here.
        read(*(result.grad for result in results))

    case = Case(f"probe/{op.name}", function, {}, {}, "core", (), "", None, "")
    inputs = {names[place]: operands[place] for place in leaves}
    made = traced(function, dict.fromkeys(inputs, True))
    return Instance(case, made, inputs, 0, DTYPE)


def _times(op: Op, value: Symbol) -> Symbol:
    """The value times a number. A product cannot be the measure of a product, so it is doubled by a sum."""
    scaled: Symbol = value + value if op.name == "mul" else value * 1.5
    return scaled


def _plain(op: Op, apply: _Applied, leaves: Sequence[Symbol]) -> _Ended:
    result = apply()
    return result, (result,)


def _scaled(op: Op, apply: _Applied, leaves: Sequence[Symbol]) -> _Ended:
    result = apply()
    return _times(op, result), (result,)


def _used_twice(op: Op, apply: _Applied, leaves: Sequence[Symbol]) -> _Ended:
    if op.name in _OF_VECTORS | _OF_VECTOR_PAIRS:
        return apply() + _times(op, apply()), ()
    total = _times(op, apply())
    # Every walk back meets these sums, and the leaves in them, before it meets the op.
    for leaf in reversed(leaves):
        total = leaf + total
    return total, ()


_ENDINGS: tuple[_Ending, ...] = (_plain, _scaled, _used_twice)


def _finite(reading: Reading) -> bool:
    return isinstance(reading, Array) and all(map(math.isfinite, reading.data))
