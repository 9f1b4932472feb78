"""An engine that knows scalars alone, made to run tensor programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from ..engine.contract import Engine, Question, WrappedEngine
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Stop, Transcript, Unsupported


class LoweredEngine(WrappedEngine):
    """An engine that runs every program on scalars; its name says so.

    A program without tensors runs as it is: lowering would change nothing.
    """

    def __init__(self, engine: Engine) -> None:
        super().__init__(
            engine, replace(engine.info, name=lowered_name(engine.info.name), arrays=True)
        )

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Lower, run, assemble; what cannot be lowered is unsupported."""
        # Here, because they need NumPy, which takes longer to import than a few cases take to run.
        from .elementwise import NAMES
        from .lowering import lower

        if all(array.shape == () for array in inputs.values()) and program.ops <= NAMES:
            return self._engine.run(program, inputs)
        try:
            lowered = lower(program, inputs)
        except Unsupported as gap:
            return Transcript((), Stop("unsupported", 0, message=str(gap)))
        return lowered.assemble(self._engine.run(lowered.program, lowered.inputs))

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question, one after the other, because each is lowered on its own."""
        return Engine.run_all(self, questions)


def lowered_name(name: str) -> str:
    """The name under which the engine `name` runs on scalars."""
    return f"{name} (lowered)"
