"""Programs rewritten as an engine computes them.

- `rewritten`: the program in which ops are composed of others. `Rewritten`: that, and the way back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..program import Apply, Input, Program, Ref, Step, made_by
from ..program.arrays import Array
from ..program.transcript import Transcript
from .composition import Composition
from .expansions import AUGMENTED, EXPANSIONS, REFLECTED
from .renumbering import renumbered


@dataclass(frozen=True)
class Rewritten:
    """A program in which ops are composed from others, and the way back.

    The readings are those of the original program, in the same order. `origins` gives, for each step, the
    index of the step of the original program from which it comes. `constants` are further inputs.
    """

    program: Program
    origins: tuple[int, ...]
    constants: Mapping[str, Array]

    def original(self, transcript: Transcript) -> Transcript:
        """Return the transcript of the original program, made from that of the rewritten one."""
        stop = transcript.stop
        if stop is None:
            return transcript
        return replace(transcript, stop=replace(stop, step=self.origins[stop.step]))


def rewritten(program: Program, composition: Composition) -> Rewritten:
    """Return the program in which the ops of the composition are composed from others."""
    rewriting = _Rewriting(dict(composition.ways))
    for step, first in zip(program.steps, program.first_values, strict=True):
        rewriting.take(step, first)
    program = Program(tuple(rewriting.steps))
    return Rewritten(program, tuple(rewriting.origins), rewriting.constants)


class _Rewriting:
    """The new program so far. `_values` has its value for each value of the original."""

    def __init__(self, ways: Mapping[str, str]) -> None:
        self._ways = ways
        self._values: dict[Ref, Any] = {}
        self._defined = 0
        self.steps: list[Step] = []
        self.origins: list[int] = []
        self.constants: dict[str, Array] = {}
        self._taken = 0

    def take(self, step: Step, first: Ref) -> None:
        """Add one step of the original, which defines the values from `first` on."""
        moved = renumbered(step, self._values.__getitem__)
        values = None
        if isinstance(moved, Apply) and _can_be_composed(moved):
            composed = self._composed(moved.op, moved.operands)
            values = None if composed is None else [composed]
        if values is None:
            values = self._appended(moved)
        for k, value in enumerate(values):
            self._values[Ref(first.index + k)] = value
        self._taken += 1

    def _composed(self, op: str, operands: tuple[Any, ...]) -> Ref | None:
        op = AUGMENTED.get(op, op)
        if op in REFLECTED and not isinstance(operands[0], Ref) and REFLECTED[op] in self._ways:
            op = REFLECTED[op]
        way = self._ways.get(op)
        made = None if way is None else EXPANSIONS[op][way](self, *operands)
        return made if isinstance(made, Ref) else None

    def __call__(self, op: str, *operands: Any) -> Ref:
        """Apply an op of an expansion, which may be composed itself."""
        return self._composed(op, operands) or self._appended(Apply(op, operands))[0]

    def constant(self, number: float) -> Ref:
        """Make a node of a number."""
        name = f"constant_{len(self.constants)}"
        self.constants[name] = Array.of(float(number))
        return self._appended(Input(name, requires_grad=False))[0]

    def _appended(self, step: Step) -> list[Ref]:
        self.steps.append(step)
        self.origins.append(self._taken)
        values = list(made_by(step, Ref(self._defined)))
        self._defined += len(values)
        return values


def _can_be_composed(step: Apply) -> bool:
    """True when the operands are values and numbers alone, and the divisor is not the number 0."""
    by_zero = step.op in ("div", "itruediv") and step.operands[1] == 0
    plain = all(isinstance(each, Ref) or type(each) in (int, float) for each in step.operands)
    return plain and not by_zero and not step.attributes
