"""Known mistakes, as `engines.faulty` declares them.

- `Mistake`: the change, the engine that is changed, and the belief that leads a person to the mistake.
- `other_walks`: changes that are no mistakes.
- `Mistaken`: an engine with a mistake.
- `known_mistakes`: all of them.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from ..catalogue.case import Case
from ..engine.contract import Engine, Question, WrappedEngine
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript
from .finding import Kind


# Each is declared once. Mistakes are keys in millions of look-ups, and so are compared by identity.
@dataclass(frozen=True, eq=False)
class Mistake:
    """One mistake in a correct engine. It is made while a program runs and undone afterwards.

    `belief` is a sentence: a person who believes it makes the mistake. `engine` is the built-in engine that
    is changed, and `change` returns the context in which it is changed. The mistake is tried on the cases
    that use one of `ops` and whose family or one of whose tags is in `among`; an empty tuple means all cases.
    The first of `ops` is the op that is wrong. The others are wrong because they are computed by it.
    A mistake of level "core" is wrong by any convention. One of level "torch" is correct mathematics by
    another convention than torch's. `kind` and `operand` are those of a `Finding`. A `reflected` one is in
    the code for a number, or an array of NumPy, on the left.
    """

    name: str
    belief: str
    change: Callable[[], AbstractContextManager[None]]
    ops: tuple[str, ...] = ()
    among: tuple[str, ...] = ()
    engine: str = "scalar"
    theme: str = ""
    level: str = "core"
    kind: Kind = Kind.UNKNOWN
    operand: str = ""
    reflected: bool = False

    @property
    def op(self) -> str:
        """The op that is wrong; "" when the mistake is in the machinery."""
        return self.ops[0] if self.ops else ""

    def fits(self, case: Case) -> bool:
        """True when the mistake could change the engine's answer to the case."""
        return (not self.among or not {case.family, *case.tags}.isdisjoint(self.among)) and (
            not self.ops or not case.program.ops.isdisjoint(self.ops)
        )


def known_mistakes() -> list[Mistake]:
    """The mistakes of `engines.faulty`, theme by theme."""
    return list(importlib.import_module("gradconform.engines.faulty").MISTAKES)


def other_walks(engine: str) -> list[Mistake]:
    """Changes of a built-in engine that are no mistakes: other correct orders in which it walks the graph."""
    walks = importlib.import_module("gradconform.engines.faulty").WALKS[engine]
    return [Mistake("", "", change, engine=engine) for change in walks]


class Mistaken(WrappedEngine):
    """The engine with the mistake."""

    def __init__(self, mistake: Mistake, engine: Engine) -> None:
        super().__init__(engine, replace(engine.info, name=mistake.name))
        self._mistake = mistake

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run every step while the change is in force."""
        with self._mistake.change():
            return self._engine.run(program, inputs)

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question, with the change in force for each on its own."""
        # The wrapped engine would answer without the mistake.
        return Engine.run_all(self, questions)
