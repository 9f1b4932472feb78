"""Parts of a failing program that may fail too. Each is a proposal that has to be tried.

- `ops_alone`: an op of the program alone, on leaves of the same values.
- `with_less`: the program with one step less, or without a step and all that comes before it.
- `BESIDE_AN_OP`: ops that these parts have besides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..catalogue.case import Instance
from ..program import Apply, Backward, Grad, Input, NoGrad, Read, Ref, Step, made_by, refs_in
from ..program.arrays import FLOAT_DTYPES, Array
from .cutting import Cut, end_of

_MOST_OPS = 6
# Ops that may follow an op that stands alone.
BESIDE_AN_OP = ("mul", "add", "sum")
_FACTOR = 3.0  # of the upstream gradient


def ops_alone(
    instance: Instance, values: Mapping[Ref, Array], first: Iterable[int], wanted: str
) -> Iterator[Instance]:
    """Yield the first ops of the program, each alone on leaves. The steps `first` come first.

    `wanted` is what fails: "value", "grad", "requires_grad" or "stop". An op whose gradient fails is followed
    by a backward: from its result, from a multiple of it, and where an operand is used beside it.
    """
    steps = instance.program.steps
    applied = {k: step.op for k, step in enumerate(steps) if isinstance(step, Apply)}
    indices: dict[str, int] = {}
    for index in [*(k for k in first if k in applied), *applied]:
        if len(indices) < _MOST_OPS:
            indices.setdefault(applied[index], index)
    for op, index in indices.items():
        parts = [
            Cut(
                _operands(steps, index),
                {*range(len(steps))} - {index},
                ending=ending,
                gradients=wanted == "grad",
            )
            for ending in _endings(instance, index, values, wanted)
        ]
        second = next((k for k in applied if k != index and applied[k] == op), None)
        if wanted == "grad" and second is not None:
            parts.append(_applied_twice(instance, index, second))
        yield from filter(None, (part.of(instance, values) for part in parts))


def with_less(instance: Instance, values: Mapping[Ref, Array]) -> Iterator[Instance]:
    """Yield the program without one of its steps.

    A leaf of the same value replaces the result of an op, or one of its operands does.
    """
    yield from filter(None, (part.of(instance, values) for part in _cuts(instance, values)))


def _operands(steps: Sequence[Step], index: int) -> set[Ref]:
    return set(refs_in(list(steps[index])))


def _applied_twice(instance: Instance, index: int, second: int) -> Cut:
    """Return two nodes of the same op, and their sum: a mistake may be in what they share."""
    steps, made = instance.program.steps, instance.program.first_values
    root, other = made[index], made[second]
    total = Apply("add", (root, other)), Backward(end_of(instance.program))
    leaves = _operands(steps, index) | _operands(steps, second)
    return Cut(leaves - {root, other}, {*range(len(steps))} - {index, second}, ending=total)


def _endings(
    instance: Instance, index: int, values: Mapping[Ref, Array], wanted: str
) -> Iterator[tuple[Step, ...]]:
    """Yield what may follow an op that stands alone, so that its mistake shows."""
    step, root = instance.program.steps[index], instance.program.first_values[index]
    if wanted in ("value", "requires_grad"):
        yield tuple(Read(wanted, ref) for ref in made_by(step, root))
        return
    result = (Read("value", root),) if wanted == "stop" else ()
    if result:
        yield result
    value = values.get(root)
    if value is not None and value.dtype not in FLOAT_DTYPES:
        return
    for more in ((), *_uses(root, refs_in(list(step)), values)):
        yield *_to_a_number(instance, root, more, values), *result
    if value is not None and value.shape:
        yield Backward(root), *result


def _uses(
    root: Ref, operands: Iterable[Ref], values: Mapping[Ref, Array]
) -> Iterator[tuple[Apply, ...]]:
    """Yield the ops in which the result is used: a multiple, so that the upstream gradient is not 1, and
    the product with an operand, which then gets a gradient from two sides.
    """
    yield (Apply("mul", (root, _FACTOR)),)
    for operand in dict.fromkeys(operands):
        if root in values and _shape(values, operand) == _shape(values, root):
            yield (Apply("mul", (root, operand)),)


def _to_a_number(
    instance: Instance, root: Ref, more: tuple[Apply, ...], values: Mapping[Ref, Array]
) -> tuple[Step, ...]:
    """Return the ops `more`, a sum where the result is an array, and a backward."""
    end = end_of(instance.program).index
    last = Ref(end + len(more) - 1) if more else root
    if root in values and values[root].shape:
        more, last = (*more, Apply("sum", (last,))), Ref(end + len(more))
    return *more, Backward(last)


def _cuts(instance: Instance, values: Mapping[Ref, Array]) -> Iterator[Cut]:
    """Yield the ways to leave out one step."""
    program = instance.program
    opened: list[int] = []
    for index, (step, first) in enumerate(zip(program.steps, program.first_values, strict=True)):
        made = made_by(step, first)
        if isinstance(step, Apply | Grad):
            yield Cut(leaves=made)
        if isinstance(step, Apply) and len(made) == 1:
            for operand in refs_in(list(step.operands)):
                if operand in values and _shape(values, operand) == _shape(values, made[0]):
                    yield Cut(instead={made[0]: operand})
        if isinstance(step, NoGrad):
            opened += [index] if step.begin else []
            if not step.begin:
                yield Cut(dropped={opened.pop(), index})
        elif not isinstance(step, Apply | Grad | Read | Input):
            yield Cut(dropped={index})


def _shape(values: Mapping[Ref, Array], ref: Ref) -> tuple[int, ...] | None:
    """Return the shape of a value, None when it is not known."""
    found = values.get(ref)
    return None if found is None else found.shape
