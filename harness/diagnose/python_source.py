"""A program as Python: the function of a case, written out step by step.

- `function_source`: a function in the vocabulary of `harness.trace` that traces to the same program.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from .. import trace
from ..errors import GradconformError
from ..program import Backward, Input, Program, Read
from ..program.arrays import Array
from ..program.op_table import free
from ..program.python_writer import INDENT, Writer
from ..program.serialize import digest
from ..trace.symbol import record


def function_source(program: Program, name: str, doc: str) -> str | None:
    """Return the source of a function called `name`, with the docstring `doc`, that traces to `program`.

    The source has been traced and compared with the program. None when no source passes that check.
    """
    for end in _endings(program):
        try:
            written = "\n".join(_lines(program, end, name, doc))
            if _traces_to(written, name, program):
                return written
        except (GradconformError, SyntaxError, NameError, TypeError, AttributeError):
            continue
    return None


def _endings(program: Program) -> Iterator[int]:
    """Yield where the body may end: before the usual backward, before the usual readings, at the end."""
    steps = program.steps
    tail = len(steps)
    while tail and isinstance(steps[tail - 1], Read):
        tail -= 1
    if tail and isinstance(steps[tail - 1], Backward):
        yield tail - 1
    yield tail
    yield len(steps)


def _traces_to(written: str, name: str, program: Program) -> bool:
    scope: dict[str, Any] = {"trace": trace, "record": record, "free": free, "Array": Array}
    scope |= {"inf": math.inf, "nan": math.nan}
    exec(compile(written, "<reproduction>", "exec"), scope)
    wanted = {step.name: step.requires_grad for step in program.steps if isinstance(step, Input)}
    return digest(trace.traced(scope[name], wanted), {}) == digest(program, {})


def _lines(program: Program, end: int, name: str, doc: str) -> Iterator[str]:
    writer = Writer(program)
    yield f"def {name}({', '.join(program.inputs)}):"
    plain = not any(mark in doc for mark in '"\\')
    yield f'{INDENT}"""{doc}"""' if plain else f"{INDENT}{doc!r}"
    for index, step in enumerate(program.steps[:end]):
        yield from writer.write(index, step)
    returned = next((r.of for r in program.steps[end:] if isinstance(r, Read) and r.label), None)
    if returned is not None:
        yield f"{INDENT}return {writer.value(returned)}"
    elif writer.empty:
        yield f"{INDENT}pass"
