"""Which node of a program is the first wrong one.

The program runs once more, with the value and the gradient of every inner node read at its end. Values
are wrong from some node on, in the order of the program; gradients from some node on towards the
leaves, so that the one nearest the root comes of the op to look at. An engine that keeps no inner
gradients is told about the nodes whose gradients it keeps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from harness.catalogue.case import Instance
from harness.catalogue.reference import Reference, quietly
from harness.engine.contract import Engine
from harness.judge.compare import judge
from harness.judge.verdict import bound
from harness.program import Apply, Backward, Input, Program, Read, Ref, defined_by, refs_in
from harness.program.arrays import Array


@dataclass(frozen=True)
class Blame:
    """The first wrong node: `what` of it is wrong, `step` is the index of the step to look at."""

    node: Ref
    what: str
    step: int
    expected: Array
    actual: Array


def first_wrong(instance: Instance, engine: Engine, reference: Reference) -> Blame | None:
    """The first wrong value, else the wrong gradient nearest the root, else None."""
    program = instance.program
    passes = sum(isinstance(step, Backward) for step in program.steps)
    # After several passes an inner gradient is a matter of convention; leaves are what counts.
    observed = replace(instance, program=with_every_node(program)) if passes < 2 else instance
    expected = reference.ask(observed)
    actual = quietly(engine, observed)
    tolerance = bound(observed, expected)
    wrong: dict[str, dict[Ref, tuple[Array, Array]]] = {"value": {}, "grad": {}}
    for read, want, got in zip(
        observed.program.reads, expected.readings, actual.readings, strict=False
    ):
        if not isinstance(want, Array) or not isinstance(got, Array) or read.what not in wrong:
            continue
        if judge(read.what, want, got, tolerance).reason:
            wrong[read.what].setdefault(read.of, (want, got))
    for what, choose in (("value", min), ("grad", max)):
        if wrong[what]:
            node = choose(wrong[what], key=lambda ref: ref.index)
            return Blame(node, what, _culprit(program, node, what), *wrong[what][node])
    return None


def with_every_node(program: Program) -> Program:
    """The program with the value and the gradient of every inner node read at its end as well."""
    read = {(step.what, step.of) for step in program.reads}
    extra = []
    for ref in _inner(program):
        extra += [Read(what, ref) for what in ("value", "grad") if (what, ref) not in read]
    return Program((*program.steps, *extra))


def _inner(program: Program) -> Iterator[Ref]:
    for step, first in zip(program.steps, program.first_values, strict=True):
        if not isinstance(step, Input):
            yield from (Ref(first.index + k) for k in range(defined_by(step)))


def _culprit(program: Program, node: Ref, what: str) -> int:
    """The step that made a wrong value; for a wrong gradient the last step that uses the node."""
    made = max(k for k, first in enumerate(program.first_values) if first.index <= node.index)
    if what == "value":
        return made
    used = [
        k
        for k, step in enumerate(program.steps)
        if isinstance(step, Apply) and node in refs_in([step.operands, list(step.attributes)])
    ]
    return used[-1] if used else made
