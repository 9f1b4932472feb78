"""The first wrong node of a program: the node whose op is to be looked at.

- `first_wrong`: runs the program once more, with every inner node read, and finds the node.
- `WrongNode`: the node, and the step to look at.
- `with_every_node`: the program that reads every inner node.

A wrong value makes the values after it wrong, so the first wrong value in the order of the program comes
from a wrong op. A wrong gradient makes the gradients nearer to the leaves wrong, so the wrong gradient
nearest to the root comes from a wrong op. Where an engine keeps no gradients of inner nodes, only the
gradients that it keeps are compared.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from ..catalogue.case import Instance
from ..catalogue.reference import Reference, quietly
from ..engine.contract import Engine
from ..judge.compare import judge
from ..judge.verdict import bound
from ..program import Apply, Backward, Input, Program, Read, Ref, defined_by, refs_in
from ..program.arrays import Array


@dataclass(frozen=True)
class WrongNode:
    """A node with a wrong value or gradient; `what` is "value" or "grad".

    `step` is the index of the step to look at. `expected` and `actual` are torch's array and the engine's.
    """

    node: Ref
    what: str
    step: int
    expected: Array
    actual: Array


def first_wrong(instance: Instance, engine: Engine, reference: Reference) -> WrongNode | None:
    """Return the first wrong value, else the wrong gradient nearest to the root, else None.

    None when no value and no gradient that both give differs, as when the engine raises.
    """
    program = instance.program
    backwards = sum(isinstance(step, Backward) for step in program.steps)
    # After several backwards the gradient of an inner node is a matter of convention; that of a leaf is not.
    observed = replace(instance, program=with_every_node(program)) if backwards < 2 else instance
    expected = reference.ask(observed)
    actual = quietly(engine, observed)
    tolerance = bound(observed, expected, reference.tolerances)
    wrong: dict[str, dict[Ref, tuple[Array, Array]]] = {"value": {}, "grad": {}}
    for read, want, got in zip(
        observed.program.reads, expected.readings, actual.readings, strict=False
    ):
        if not isinstance(want, Array) or not isinstance(got, Array) or read.what not in wrong:
            continue
        asks_dtype = instance.case.level != "core"
        if judge(read.what, want, got, tolerance, asks_dtype=asks_dtype).reason:
            wrong[read.what].setdefault(read.of, (want, got))
    for what, choose in (("value", min), ("grad", max)):
        if wrong[what]:
            node = choose(wrong[what], key=lambda ref: ref.index)
            return WrongNode(node, what, _step_to_look_at(program, node, what), *wrong[what][node])
    return None


def with_every_node(program: Program) -> Program:
    """Return the program with more readings at its end: the value and the gradient of every inner node."""
    read = {(step.what, step.of) for step in program.reads}
    extra = []
    for ref in _inner(program):
        extra += [Read(what, ref) for what in ("value", "grad") if (what, ref) not in read]
    return Program((*program.steps, *extra))


def _inner(program: Program) -> Iterator[Ref]:
    for step, first in zip(program.steps, program.first_values, strict=True):
        if not isinstance(step, Input):
            yield from (Ref(first.index + k) for k in range(defined_by(step)))


def _step_to_look_at(program: Program, node: Ref, what: str) -> int:
    """Return the step that made a wrong value; for a wrong gradient, the last step that uses the node."""
    made = max(k for k, first in enumerate(program.first_values) if first.index <= node.index)
    if what == "value":
        return made
    used = [
        k
        for k, step in enumerate(program.steps)
        if isinstance(step, Apply) and node in refs_in([step.operands, list(step.attributes)])
    ]
    return used[-1] if used else made
