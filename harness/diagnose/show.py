"""One case in full: title, source, program, inputs, and torch's value and gradient of every node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..program.arrays import Array
from ..program.printing import text
from ..program.transcript import Reading
from .first_wrong import with_every_node


def describe(instance: Instance) -> Iterator[str]:
    """Yield the lines that `gradconform show` prints. OSError when the file of the case cannot be read."""
    case = instance.case
    yield f"{case.id}  ({', '.join((case.level, *case.tags))})"
    yield case.title
    if case.explanation:
        yield case.explanation
    yield f"declared at {case.origin}; digest {instance.digest}; seed {instance.seed}"
    yield "\nsource"
    yield from _indented(case.source)
    yield "\nprogram"
    yield from _indented(text(instance.program))
    yield "\ninputs"
    for name, array in instance.inputs.items():
        yield f"    {name} = {array}  ({array.dtype})"
    yield "\ntorch"
    observed = with_every_node(instance.program)
    transcript = Reference()(replace(instance, program=observed))
    for label, reading in zip(observed.labels, transcript.readings, strict=False):
        yield f"    {label} = {_shown(reading)}"
    if transcript.stop is not None:
        yield f"    step {transcript.stop.step} raises {transcript.stop.message}"


def _shown(reading: Reading) -> str:
    return str(reading) if isinstance(reading, Array) else "None"


def _indented(block: str) -> Iterator[str]:
    return (f"    {line}" for line in block.splitlines())
