"""What stands beside the nodes of a drawing: the numbers at each wire, and the marks.

- `Labels`: the numbers and marks of one program.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

from ...program import Backward, Program, Ref
from .circuit import Exit
from .graph import LEAF, OP, Vertex
from .notes import effects_of
from .numbers import MISSING, NO_NUMBER, Answers, number


@dataclass(frozen=True)
class Labels:
    """The numbers of a drawing, and the marks that follow from them."""

    program: Program
    answers: Answers

    def exits(self, vertex: Vertex) -> list[Exit]:
        """The values of a vertex with their numbers, all at the same place."""
        return [self._exit(vertex.kind, ref) for ref in vertex.makes]

    def index(self, vertex: Vertex) -> str:
        """The names of its values, where a sentence below the drawing uses such names."""
        named = self._changes_state or self.answers.first is not None
        return ", ".join(map(str, vertex.makes)) if named else ""

    def mark(self, vertex: Vertex) -> str:
        """The words above the node at which an engine goes wrong, else ""."""
        if vertex.kind == OP and vertex.step == self.answers.raised:
            return "the engine raises here"
        first = self.answers.first
        if first is None or first[1] not in vertex.makes:
            return ""
        if not self.answers.every_node:
            return "first wrong reading"
        return f"first wrong {'gradient' if first[0] == 'grad' else first[0]}"

    def look(self, vertex: Vertex) -> bool:
        """True for an op in which the mistake is to be looked for."""
        return vertex.kind == OP and vertex.step in self.answers.steps

    def _exit(self, kind: str, ref: Ref) -> Exit:
        value, grad = (number((what, ref), self.answers) for what in ("value", "grad"))
        # That there is no gradient says something about a leaf, after a backward.
        if grad == MISSING and not (kind == LEAF and self._goes_back):
            grad = NO_NUMBER
        return Exit(str(ref), 0, 0, 0, value, grad)

    @functools.cached_property
    def _goes_back(self) -> bool:
        return any(isinstance(step, Backward) for step in self.program.steps)

    @functools.cached_property
    def _changes_state(self) -> bool:
        return bool(effects_of(self.program))
