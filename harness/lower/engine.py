"""An engine that knows scalars alone, made to run tensor programs."""

from __future__ import annotations

from collections.abc import Mapping

from harness.engine.eager import Engine
from harness.lower.elementwise import NAMES
from harness.lower.lowering import lower
from harness.program import Program
from harness.program.arrays import Array
from harness.program.transcript import Stop, Transcript, Unsupported


class LoweredEngine(Engine):
    """`engine`, asked to run every program on scalars; its name says so.

    A program without tensors runs as it is: lowering would change nothing. Whatever else is known of the
    engine is known of this one, and its process is this one's.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.name = lowered_name(engine.name)
        self.version, self.dtypes, self.lacks = engine.version, engine.dtypes, engine.lacks
        self.found, self.notes, self.wall = engine.found, engine.notes, engine.wall
        self.supports = engine.supports

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Lower, run, assemble; what cannot be lowered is unsupported."""
        self.engine.recursion_limit = self.recursion_limit
        if all(array.shape == () for array in inputs.values()) and program.ops <= NAMES:
            return self.engine.run(program, inputs)
        try:
            lowered = lower(program, inputs)
        except Unsupported as gap:
            return Transcript((), Stop("unsupported", 0, message=str(gap)))
        return lowered.assemble(self.engine.run(lowered.program, lowered.inputs))

    def printed(self) -> str:
        """What the engine has printed in its process."""
        return self.engine.printed()

    def close(self) -> None:
        """End the engine's process."""
        self.engine.close()


def lowered_name(name: str) -> str:
    """What an engine of that name is called when it runs on scalars."""
    return f"{name} (lowered)"
