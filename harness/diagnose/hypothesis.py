"""A hypothesis: the mistakes that an engine may have, and how it composes its ops.

- `Hypothesis`: it can be run as an engine. `mistaken`: an engine with several mistakes at once.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ..catalogue.case import Instance
from ..engine import builtin
from ..engine.contract import Engine, Question, WrappedEngine
from ..program import Program
from ..program.arrays import Array
from ..program.transcript import Transcript
from .composition import OWN, Composition
from .mistake import Mistake, Mistaken
from .rewriting import rewritten


@dataclass(frozen=True)
class Hypothesis:
    """An engine that has these mistakes, all of one built-in engine, and composes its ops in this way."""

    mistakes: tuple[Mistake, ...]
    composition: Composition = OWN

    @property
    def engine(self) -> str:
        """The name of the built-in engine."""
        return self.mistakes[0].engine

    def concerns(self, instance: Instance) -> bool:
        """True when the case uses an op of one of the mistakes, so that it can change the answer."""
        return self.within(instance) is not None

    def within(self, instance: Instance) -> Hypothesis | None:
        """Return the part of the hypothesis that can change the answer to the case; None for no part."""
        return self._for(instance.program.ops)

    @functools.cache  # noqa: B019 - many cases have the same ops, and a run asks for each very often
    def _for(self, ops: frozenset[str]) -> Hypothesis | None:
        used = self.composition.used(ops)
        mistakes = tuple(m for m in self.mistakes if not m.ops or not used.isdisjoint(m.ops))
        return Hypothesis(mistakes, self.composition.within(ops)) if mistakes else None

    def opened(self) -> Engine:
        """Return the built-in engine with the mistakes, composing its ops in this way."""
        engine = mistaken(self.mistakes, builtin.load(self.engine))
        return _Composing(engine, self.composition) if self.composition.ways else engine


def mistaken(mistakes: Sequence[Mistake], engine: Engine) -> Engine:
    """Return the engine with all these mistakes. The first one is made first."""
    for mistake in reversed(mistakes):
        engine = Mistaken(mistake, engine)
    return engine


class _Composing(WrappedEngine):
    """The engine, with ops that it composes of others."""

    def __init__(self, engine: Engine, composition: Composition) -> None:
        super().__init__(engine, engine.info)
        self._composition = composition

    def run(self, program: Program, inputs: Mapping[str, Array]) -> Transcript:
        """Run the program as the engine computes it."""
        made = rewritten(program, self._composition)
        return made.original(self._engine.run(made.program, {**inputs, **made.constants}))

    def run_all(self, questions: Iterable[Question]) -> Iterator[Transcript]:
        """Yield the transcript of each question."""
        return Engine.run_all(self, questions)
