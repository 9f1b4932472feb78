"""A lowered program, and how the scalar readings become arrays again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..program import Program
from ..program.arrays import WEAK, Array, Opaque
from ..program.transcript import Reading, Transcript


@dataclass(frozen=True)
class Gathering:
    """One reading of the tensor program: its shape, and for each element the index of the scalar reading.

    For an element that is a literal, its value stands in place of the index, as an Array.
    """

    what: str
    shape: tuple[int, ...]
    parts: tuple[int | Array, ...]


@dataclass(frozen=True)
class Lowered:
    """A program on scalars, its inputs, and the way back to the tensor program.

    `gatherings` are the readings of the tensor program; `origins` gives, for each scalar step, the index
    of the tensor step that it comes from.
    """

    program: Program
    inputs: Mapping[str, Array]
    gatherings: tuple[Gathering, ...]
    origins: tuple[int, ...]

    def assemble(self, transcript: Transcript) -> Transcript:
        """The transcript of the tensor program, made from that of the scalar program.

        When the run stopped early, only complete readings are kept, and the stop names the tensor step.
        """
        came = transcript.readings
        complete = []
        for gathering in self.gatherings:
            if any(isinstance(part, int) and part >= len(came) for part in gathering.parts):
                break
            taken = [came[p] if isinstance(p, int) else p for p in gathering.parts]
            complete.append(_assembled(gathering, taken))
        stop = transcript.stop
        return Transcript(tuple(complete), stop and replace(stop, step=self.origins[stop.step]))


def _assembled(gathering: Gathering, taken: Sequence[Reading]) -> Reading:
    """One reading. An element without a gradient counts as 0 when another element has one."""
    arrays = [reading for reading in taken if isinstance(reading, Array)]
    no_number = next((reading for reading in taken if isinstance(reading, Opaque)), None)
    if no_number or not arrays:
        return no_number
    for array in arrays:
        if array.shape != ():
            return Opaque("array", f"an element that is an array of shape {array.shape}")
    if gathering.what == "requires_grad":
        return Array("bool", (), (any(array.data[0] for array in arrays),))
    flat = [reading.data[0] if isinstance(reading, Array) else 0.0 for reading in taken]
    dtype = next((array.dtype for array in arrays if array.dtype != WEAK), WEAK)
    return Array(dtype, gathering.shape, tuple(flat))
