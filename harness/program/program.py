"""A program: a frozen, straight-line list of steps in SSA form. It knows no engine.

- `Ref`: one value, numbered in order of definition; written `%3`.
- `Input`, `Apply`, `Grad`: steps that define values.
- `Backward`, `SetGrad`, `ZeroGrad`, `NoGrad`, `Update`, `Read`: steps that change or observe state.
- `Repeat`: how a long chain is written down. Those who read `steps` see a straight line.
- `Program`: the checked list. `harness.program.printing` prints it; `harness.program.serialize` turns it
  into JSON and back.

No step is merged, folded or removed: `a*b + a*b` and `c = a*b; c + c` are two programs, because they
are two tests of accumulation. A literal stays a literal, so that `2.0 - a` runs the engine's
`__rsub__`. An op that changes its first operand in place defines a value too: the same object, under
another reference.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any

from ..errors import ProgramError
from .rules import Rules
from .steps import (
    Apply,
    Input,
    NoGrad,
    Part,
    Read,
    Ref,
    Repeat,
    Step,
    defined_by,
)


@dataclass(frozen=True)
class Program:
    """A checked list of steps. ProgramError when a step breaks a rule; the message names the step.

    `parts` are the steps, and a long chain may be one `Repeat` among them. `inputs` are the references of the
    inputs, by name, and `reads` the readings, both in order.
    """

    parts: tuple[Part, ...]
    inputs: dict[str, Ref] = field(init=False, repr=False, compare=False)
    reads: tuple[Read, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        checker = Rules()
        index = 0
        for part in self.parts:
            try:
                checker.check(part)
            except ProgramError as problem:
                raise ProgramError(f"step {index} ({type(part).__name__}): {problem}") from None
            index += _length(part)
        checker.finish()
        # The checker has found both, so that no other walk over the steps is needed.
        inputs = {step.name: Ref(index) for index, step in checker.inputs.items()}
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "reads", tuple(checker.reads))

    @classmethod
    def unchecked(cls, parts: tuple[Part, ...]) -> Program:
        """A program of parts that another process has checked already.

        UnknownStep for an unknown kind of step.
        """
        inputs: dict[str, Ref] = {}
        total = 0
        for part in parts:
            if type(part) is Apply:
                total += part.results
                continue
            if isinstance(part, Input):
                inputs[part.name] = Ref(total)
            total += defined_by(part)
        program = object.__new__(cls)
        reads = tuple([part for part in parts if type(part) is Read])
        for name, value in (("parts", parts), ("inputs", inputs), ("reads", reads)):
            object.__setattr__(program, name, value)
        return program

    def __reduce__(self) -> tuple[Any, ...]:
        # Nothing that follows from the parts goes to another process.
        return Program.unchecked, (self.parts,)

    def __len__(self) -> int:
        """The number of steps, which are not made for this."""
        return sum(map(_length, self.parts))

    @functools.cached_property
    def steps(self) -> tuple[Step, ...]:
        """All steps, one after the other, with those of each round of a `Repeat`."""
        steps: list[Step] = []
        total = 0
        for part in self.parts:
            if type(part) is Repeat:
                steps += part.rounds(total)
            else:
                steps.append(part)
            total += defined_by(part)
        return tuple(steps)

    @functools.cached_property
    def first_values(self) -> tuple[Ref, ...]:
        """For each step, the first value that it defines (or would define)."""
        numbers, total = [], 0
        for step in self.steps:
            numbers.append(Ref(total))
            total += defined_by(step)
        return tuple(numbers)

    @functools.cached_property
    def labels(self) -> tuple[str, ...]:
        """A unique name for each reading: `result`, `x`, `x.grad`, `%4.grad`, `x.grad#2`."""
        names = {ref: name for name, ref in self.inputs.items()}
        seen: dict[str, int] = {}
        labels = []
        for read in self.reads:
            label = read.label or names.get(read.of, str(read.of))
            label += "" if read.what == "value" else f".{read.what}"
            seen[label] = seen.get(label, 0) + 1
            labels.append(label if seen[label] == 1 else f"{label}#{seen[label]}")
        return tuple(labels)

    def ending_at(self, node: Ref) -> Program:
        """Return the program up to the step that makes a value, and the reading of this value."""
        made = sum(first.index <= node.index for first in self.first_values)
        steps = self.steps[:made]
        open_stretches = sum(1 if s.begin else -1 for s in steps if isinstance(s, NoGrad))
        return Program((*steps, *[NoGrad(begin=False)] * open_stretches, Read("value", node)))

    def due(self, stopped: int | None) -> int:
        """The number of readings in the transcript of a run that stopped at that step, or at no step."""
        if stopped is None:
            return len(self.reads)
        return sum(type(step) is Read for step in self.steps[:stopped])

    @functools.cached_property
    def watched(self) -> frozenset[Ref]:
        """Inner values whose gradient is read: an engine may have to be told to keep it."""
        leaves = set(self.inputs.values())
        return frozenset(r.of for r in self.reads if r.what == "grad" and r.of not in leaves)

    @functools.cached_property
    def ops(self) -> frozenset[str]:
        """The names of the ops that are applied."""
        blocks = (part.steps if type(part) is Repeat else (part,) for part in self.parts)
        return frozenset(step.op for block in blocks for step in block if isinstance(step, Apply))

    @functools.cached_property
    def applied(self) -> int:
        """How often an op is applied, in all rounds together."""
        return sum(_length(part) for part in self.parts if isinstance(part, Apply | Repeat))


def _length(part: Part) -> int:
    return part.times * len(part.steps) if type(part) is Repeat else 1
