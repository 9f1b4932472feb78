"""The sentences below a drawing: the steps that are no nodes, what is left out, and how to read it.

- `notes`: all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from ...program import Apply, Backward, Grad, Input, Program, Read
from ...program.printing import step_text
from .graph import CONSTANT, LITERAL, STUB, Graph
from .numbers import Answers

_MOST_STEPS = 12
_REFERENCE = re.compile(r"%(\d+)")


def notes(program: Program, whole: Graph, drawn: Graph, answers: Answers) -> Iterator[str]:
    """Yield the sentences. `drawn` is the part of the graph `whole` that the drawing has."""
    dashed = any(vertex.kind in (CONSTANT, LITERAL) for vertex in drawn.vertices)
    legend = "Above a wire: the value. Below it: the gradient."
    yield f"{legend} Dashed: no gradient comes back." if dashed else legend
    if answers.wrong:
        differs = "✗: the engine's number, where it differs from torch's."
        yield f"{differs} Thick: an op to look at." if answers.steps else differs
    effects = effects_of(program)
    if effects:
        first = list(islice(effects, _MOST_STEPS))
        more = len(effects) - len(first)
        rest = [f"and {more:,} more"] if more else []
        yield "Then: " + "; ".join([*first, *rest]) + "."
    nodes = sum(vertex.kind != STUB for vertex in drawn.vertices)
    if nodes < len(whole.vertices):
        yield f"{nodes} of {len(whole.vertices):,} nodes are drawn. A ⋯ stands for the others."


def effects_of(program: Program) -> list[str]:
    """The steps that change state, in words; none for a program whose only such step is a plain backward."""
    names = {f"%{ref.index}": name for name, ref in program.inputs.items()}
    found = [
        (step, _REFERENCE.sub(lambda ref: names.get(ref[0], ref[0]), step_text(program, index)))
        for index, step in enumerate(program.steps)
        if not isinstance(step, Input | Apply | Grad | Read)
    ]
    steps = [step for step, _ in found]
    plain = (
        len(steps) == 1 and isinstance(steps[0], Backward) and steps[0] == Backward(steps[0].root)
    )
    return [] if plain else [text for _, text in found]
