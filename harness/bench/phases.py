"""The phases of a case, as programs that an engine runs.

An engine is asked for whole programs only. So the inputs alone are one program, with the ops it is
another, with the backward a third: each is timed, and a phase is what its program takes longer than the
one before.

- `PHASES`: `build` makes the leaves, `forward` applies the ops, `backward` goes back.
- `cut`: an instance -> the three.
- `size_of`, `group_of`: what the id of a case says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from harness.catalogue.case import Case, Instance
from harness.errors import UsageError
from harness.program import Apply, Backward, Input, Program, Read

TAG = "bench"
PHASES = ("build", "forward", "backward")


def cut(instance: Instance) -> Mapping[str, Instance]:
    """The instance up to the end of each phase.

    One number is read in each, so that what an engine defers is computed: the smallest input, else the
    root. UsageError for a case that is more than ops and one backward.
    """
    steps = instance.program.steps
    roots = [step.root for step in steps if isinstance(step, Backward)]
    kinds = (Input, Apply, Backward, Read)
    if len(roots) != 1 or not all(isinstance(step, kinds) for step in steps):
        raise UsageError(f"{instance.case.id} cannot be timed: one backward was expected")
    smallest = min(instance.inputs, key=lambda name: instance.inputs[name].size)
    inputs = [step for step in steps if isinstance(step, Input)]
    ops = [step for step in steps if isinstance(step, Input | Apply)]
    back = [step for step in steps if not isinstance(step, Read)]
    root = Read("value", roots[0])
    programs = (
        Program((*inputs, Read("value", instance.program.inputs[smallest]))),
        Program((*ops, root)),
        Program((*back, root)),
    )
    return {
        phase: replace(instance, program=program)
        for phase, program in zip(PHASES, programs, strict=True)
    }


def size_of(case: Case) -> int:
    """The size in the brackets of the id. UsageError when there is none."""
    text = case.id.partition("[")[2].rstrip("]")
    if not text.isdigit():
        raise UsageError(f"{case.id} is tagged {TAG} and has no size: name the variant by a number")
    return int(text)


def group_of(case: Case) -> str:
    """The case without its size: `bench/depth_of_numbers`."""
    return case.id.partition("[")[0]
