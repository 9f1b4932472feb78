"""The numbers of a drawing: what was read at each place, and its text beside a wire.

- `Answers`: torch's numbers at each place, and an engine's.
- `places`: the place of each reading of a program. `readings_at`: the numbers of one transcript.
- `number`: the text at one place, from torch and from the engine where it differs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ...program import Program, Ref
from ...program.arrays import Array, Opaque, index_of
from ...program.transcript import Reading
from ...text import of_engine

# "value" or "grad", and of which value.
Place = tuple[str, Ref]
Readings = Mapping[Place, Sequence[Reading]]

_NONE = "none"  # a gradient that there is not
_LONGEST = 24  # characters of a text of an engine
_FEW = 3  # elements of an array
_MOST_DIGITS = 20  # no two floats of at least 0.01 are equal in fewer decimals


@dataclass(frozen=True)
class Answers:
    """The numbers that are drawn: torch's, and an engine's where they differ.

    A place with several readings, such as a gradient before and after a second backward, has them in their
    order. `wrong` are the places at which the engine's numbers were judged to differ. `first` is the one of
    them where the search begins, and `steps` are the steps of the program to look at. `raised` is the step at
    which the engine raised. `every_node` is False where only the readings of the case are known.
    """

    torch: Readings = field(default_factory=dict)
    engine: Readings = field(default_factory=dict)
    wrong: frozenset[Place] = frozenset()
    first: Place | None = None
    steps: tuple[int, ...] = ()
    raised: int | None = None
    every_node: bool = True


@dataclass(frozen=True)
class Number:
    """The text of a number: torch's, and the engine's where it differs. "" where there is none."""

    torch: str = ""
    engine: str = ""


NO_NUMBER = Number()
MISSING = Number(_NONE)


def places(program: Program) -> dict[str, Place]:
    """Return the place of each reading, by its label, as in a column of `results.jsonl`."""
    reads = zip(program.labels, program.reads, strict=True)
    return {label: (read.what, read.of) for label, read in reads}


def readings_at(program: Program, readings: Sequence[Reading]) -> dict[Place, list[Reading]]:
    """Return the readings of a transcript by their places. A transcript that stopped early has fewer."""
    found: dict[Place, list[Reading]] = {}
    for read, reading in zip(program.reads, readings, strict=False):
        found.setdefault((read.what, read.of), []).append(reading)
    return found


def number(place: Place, answers: Answers) -> Number:
    """Return the text at a place. Where the two differ, it has the digits that show it, or the dtypes."""
    want, got = answers.torch.get(place, ()), answers.engine.get(place, ())
    if place not in answers.wrong:
        return Number(_sequence(want, 2, None))
    if len(want) > _FEW:
        # Of many readings only the first that differs.
        pairs = enumerate(zip(want, got, strict=False))
        k = next((k for k, (one, other) in pairs if one != other), 0)
        want, got = want[k : k + 1], got[k : k + 1]
    element = _worst_element(want, got)
    for digits in range(2, _MOST_DIGITS):
        torch, engine = (_sequence(each, digits, element) for each in (want, got))
        if torch != engine:
            return Number(torch, engine or _NONE)
    return Number(*(f"{_sequence(each, 2, None)} {_dtype(each)}" for each in (want, got)))


def _sequence(readings: Sequence[Reading], digits: int, element: int | None) -> str:
    """Several readings of one place as `0.20 → 0.40`, each text once in a row."""
    texts: list[str] = []
    for reading in readings:
        text = _text(reading, digits, element)
        if texts[-1:] != [text]:
            texts.append(text)
    if len(texts) > _FEW:
        texts[1:-1] = ["…"]
    return " → ".join(texts)


def _text(reading: Reading, digits: int, element: int | None) -> str:
    if reading is None:
        return _NONE
    if isinstance(reading, Opaque):
        return of_engine(f"{reading.kind} {reading.text}".strip())[:_LONGEST]
    if reading.shape == ():
        return _digits(reading.data[0], digits)
    if element is not None and element < reading.size:
        index = ", ".join(map(str, index_of(element, reading.shape)))
        return f"[{index}]: {_digits(reading.data[element], digits)}"
    few = [_digits(value, digits) for value in reading.data[:_FEW]]
    return " ".join((str(reading.shape), *few, *(["…"] if reading.size > _FEW else [])))


def _dtype(readings: Sequence[Reading]) -> str:
    return next((each.dtype for each in readings if isinstance(each, Array)), "")


def _worst_element(want: Sequence[Reading], got: Sequence[Reading]) -> int | None:
    """Return the element at which two arrays of one shape differ most; None for everything else."""
    for one, other in zip(want, got, strict=False):
        if isinstance(one, Array) and isinstance(other, Array) and one.shape == other.shape != ():
            pairs = zip(one.data, other.data, strict=True)
            distances = [_distance(first, second) for first, second in pairs]
            if any(distances):
                return distances.index(max(distances))
    return None


def _distance(one: float, other: float) -> float:
    if one == other or (math.isnan(one) and math.isnan(other)):
        return 0.0
    distance = abs(one - other)
    return math.inf if math.isnan(distance) else distance


def _digits(value: float, digits: int) -> str:
    """The number as on the slides, `0.73`; in another range with `digits + 1` significant digits."""
    if isinstance(value, bool):
        return str(value)
    if not math.isfinite(value) or isinstance(value, int):
        return f"{value:.{digits + 4}g}"
    if value == 0 or 0.01 <= abs(value) < 10_000:
        return f"{value:.{digits}f}"
    return f"{value:.{digits + 1}g}"
