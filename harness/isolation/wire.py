"""Transcripts on the pipe between child and parent, as JSON.

- `encode`: in the child.
- `decode`: in the parent, which believes nothing: every type, length and name is checked.
"""

from __future__ import annotations

import json
import math
from typing import Any

from harness.program import Program, Read
from harness.program.arrays import WEAK, Array, Opaque, decode_number, encode_number, plain
from harness.program.transcript import Reading, Stop, Transcript
from harness.text import LONGEST, words

_DTYPES = frozenset(
    [WEAK, "bool", "float16", "bfloat16", "float32", "float64", "longdouble", "float128"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
_STOPS = ("unsupported", "raised")
_AXES, _EXTENT = 64, 2**32  # NumPy's most axes; far more elements than an answer has room for


class ProtocolError(Exception):
    """What the child sent is no transcript of the program that it was given."""


def encode(transcript: Transcript) -> dict[str, Any]:
    """The transcript as JSON values; `decode` reads it back unchanged."""
    stop = transcript.stop
    shown = None if stop is None else [stop.kind, stop.step, stop.category, stop.message[:LONGEST]]
    return {"readings": [_encoded(reading) for reading in transcript.readings], "stop": shown}


def _encoded(reading: Reading) -> Any:
    if reading is None:
        return None
    if isinstance(reading, Opaque):
        return [reading.kind[:LONGEST], reading.text[:LONGEST]]
    return [reading.dtype, list(reading.shape), [encode_number(value) for value in reading.data]]


def parse(line: bytes) -> dict[str, Any]:
    """One line as a JSON object. ProtocolError when it is none, however it was made to look."""
    try:
        document = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError, MemoryError) as problem:
        raise ProtocolError(f"no JSON: {str(problem)[:LONGEST]}") from None
    if type(document) is not dict:
        raise ProtocolError("a JSON object was expected")
    return document


def decode(document: dict[str, Any], program: Program) -> Transcript:
    """The transcript of `program`. ProtocolError when it cannot be one.

    A run without a stop has every reading; one that stopped has those that lie before the step.
    """
    if set(document) != {"id", "readings", "stop"} or type(document["readings"]) is not list:
        raise ProtocolError("id, readings and stop were expected")
    readings = tuple(_decoded(reading) for reading in document["readings"])
    stop = _stop(document["stop"], len(program.steps))
    before = program.steps if stop is None else program.steps[: stop.step]
    due = sum(type(step) is Read for step in before)
    if len(readings) != due:
        raise ProtocolError(f"{due} readings were due, {len(readings)} came")
    return Transcript(readings, stop)


def text(value: Any) -> str:
    """A text of the child's, made harmless (`harness.text.words`). ProtocolError if it is none."""
    if type(value) is not str:
        raise ProtocolError("a text was expected")
    return words(value)


def texts(value: Any, most: int) -> list[str]:
    """The first texts of a list of the child's, as `text` gives them. ProtocolError if it is none."""
    if type(value) is not list:
        raise ProtocolError("a list of texts was expected")
    return [text(each) for each in value[:most]]


def _stop(value: Any, steps: int) -> Stop | None:
    if value is None:
        return None
    if type(value) is not list or len(value) != 4 or value[0] not in _STOPS:
        raise ProtocolError("a stop is its kind, step, category and message")
    kind, step, category, message = value
    if type(step) is not int or not 0 <= step < steps:
        raise ProtocolError("a stop names a step of the program")
    return Stop(kind, step, text(category), text(message))


def _decoded(value: Any) -> Reading:
    if value is None:
        return None
    if type(value) is not list or len(value) not in (2, 3):
        raise ProtocolError("a reading is null, numbers, or the description of something else")
    if len(value) == 2:
        return Opaque(text(value[0]), text(value[1]))
    dtype, shape, data = value
    if type(dtype) is not str or dtype not in _DTYPES:
        raise ProtocolError("a dtype is one of a few names")
    if type(shape) is not list or type(data) is not list:
        raise ProtocolError("numbers are a dtype, a shape and a list")
    # Beside an extent of 0 the others could be of any length, and would be printed.
    if not all(type(extent) is int and 0 <= extent <= _EXTENT for extent in shape):
        raise ProtocolError("a shape is made of whole numbers")
    if len(shape) > _AXES or math.prod(shape) != len(data):
        raise ProtocolError("the count of numbers does not fit the shape")
    return Array(dtype, tuple(shape), tuple(_number(element) for element in data))


def _number(value: Any) -> Any:
    kind = type(value)
    if kind is float or kind is bool:
        return value
    try:
        if kind is int:
            return plain(value)
        return decode_number(value) if kind is str else _no_constant(kind.__name__)
    except (ValueError, OverflowError):
        raise ProtocolError(f"{str(value)[:40]!r} is not a number") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
