"""One case as the page tells it: the program in torch's lines, and torch's numbers.

- `Promise`: the case with torch's answers. `promised`: asks torch.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference
from ..diagnose.spelled import ShortTorch
from ..diagnose.torch_source import shape_in_torch
from ..errors import ProgramError
from ..program import DEFAULT, Input, Read, Ref
from ..program.arrays import Array
from ..program.torch_writer import CannotBeSaid
from ..program.transcript import Stop, Transcript, default_cotangent
from .numbers import raised, shown

# What the lines of every program need before them.
IMPORTS = "import torch\nfrom math import inf, nan"
RAISES = "raises"
# A longer program is told by the function of its case, which repeats its lines.
_MOST_STEPS = 60


@dataclass(frozen=True)
class Promise:
    """A case with what torch answers to it.

    `lines` are torch's, a tuple for each step up to the one that raises. They are empty where the program is
    long, or needs a step that no line of torch says.
    """

    instance: Instance
    answers: Transcript
    lines: tuple[tuple[str, ...], ...]

    @property
    def case(self) -> Case:
        """The case."""
        return self.instance.case

    @property
    def variant(self) -> str:
        """The part of the id in brackets; "" where its function declares one case."""
        return self.case.id.partition("[")[2].removesuffix("]")

    @functools.cached_property
    def inputs(self) -> dict[str, str]:
        """Each input as text, by its name."""
        return {name: shown(array) for name, array in self.instance.inputs.items()}

    @functools.cached_property
    def briefly(self) -> dict[str, str]:
        """The same for a table: of an array that was drawn only its shape, which is the point of it."""
        arrays, recipes = self.instance.inputs, self.case.inputs
        return {
            name: text
            if recipes[name].draw is None or not arrays[name].shape
            else f"shape {arrays[name].shape}"
            for name, text in self.inputs.items()
        }

    @functools.cached_property
    def body(self) -> tuple[str, ...]:
        """The lines between the inputs and the readings."""
        steps = zip(self.instance.program.steps, self.lines, strict=False)
        return tuple(
            line for step, of in steps if not isinstance(step, Input | Read) for line in of
        )

    @functools.cached_property
    def readings(self) -> dict[str, str]:
        """Each answer as text, by its label; an exception, which comes last, is named `RAISES`."""
        labels = self.instance.program.labels
        found = {
            label: shown(answer)
            for label, answer in zip(labels, self.answers.readings, strict=False)
        }
        stop = self.answers.stop
        return found if stop is None else {**found, RAISES: raised(stop)}

    @functools.cached_property
    def program(self) -> str:
        """The program as text, with each answer as a comment.

        It needs `IMPORTS`. Where there are no lines it is the function of the case, without answers.
        """
        if not self.lines:
            return _source(self.case)
        return "\n".join(f"{line}  # {said}" if said else line for line, said in self.commented)

    @functools.cached_property
    def commented(self) -> tuple[tuple[str, str], ...]:
        """Each line of torch with the answer that it prints, or the exception that it raises; else ""."""
        return tuple(self._commented())

    def _commented(self) -> Iterator[tuple[str, str]]:
        answers = iter(self.readings.values())
        steps, last = self.instance.program.steps, len(self.lines) - 1
        for place, (step, lines) in enumerate(zip(steps, self.lines, strict=False)):
            stops = place == last and self.answers.stop is not None
            if not isinstance(step, Read) and not stops:
                yield from ((line, "") for line in lines)
                continue
            *before, line = lines
            yield from ((each, "") for each in before)
            yield line, (f"{RAISES} " if stops else "") + next(answers)


def promised(instance: Instance, reference: Reference) -> Promise:
    """Ask torch, and return the case with its answers. NoReference when torch cannot be imported."""
    answers = reference(instance)
    lines: tuple[tuple[str, ...], ...] = ()
    if len(instance.program) <= _MOST_STEPS:
        lines = _lines(_Writer(instance, reference, answers), answers.stop)
    return Promise(instance, answers, lines)


def _lines(writer: _Writer, stop: Stop | None) -> tuple[tuple[str, ...], ...]:
    steps = writer.program.steps
    if stop is not None:
        steps = steps[: stop.step + 1]
    try:
        return tuple(tuple(writer.step(place, step)) for place, step in enumerate(steps))
    except (CannotBeSaid, ProgramError):
        return ()


class _Writer(ShortTorch):
    """Writes a cotangent in the dtype of its root, where this value is read: `.to` is then not needed."""

    def __init__(self, instance: Instance, reference: Reference, answers: Transcript) -> None:
        super().__init__(instance, partial(shape_in_torch, instance, reference))
        reads = zip(instance.program.reads, answers.readings, strict=False)
        self._values = {
            read.of: answer
            for read, answer in reads
            if read.what == "value" and isinstance(answer, Array)
        }

    def cotangent(self, root: Ref, cotangent: Any) -> list[str]:
        """Return the cotangent as an argument, as `TorchWriter` does."""
        known = self._values.get(root)
        if known is None or isinstance(cotangent, Ref) or cotangent is None:
            return super().cotangent(root, cotangent)
        given = default_cotangent(known.shape) if cotangent == DEFAULT else cotangent
        if not known.shape and cotangent == DEFAULT:
            return []
        return [self.value(replace(given, dtype=known.dtype))]


def _source(case: Case) -> str:
    try:
        return case.source
    except OSError:  # the file was moved or cannot be read
        return ""


def differing(several: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return texts of lines without the lines that all begin with, and those that all end with."""
    shortest = min(map(len, several))
    same = [len({lines[k] for lines in several}) == 1 for k in range(shortest)]
    before = next((k for k, each in enumerate(same) if not each), shortest)
    last = [len({lines[-1 - k] for lines in several}) == 1 for k in range(shortest - before)]
    after = next((k for k, each in enumerate(last) if not each), len(last))
    return [lines[before : len(lines) - after] for lines in several]
