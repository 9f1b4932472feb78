"""A part of a program as a program of its own, in which leaves replace what came before.

- `Cut`: what is left out of an instance, and what stands in its place.
- `values_at`: torch's value of every node, of which leaves are made.
- `only`: the instance with some of its readings alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from ..catalogue.case import Instance
from ..catalogue.reference import Reference
from ..errors import ProgramError
from ..program import (
    Apply,
    Backward,
    Grad,
    Input,
    Program,
    Read,
    Ref,
    Step,
    defined_by,
    made_by,
    refs_in,
)
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.op_table import op_named
from ..program.ops import AUGMENTED
from .first_wrong import with_every_node
from .renumbering import renumbered

# Names of leaves, in their order, as a person would choose them.
NAMES = ("x", "y", "z", "w", "v", "u", "s", "t", "p", "q")


@dataclass(frozen=True)
class Cut:
    """A part of an instance.

    `leaves` are values that become leaves; those that nothing needs any more are left out. `dropped` are the
    indices of steps without which it is tried. `instead` gives values whose uses take another value.
    `ending`, if there is one, replaces every backward and reading, and `gradients` tells whether the
    gradient of each leaf is read at the end.
    """

    leaves: Collection[Ref] = ()
    dropped: Collection[int] = ()
    instead: Mapping[Ref, Ref] = field(default_factory=dict)
    ending: tuple[Step, ...] | None = None
    gradients: bool = True

    def of(self, instance: Instance, values: Mapping[Ref, Array]) -> Instance | None:
        """Return the part as an instance. None when it is no program, or a leaf has no value."""
        steps = list(self._kept(instance.program))
        needed = _needed(steps, self.leaves)
        made = {ref for _, refs in steps for ref in refs}
        # In the order of their use, so that x comes before y in a quotient.
        used = (ref for step, _ in steps for ref in refs_in(list(step)))
        leaves = [ref for ref in dict.fromkeys(used) if ref in needed - made]
        if not leaves or not all(ref in values for ref in leaves):
            return None
        numbers = {ref: Ref(place) for place, ref in enumerate(leaves)}
        inputs = {_name(place): values[ref] for place, ref in enumerate(leaves)}
        wanted = {ref: name for name, ref in instance.program.inputs.items()}
        flows = {
            step.name: step.requires_grad
            for step in instance.program.steps
            if isinstance(step, Input)
        }
        written: list[Step] = []
        for ref, (name, array) in zip(leaves, inputs.items(), strict=True):
            own = flows.get(wanted.get(ref, ""), True)
            written.append(Input(name, own and array.dtype in FLOAT_DTYPES))
        grown = [ref for ref in leaves if ref in self.leaves] if self.gradients else []
        try:
            for step, refs in [*steps, *((Read("grad", ref), ()) for ref in grown)]:
                if _vanished(step, refs, needed, numbers):
                    continue
                written.append(cast(Step, renumbered(step, numbers.__getitem__)))
                first = sum(map(defined_by, written[:-1]))
                numbers |= {ref: Ref(first + k) for k, ref in enumerate(refs)}
            program = Program(tuple(written))
        except (ProgramError, KeyError):
            return None
        return replace(instance, program=program, inputs=inputs)

    def _kept(self, program: Program) -> Iterator[tuple[Step, tuple[Ref, ...]]]:
        """Yield the steps that are kept, each with the values that it makes."""
        for index, (step, first) in enumerate(
            zip(program.steps, program.first_values, strict=True)
        ):
            made = made_by(step, first)
            ends = self.ending is not None and not isinstance(step, Apply | Grad)
            if isinstance(step, Input) or index in self.dropped or ends:
                continue
            if made and all(ref in self.leaves or ref in self.instead for ref in made):
                continue
            yield cast(Step, renumbered(step, lambda ref: self.instead.get(ref, ref))), made
        end = _end(program)
        for step in self.ending or ():
            yield step, made_by(step, Ref(end))
            end += defined_by(step)


def values_at(instance: Instance, reference: Reference) -> dict[Ref, Array]:
    """Return torch's value of every node that has one: the inputs, and what the steps make."""
    program = instance.program
    values = {ref: instance.inputs[name] for name, ref in program.inputs.items()}
    observed = with_every_node(program)
    answered = reference.ask(replace(instance, program=observed)).readings
    for read, array in zip(observed.reads, answered, strict=False):
        if read.what == "value" and isinstance(array, Array):
            values.setdefault(read.of, array)
    return values


def only(instance: Instance, readings: Collection[int]) -> Instance:
    """Return the instance with those of its readings alone that have these indices."""
    count = -1
    steps: list[Step] = []
    for step in instance.program.steps:
        count += isinstance(step, Read)
        if not isinstance(step, Read) or count in readings:
            steps.append(step)
    return replace(instance, program=Program(tuple(steps)))


def end_of(program: Program) -> Ref:
    """Return the first value that a step behind the program would make."""
    return Ref(_end(program))


def _end(program: Program) -> int:
    return program.first_values[-1].index + defined_by(program.steps[-1])


def _name(place: int) -> str:
    return NAMES[place] if place < len(NAMES) else f"x{place}"


def _needed(steps: Iterable[tuple[Step, tuple[Ref, ...]]], leaves: Collection[Ref]) -> set[Ref]:
    """Return the values that the steps need, found from the end. A read gradient needs no leaf."""
    needed: set[Ref] = set()
    for step, made in reversed(list(steps)):
        if isinstance(step, Read):
            needed |= {step.of} if step.what == "value" else set()
        elif not isinstance(step, Apply | Grad) or _changes(step) or needed.intersection(made):
            needed |= set(refs_in(list(step)))
    return needed


def _changes(step: Step) -> bool:
    """True when the step does more than make a value."""
    if not isinstance(step, Apply):
        return False
    op = op_named(step.op)
    return op.operator in (*AUGMENTED, "[]=") or op.has("inplace") or op.has("hook")


def _vanished(
    step: Step, made: Collection[Ref], needed: set[Ref], numbers: Mapping[Ref, Ref]
) -> bool:
    """True when nothing needs what the step makes or reads."""
    if isinstance(step, Read):
        return step.of not in numbers
    if isinstance(step, Apply | Grad):
        return not _changes(step) and not needed.intersection(made)
    return isinstance(step, Backward) and step.root not in numbers
