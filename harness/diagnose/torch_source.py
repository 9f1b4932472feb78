"""A program as plain torch code that prints its readings: evidence for a person who doubts torch's answers.

- `torch_source`: writes the code, runs it, and compares the printed values with the answers of the reference.
- `shape_in_torch`: the shape of a value.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import replace
from functools import partial
from typing import Any

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..errors import ProgramError
from ..program import Ref
from ..program.arrays import Array, answer
from ..program.torch_writer import CannotBeSaid, TorchWriter, as_refused
from ..program.transcript import Transcript


def torch_source(instance: Instance, reference: Reference) -> str | None:
    """Return the code. It needs the names `inf` and `nan` where a number is one of them.

    None when a step cannot be written in one line of torch, or when the code prints other values than the
    reference gave.
    """
    try:
        shape = partial(shape_in_torch, instance, reference)
        written = "\n".join(TorchWriter(instance.program, instance.inputs, shape).lines())
    except (CannotBeSaid, ProgramError):
        return None
    expected = reference(instance)
    if not _prints(written, reference, expected):
        return None
    return written if expected.stop is None else as_refused(written)


def shape_in_torch(instance: Instance, reference: Reference, node: Ref) -> tuple[int, ...]:
    """Return the shape that a node has when torch runs the program; () when torch raises before."""
    upto = replace(instance, program=instance.program.ending_at(node))
    (*_, found) = reference.ask(upto).readings or (None,)
    # When torch raises before the node, the backward is not reached, and no shape is needed.
    return found.shape if isinstance(found, Array) else ()


def _prints(written: str, reference: Reference, expected: Transcript) -> bool:
    """True when the code prints the readings of the reference, or raises as the reference raised."""
    readings: list[Any] = []
    engine: Any = reference.engine
    scope: dict[str, Any] = {"inf": math.inf, "nan": math.nan}
    scope["print"] = lambda _, value: readings.append(answer(engine.value(value)))
    raised = False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(written, "<torch>", "exec"), scope)
        except Exception:
            raised = True
    if raised != (expected.stop is not None):
        return False
    return repr(tuple(readings)) == repr(expected.readings)
