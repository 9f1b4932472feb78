"""An engine that knows scalars alone, made to run tensor programs."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

from ..engine.contract import Engine, Question, WrappedEngine
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Stop, Transcript, Unsupported

_Assemble = Callable[[Transcript], Transcript]


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
        (transcript,) = self.run_all([Question(program, inputs)])
        return transcript

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question, as `run`. The inner engine may take questions ahead."""
        # How to make the transcript of each question that was taken, or the transcript.
        taken = deque[_Assemble | Transcript]()

        def lowered() -> Iterator[Question]:
            for question in questions:
                try:
                    on_scalars, assemble = _on_scalars(question)
                except Unsupported as gap:
                    taken.append(Transcript((), Stop("unsupported", 0, message=str(gap))))
                else:
                    taken.append(assemble)
                    yield on_scalars

        for transcript in self._engine.run_all(lowered()):
            while isinstance(first := taken.popleft(), Transcript):
                yield first
            yield first(transcript)
        for each in taken:
            assert isinstance(each, Transcript), (
                "the inner engine has answered all that it was asked"
            )
            yield each


def _on_scalars(question: Question) -> tuple[Question, _Assemble]:
    """Return the question on scalars, and the way back. Unsupported when it cannot be lowered."""
    # Here, because they need NumPy, which takes longer to import than a few cases take to run.
    from .elementwise import NAMES
    from .lowering import lower

    program, inputs, frames = question
    if all(array.shape == () for array in inputs.values()) and program.ops <= NAMES:
        return question, lambda transcript: transcript
    lowered = lower(program, inputs)
    return Question(lowered.program, lowered.inputs, frames), lowered.assemble


def lowered_name(name: str) -> str:
    """The name under which the engine `name` runs on scalars."""
    return f"{name} (lowered)"
