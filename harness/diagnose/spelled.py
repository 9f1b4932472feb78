"""A failing program as text to paste, for the engine and for torch, with both numbers as comments.

- `spelled`: the two texts. `ShortTorch`: writes the lines of the second one.
- `written`: lines with comments behind them, or at their `END`. `both`, `shown`: the comments about readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from ..catalogue.case import Instance
from ..catalogue.reference import Reference, quietly
from ..engine.contract import Engine
from ..engine.op_caller import NothingReturned
from ..errors import ProgramError
from ..judge.compare import judge
from ..judge.verdict import bound
from ..program import Program, Read, Ref, made_by
from ..program.arrays import Array
from ..program.torch_writer import CannotBeSaid, TorchWriter
from ..program.transcript import Reading, Stop, Transcript
from ..text import of_engine
from .cutting import NAMES
from .engine_source import EngineWriter
from .python_source import function_source
from .torch_source import shape_in_torch

_DIGITS = (4, 6, 9, 12, 17)
_MOST_NUMBERS = 12
_LONGEST_MESSAGE = 160
# These stops come from a step that is known.
_AT_A_STEP = ("raised", "unsupported")
END = -1
# Comments by the indices of the steps behind which they stand, or END.
Comments = Mapping[int, str]


def spelled(instance: Instance, engine: Engine, reference: Reference) -> tuple[str, str]:
    """Return the program in the engine's own spelling, and in torch's.

    Behind each reading stands what is printed there; in the engine's program also what torch says, where it
    says something else. Where the engine's spelling is not known, its program is a function in the vocabulary
    of `gradconform.trace`. A text is "" where the program cannot be written so. The engine runs the program
    once. What it says is made harmless (see `harness.text`).
    """
    expected, actual = reference(instance), quietly(engine, instance)
    ours, theirs = _comments(instance, expected, actual, reference)
    in_torch = ShortTorch(instance, partial(shape_in_torch, instance, reference))
    spelling = engine.info.spelling
    own = ""
    if spelling is not None:
        writer = EngineWriter(instance, spelling, in_torch.shape)
        writer.names = in_torch.names
        own = written(writer, ours, _place(actual.stop))
    if not own:
        own = _for_the_harness(instance, ours)
    return own, written(in_torch, theirs, _place(expected.stop))


class ShortTorch(TorchWriter):
    """Writes a program with short names, and prints readings without their labels."""

    def __init__(self, instance: Instance, shape: Callable[[Ref], tuple[int, ...]]) -> None:
        super().__init__(instance.program, instance.inputs, shape)
        self.names = short_names(instance.program)

    def reading(self, shown: str) -> str:
        """Return the line that prints the next reading."""
        return f"print({shown})"


def written(
    writer: EngineWriter | TorchWriter, comments: Comments, raises: int | None = None
) -> str:
    """Return the program with comments, up to the step that `raises`; "" where the writer cannot say a step.

    It is not known at which step a process ended. Then the comment stands at the end.
    """
    lines: list[str] = []
    try:
        for index, step in enumerate(writer.program.steps):
            of_step = list(writer.step(index, step))
            if of_step and index in comments:
                of_step[-1] += f"  # {comments[index]}"
            lines += of_step
            if index == raises:
                break
    except (CannotBeSaid, ProgramError):
        return ""
    lines += [f"# {comments[END]}"] if END in comments else []
    return "\n".join([*_imports("\n".join(lines)), *lines])


def _place(stop: Stop | None) -> int | None:
    return stop.step if stop is not None and stop.kind in _AT_A_STEP else None


def _imports(code: str) -> list[str]:
    used = [f"import {name}" for name in ("torch",) if re.search(rf"\b{name}\.", code)]
    used += ["import numpy as np"] if re.search(r"\bnp\.", code) else []
    code = re.sub(r"#.*", "", code)
    numbers = [name for name in ("inf", "nan") if re.search(rf"\b{name}\b", code)]
    used += [f"from math import {', '.join(numbers)}"] if numbers else []
    return [*used, ""] if used else []


def short_names(program: Program) -> dict[Ref, str]:
    """Return a name for each value: the inputs have theirs, and the results have the next short ones."""
    names = {ref: name for name, ref in program.inputs.items()}
    free = (name for name in NAMES if name not in program.inputs)
    for step, first in zip(program.steps, program.first_values, strict=True):
        for ref in made_by(step, first):
            if ref not in names:
                names[ref] = next(free, f"v{ref.index}")
    return names


def _for_the_harness(instance: Instance, comments: Comments) -> str:
    source = function_source(instance.program, "smallest", "The smallest program that fails.")
    if source is None:
        return ""
    given = ", ".join(f"{name} = {shown(a, 17)}" for name, a in instance.inputs.items())
    labels = iter(instance.program.labels)
    said = []
    for index, step in enumerate(instance.program.steps):
        what = f"{next(labels)}: " if isinstance(step, Read) else ""
        said += [f"# {what}{comments[index]}"] if index in comments else []
    said += [f"# {comments[END]}"] if END in comments else []
    names = "Array, trace" if "Array." in source else "trace"
    return "\n".join(
        [f"from gradconform import {names}", "", source, "", f"# With {given}:", *said]
    )


def _comments(
    instance: Instance, expected: Transcript, actual: Transcript, reference: Reference
) -> tuple[dict[int, str], dict[int, str]]:
    """Return what stands behind the steps of the engine's program, and behind those of torch's."""
    tolerance = bound(instance, expected, reference.tolerances)
    conventions = instance.case.level != "core"
    ours: dict[int, str] = {}
    theirs: dict[int, str] = {}
    reads = [(k, step) for k, step in enumerate(instance.program.steps) if isinstance(step, Read)]
    for (place, read), want, got in zip(reads, expected.readings, actual.readings, strict=False):
        wrong = judge(read.what, want, got, tolerance, conventions=conventions).reason
        ours[place], theirs[place] = both(want, got) if wrong else (shown(got), shown(want))
    if actual.stop is not None:
        theirs |= {
            place: shown(want) for (place, _), want in zip(reads, expected.readings, strict=False)
        }
        place = actual.stop.step if actual.stop.kind in _AT_A_STEP else END
        also = expected.stop is not None and expected.stop.step == place
        ours[place] = _stopped(actual.stop, also)
    if expected.stop is not None:
        theirs[expected.stop.step] = _raises(expected.stop)
        ours.setdefault(expected.stop.step, f"raises nothing, and torch {_raises(expected.stop)}")
    return ours, theirs


def both(want: Reading, got: Reading) -> tuple[str, str]:
    """Return two readings that differ, with as many digits as show it. The first one says both."""
    for digits in _DIGITS:
        ours, theirs = shown(got, digits), shown(want, digits)
        if ours != theirs:
            return f"{ours}, and torch says {theirs}", theirs
    if isinstance(got, Array) and isinstance(want, Array):
        return f"{ours} in {got.dtype}, and torch says {theirs} in {want.dtype}", theirs
    return ours, theirs


def _stopped(stop: Stop, also: bool) -> str:
    """Return how the engine's run ended; `also` tells that torch raises at the same step."""
    if stop.kind != "raised":
        return f"{stop.kind}: {_message(stop)}"
    if _message(stop).startswith(NothingReturned.__name__):
        return "is None, and torch gives a value"
    return f"{_raises(stop)}, {'as torch does' if also else 'and torch does not'}"


def _raises(stop: Stop) -> str:
    return f"raises {_message(stop)}"


def _message(stop: Stop) -> str:
    return of_engine(stop.message)[:_LONGEST_MESSAGE]


def shown(reading: Reading, digits: int = _DIGITS[0]) -> str:
    """Return a reading with so many digits, as Python prints numbers and nested lists."""
    if reading is None:
        return "None"
    if not isinstance(reading, Array):
        return of_engine(f"{reading.kind} {reading.text}".strip())[:_LONGEST_MESSAGE]
    if reading.size > _MOST_NUMBERS or not reading.size:
        return format(reading, f".{digits}g")
    return _nested(reading.nested(), digits)


def _nested(part: Any, digits: int) -> str:
    if isinstance(part, list):
        return f"[{', '.join(_nested(each, digits) for each in part)}]"
    return repr(float(f"{part:.{digits}g}")) if isinstance(part, float) else repr(part)
