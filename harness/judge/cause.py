"""A possible cause of a failure: a hypothesis, which a report shows as one.

- `possible_cause`: the cause that fits a reading, or "".
- `with_cause`, `split`: a message with its possible cause, and both parts of it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from ..catalogue.case import Instance
from ..catalogue.tolerance import Tolerance
from ..program import Backward, Program, Read, ZeroGrad
from ..program.transcript import Reading, Transcript
from .compare import judge

REPLACED = (
    "a backward replaces the gradients that an earlier one has left, and torch adds to them: it assigns "
    "where it should add, or it sets all gradients to zero first"
)
_BEFORE = ". A possible cause: "
# The explanation of a case that has one of these words is about gradients, and explains no wrong value.
_OF_GRADIENTS = re.compile(
    r"gradient|derivative|backward pass|recursive backward|\brules?\b|contribution|\bnode|\bpaths?\b|graph"
)


def possible_cause(
    instance: Instance,
    index: int,
    actual: Reading,
    tolerance: Tolerance,
    ask: Callable[[Instance], Transcript],
) -> str:
    """Return the possible cause of a wrong reading with the index `index`, or "".

    It is the explanation of the case, unless the answer of the engine tells more. `ask` gives torch's
    transcript of an instance.
    """
    read = instance.program.reads[index]
    if read.what != "grad":
        explanation = instance.case.explanation
        return "" if _OF_GRADIENTS.search(explanation) else explanation
    if _is_that_of_the_last_backward(instance, index, actual, tolerance, ask):
        return REPLACED
    return instance.case.explanation


def with_cause(message: str, cause: str) -> str:
    """Return the message with the possible cause behind it, if there is one."""
    return f"{message}{_BEFORE}{cause}" if cause else message


def split(message: str) -> tuple[str, str]:
    """Return the message without its possible cause, and the cause, or ""."""
    said, _, cause = message.partition(_BEFORE)
    return said, cause


def _is_that_of_the_last_backward(
    instance: Instance,
    index: int,
    actual: Reading,
    tolerance: Tolerance,
    ask: Callable[[Instance], Transcript],
) -> bool:
    """True when the gradient of a leaf is what the last backward alone would have left there."""
    other = _with_one_backward(instance.program, index)
    if other is None:
        return False
    answered = ask(replace(instance, program=other)).readings
    if index >= len(answered):
        return False
    # A gradient in float32 tells the same about the backwards, so the dtype is not asked for.
    return not judge("grad", answered[index], actual, tolerance, conventions=False).reason


def _with_one_backward(program: Program, index: int) -> Program | None:
    """Return the program with the leaf's gradient removed before the last backward that precedes a reading.

    None when there are not several backwards before the reading, or it is not that of a leaf.
    """
    places = [at for at, step in enumerate(program.steps) if isinstance(step, Read)]
    before = [
        at for at, step in enumerate(program.steps[: places[index]]) if isinstance(step, Backward)
    ]
    leaf = program.reads[index].of
    if len(before) < 2 or leaf not in program.inputs.values():
        return None
    steps = program.steps
    return Program((*steps[: before[-1]], ZeroGrad((leaf,)), *steps[before[-1] :]))
