"""The stage of a case: how much of an engine must be right before the case says something new.

- `Stage`: from the value of one op to the order of the walk. `stage_of`: the stage of a program.
- `words_of`: the ops of a program. `explaining_words`: those of which a fault explains that it fails.
  `tested_words`: those that are at fault when the program alone fails. `suspects`: these, or the backward.

An item is independent of another one because of its stage. A program of one op, with each operand used
once, can fail neither by a wrong sum nor by a wrong order. A program of a later stage is held against an
engine only where the ops in it are right at the stages before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum

from ..catalogue.needs import words_of_step
from ..program import DEFAULT, Apply, Backward, Input, Program, Read, Ref, refs_in

BACKWARD = "backward"


class Stage(IntEnum):
    """Each stage needs those before it to be right."""

    VALUE = 0  # the value of one op
    COMPOSED = 1  # the value of several ops
    START = 2  # the gradient with which a backward starts: no op at all
    SLOPE = 3  # the local derivative of one op
    REACH = 4  # the walk gets to each node: a tree of sums, whose slopes are all 1
    UPSTREAM = 5  # a node multiplies by the gradient that came: a tree of any ops
    SUM = 6  # gradients add up: a leaf is used more than once
    ORDER = 7  # a result is used more than once
    LIFE = 8  # several backwards, zero_grad, given cotangents and all else


def stage_of(program: Program) -> Stage:
    """Return the stage of a program whose gradients are read."""
    applied = [step for step in program.steps if isinstance(step, Apply)]
    if not _is_plain(program):
        return Stage.LIFE
    inputs = set(program.inputs.values())
    uses = Counter(ref for step in applied for ref in refs_in(step))
    again = {ref for ref, count in uses.items() if count > 1}
    if again:
        return Stage.SUM if again <= inputs else Stage.ORDER
    if len(applied) < 2:
        return Stage.SLOPE if applied else Stage.START
    return Stage.REACH if all(_passes_on(step, inputs) for step in applied) else Stage.UPSTREAM


def suspects(stage: Stage, tested: frozenset[str]) -> frozenset[str]:
    """Return what is wrong when only a program of this stage fails: its `tested_words`, or the backward."""
    at_fault = stage in (Stage.START, Stage.REACH, Stage.ORDER, Stage.LIFE)
    return frozenset({BACKWARD}) if at_fault else tested


def words_of(program: Program) -> frozenset[str]:
    """Return the ops of a program, in the words of `harness.catalogue.needs`."""
    return _words(step for step in program.steps if isinstance(step, Apply))


def explaining_words(program: Program) -> frozenset[str]:
    """Return the ops of which a fault explains that the program fails.

    These are its ops. A reflected form is there with its op, because most engines compute `2 * x` by `x * 2`.
    """
    applied = [step for step in program.steps if isinstance(step, Apply)]
    return _words(applied) | {step.op for step in applied if not isinstance(step.operands[0], Ref)}


def tested_words(program: Program) -> frozenset[str]:
    """Return the ops that are applied to leaves alone.

    Between such an op and the leaves there is no other op. So it is the one that is wrong when everything
    that came at an earlier stage is right.
    """
    inputs = set(program.inputs.values())
    applied = [step for step in program.steps if isinstance(step, Apply)]
    return _words(step for step in applied if inputs.issuperset(refs_in(step)))


def _words(steps: Iterable[Apply]) -> frozenset[str]:
    # Arrays are no ops.
    return frozenset(word for step in steps for word in words_of_step(step)) - {"arrays"}


def _is_plain(program: Program) -> bool:
    """True for ops, one whole backward from the result, and readings of values and of gradients of leaves."""
    backwards = [step for step in program.steps if isinstance(step, Backward)]
    kinds = Input | Apply | Backward | Read
    return (
        len(backwards) == 1
        and all(isinstance(step, kinds) for step in program.steps)
        and backwards[0].cotangent == DEFAULT
        and not (backwards[0].others or backwards[0].inputs or program.watched)
        and all(read.what in ("value", "grad") for read in program.reads)
    )


def _passes_on(step: Apply, inputs: set[Ref]) -> bool:
    """True when the step gives the gradient of its result unchanged to every operand that is a result."""
    if step.op == "sub":
        return all(inputs.issuperset(refs_in(operand)) for operand in step.operands[1:])
    return step.op == "add"
