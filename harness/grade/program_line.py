"""`program_line`: a small program with its inputs in one line, for readers without gradconform."""

from __future__ import annotations

import functools

from ..catalogue.case import Case
from ..errors import GradconformError
from ..program import Apply, Backward, Input, Read
from ..program.printing import call_text, step_text

_LONGEST = 160


@functools.lru_cache(maxsize=4096)
def program_line(case: Case) -> str:
    """Return the inputs and the steps, as in `x = 2.6, y = 0.7; %2 = x - y; backward %2`.

    Return "" for a case on arrays or a long program, which no line shows.
    """
    if case.has_arrays:
        return ""
    program = case.program
    names = {ref: name for name, ref in program.inputs.items()}
    try:
        inputs = case.instance(0, "float64").inputs
    except GradconformError:
        return ""
    parts = [", ".join(f"{name} = {array}" for name, array in inputs.items())]
    for index, step in enumerate(program.steps):
        if isinstance(step, Input | Read):
            continue
        if isinstance(step, Apply):
            parts.append(f"%{program.first_values[index].index} = {call_text(step, names)}")
        elif isinstance(step, Backward) and step.root in names:
            parts.append(f"backward {names[step.root]}")
        else:
            parts.append(step_text(program, index))
    line = "; ".join(parts)
    return line if len(line) <= _LONGEST else ""
