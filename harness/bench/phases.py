"""The phases of a case, as programs that an engine runs.

An engine runs whole programs only. So there are three programs: the inputs alone; the inputs and the ops; the
inputs, the ops and the backward. Each is timed, and the time of a phase is the time of its program minus the
time of the program before.

- `PHASES`: `build` makes the leaves, `forward` applies the ops, `backward` computes the gradients.
- `cut`: an instance -> the three programs.
- `size_of`, `group_of`: the two parts of a case's id.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..catalogue.case import Case, Instance
from ..errors import UsageError
from ..program import Apply, Backward, Input, Program, Read

TAG = "bench"
PHASES = ("build", "forward", "backward")


def cut(instance: Instance) -> Mapping[str, Instance]:
    """Return the instance up to the end of each phase.

    Each program reads one value, so that an engine that computes lazily has to compute it: the smallest input
    in `build`, the root elsewhere. UsageError for a case that does not consist of ops and one backward.
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
    """The size in the brackets of the id. UsageError when the id has no number there."""
    text = case.id.partition("[")[2].rstrip("]")
    if not text.isdigit():
        raise UsageError(f"{case.id} is tagged {TAG} and has no size: name the variant by a number")
    return int(text)


def group_of(case: Case) -> str:
    """The id without its size, such as `bench/depth_of_numbers`."""
    return case.id.partition("[")[0]
