"""The largest answer that a program can ask for: a longer or more nested one is not even parsed.

- `AnswerSize`: the bounds on one line from a child. `answer_size`: those of the answer to a program.
- `HANDSHAKE`: those of the child's part of the handshake.

Parsing multiplies a line: a list takes some thirty times the room of its brackets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...program import Apply, Program
from ...program.arrays import Array
from ...text import LONGEST
from ..wire import LONGEST_TRACEBACK

# A float64 needs at most 24 characters and a separator of two; a longdouble needs some more.
_NUMBER = 48
# Characters of the texts of a reading that is no number, and of those of a stop with its traceback.
_READING, _STOP = 2 * LONGEST, 3 * LONGEST + LONGEST_TRACEBACK
_CHARACTER = 12  # bytes: JSON writes a character as at most two escapes of six bytes
# An engine may make arrays of this many elements out of nothing, and whole numbers of this many digits.
_ELEMENTS = 4096
# The brackets of one reading, and of the rest of an answer.
_BRACKETS = 4


@dataclass(frozen=True)
class AnswerSize:
    """The most bytes of a line, and the most brackets `[` and `{` in it."""

    bytes: int
    brackets: int


HANDSHAKE = AnswerSize(bytes=1 << 20, brackets=1 << 10)


def answer_size(program: Program, inputs: Mapping[str, Array], most: int) -> AnswerSize:
    """Return the bounds on the answer to the program, of at most `most` bytes.

    No op makes more elements than the square of all that the program has: a matrix product and an outer
    product of two operands make fewer. The integers among the attributes count too, because `expand` and
    `pad` name sizes there. Example: two readings of a program with 3 + 3 input elements and no attribute
    give 2 x (4096 + 36) numbers of 48 bytes, and some kB for texts.
    """
    readings = len(program.reads)
    given = sum(array.size for array in inputs.values())
    named = sum(
        _whole_numbers(value)
        for step in program.parts
        if type(step) is Apply
        for _, value in step.attributes
    )
    numbers = readings * (_ELEMENTS + (given + named) ** 2)
    characters = readings * _READING + _STOP
    size = numbers * _NUMBER + characters * _CHARACTER
    return AnswerSize(min(size, most), (readings + 1) * _BRACKETS + characters)


def _whole_numbers(value: Any) -> int:
    return sum(abs(number) for number in _flat(value) if type(number) is int)


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, tuple):
        for each in value:
            yield from _flat(each)
    else:
        yield value
