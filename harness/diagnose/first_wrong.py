"""The first wrong node of a program: the node whose op is to be looked at.

- `first_wrong`: runs the program once more, with every inner node read, and finds the node.
- `WrongNode`: the node, and the steps to look at.
- `compared`, `first_of`: the two halves of `first_wrong`. `Comparison`: the readings of every node.
- `with_every_node`: the program that reads every inner node.

A wrong value makes the values after it wrong, so the first wrong value in the order of the program comes
from a wrong op. A wrong gradient makes the gradients nearer to the leaves wrong, so the wrong gradient
nearest to the root comes from a wrong op. Where an engine keeps no gradients of inner nodes, only the
gradients that it keeps are compared, and `WrongNode.unread` says how many were not.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from ..catalogue.case import Instance
from ..catalogue.reference import Reference, quietly
from ..engine.contract import Engine
from ..judge.compare import judge
from ..judge.verdict import bound
from ..program import Apply, Backward, Input, Program, Read, Ref, Step, made_by, refs_in
from ..program.arrays import Array
from ..program.op_table import op_named
from ..program.ops import AUGMENTED
from ..program.transcript import Transcript


@dataclass(frozen=True)
class WrongNode:
    """A node with a wrong value or gradient; `what` is "value" or "grad".

    `steps` are the indices of the steps to look at: the one that made a wrong value; those through which a
    gradient comes back. `expected` and `actual` are torch's array and the engine's. `between` is the number
    of inner values from which a wrong value is computed, or of inner gradients between a wrong gradient and
    the root. Of these, `unread` could not be compared, and the others are right.
    """

    node: Ref
    what: str
    steps: tuple[int, ...]
    expected: Array
    actual: Array
    between: int
    unread: int


@dataclass(frozen=True)
class Comparison:
    """The readings of every node, compared with torch's.

    `program` is the one that was run, `expected` torch's transcript of it, and `actual` the engine's. `wrong`
    are both arrays wherever the engine gives a wrong one, and `unread` are the values of which it gives none,
    each by "value" and "grad".
    """

    program: Program
    expected: Transcript
    actual: Transcript
    wrong: dict[str, dict[Ref, tuple[Array, Array]]]
    unread: dict[str, set[Ref]]


def compared(instance: Instance, engine: Engine, reference: Reference) -> Comparison:
    """Run the program of the instance once more, with every inner node read, and compare the readings."""
    program = instance.program
    backwards = sum(isinstance(step, Backward) for step in program.steps)
    # After several backwards the gradient of an inner node is a matter of convention; that of a leaf is not.
    observed = replace(instance, program=with_every_node(program)) if backwards < 2 else instance
    expected = reference.ask(observed)
    actual = quietly(engine, observed)
    tolerance = bound(observed, expected, reference.tolerances)
    wrong: dict[str, dict[Ref, tuple[Array, Array]]] = {"value": {}, "grad": {}}
    unread: dict[str, set[Ref]] = {"value": set(), "grad": set()}
    answers = zip_longest(observed.program.reads, expected.readings, actual.readings)
    for read, want, got in answers:
        if read is None or not isinstance(want, Array) or read.what not in wrong:
            continue
        if not isinstance(got, Array):
            unread[read.what].add(read.of)
            continue
        conventions = instance.case.level != "core"
        if judge(read.what, want, got, tolerance, conventions=conventions).reason:
            wrong[read.what].setdefault(read.of, (want, got))
    if backwards > 1:
        unread = {what: set(_inner(program)) for what in unread}
    return Comparison(observed.program, expected, actual, wrong, unread)


def first_wrong(instance: Instance, engine: Engine, reference: Reference) -> WrongNode | None:
    """Return the first wrong value, else the wrong gradient nearest to the root, else None.

    None when no value and no gradient that both give differs, as when the engine raises.
    """
    return first_of(instance.program, compared(instance, engine, reference))


def first_of(program: Program, found: Comparison) -> WrongNode | None:
    """Return the first wrong node of a comparison, as `first_wrong` does; `program` is that of the case."""
    for what, choose in (("value", min), ("grad", max)):
        if found.wrong[what]:
            node = choose(found.wrong[what], key=lambda ref: ref.index)
            between = _sources(program, node) if what == "value" else _results(program, node)
            between -= set(program.inputs.values())
            counts = len(between), len(between & found.unread[what])
            steps = _steps_to_look_at(program, node, what)
            return WrongNode(node, what, steps, *found.wrong[what][node], *counts)
    return None


def with_every_node(program: Program) -> Program:
    """Return the program with more readings at its end: the value and the gradient of every inner node."""
    read = {(step.what, step.of) for step in program.reads}
    extra = []
    for ref in _inner(program):
        extra += [Read(what, ref) for what in ("value", "grad") if (what, ref) not in read]
    return Program((*program.steps, *extra))


def _inner(program: Program) -> Iterator[Ref]:
    # `t += x` may change t or replace it, so nothing can be said of the value that t had before.
    replaced = {
        ref
        for step in program.steps
        if isinstance(step, Apply) and op_named(step.op).operator in AUGMENTED
        for ref in refs_in(step.operands[:1])
    }
    for step, first in zip(program.steps, program.first_values, strict=True):
        if not isinstance(step, Input):
            yield from (ref for ref in made_by(step, first) if ref not in replaced)


def _steps_to_look_at(program: Program, node: Ref, what: str) -> tuple[int, ...]:
    """Return the step that made a wrong value; for a wrong gradient, the steps that use the node.

    A comparison passes no gradient back, so it is not among them.
    """
    made = max(k for k, first in enumerate(program.first_values) if first.index <= node.index)
    if what == "value":
        return (made,)
    used = [k for k, step in enumerate(program.steps) if node in _operands(step)]
    return tuple(used) or (made,)


def _operands(step: Step) -> Collection[Ref]:
    """Return the values from which an op computes a result that carries a gradient."""
    if not isinstance(step, Apply) or op_named(step.op).smooth == "never" or step.op == "detach":
        return ()
    return set(refs_in([step.operands, list(step.attributes)]))


def _sources(program: Program, node: Ref) -> set[Ref]:
    """Return all values from which a value is computed, directly or through others."""
    found = {node}
    for step, first in reversed(list(zip(program.steps, program.first_values, strict=True))):
        if isinstance(step, Apply) and found.intersection(made_by(step, first)):
            found |= set(refs_in([step.operands, list(step.attributes)]))
    return found - {node}


def _results(program: Program, node: Ref) -> set[Ref]:
    """Return all values through which a gradient comes back to a value."""
    found = {node}
    for step, first in zip(program.steps, program.first_values, strict=True):
        if isinstance(step, Apply) and found.intersection(_operands(step)):
            found.update(made_by(step, first))
    return found - {node}
