"""An engine that knows scalars alone, made to run tensor programs."""

from __future__ import annotations

from collections.abc import Mapping

from harness.array import Array
from harness.engine import Engine
from harness.lower.elementwise import NAMES
from harness.lower.lowering import lower
from harness.program import Program
from harness.transcript import Stop, Transcript, Unsupported


class LoweredEngine(Engine):
    """`engine`, asked to run every program on scalars; its name says so.

    A program without tensors runs as it is: lowering would change nothing.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = f"{engine.name} (lowered)"
        self.version, self.dtypes, self.lacks = engine.version, engine.dtypes, engine.lacks

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Lower, run, assemble; what cannot be lowered is unsupported."""
        if all(array.shape == () for array in inputs.values()) and program.ops <= NAMES:
            return self.engine.run(program, inputs)
        try:
            lowered = lower(program, inputs)
        except Unsupported as gap:
            return Transcript((), Stop("unsupported", 0, message=str(gap)))
        return lowered.assemble(self.engine.run(lowered.program, lowered.inputs))
