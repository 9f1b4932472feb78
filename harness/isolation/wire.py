"""Transcripts on the pipe between child and parent, as JSON.

- `encode`: in the child.
- `parse`, `decode`: in the parent, which checks every type, length and name.
- `text`, `texts`, `counts`: a text, a list of texts, or a list of whole numbers, from the child.
"""

from __future__ import annotations

import json
import math
from typing import Any

from ..program import Program
from ..program.arrays import WEAK, Array, Opaque, decode_number, encode_number, plain
from ..program.transcript import Reading, Stop, Transcript
from ..text import LONGEST, of_engine, several_lines

_DTYPES = frozenset(
    [WEAK, "bool", "float16", "bfloat16", "float32", "float64", "longdouble", "float128"]
    + [f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)]
)
_STOPS = ("unsupported", "raised")
LONGEST_TRACEBACK = 10_000  # characters
_AXES, _EXTENT = 64, 2**32  # the most axes of a NumPy array; more elements than fit into an answer


class ProtocolError(Exception):
    """The child sent something that is no transcript of its program."""


def encode(transcript: Transcript) -> dict[str, Any]:
    """Return the transcript as JSON values, from which `decode` makes an equal one. Raises nothing."""
    stop = transcript.stop
    return {
        "readings": [_encoded(reading) for reading in transcript.readings],
        "stop": None if stop is None else _stop_encoded(stop),
    }


def _stop_encoded(stop: Stop) -> list[Any]:
    said = [stop.category, stop.message[:LONGEST], stop.place[:LONGEST]]
    return [stop.kind, stop.step, *said, stop.traceback[:LONGEST_TRACEBACK]]


def _encoded(reading: Reading) -> Any:
    if reading is None:
        return None
    if isinstance(reading, Opaque):
        return [reading.kind[:LONGEST], reading.text[:LONGEST]]
    return [reading.dtype, list(reading.shape), [encode_number(value) for value in reading.data]]


def parse(line: bytes, most_brackets: int) -> dict[str, Any]:
    """Return one line as a JSON object.

    ProtocolError when the line is no JSON object, is nested too deeply, or holds a NaN or an infinity, and,
    before it is parsed, when it has more than `most_brackets` brackets, those in its texts included.
    """
    if line.count(b"[") + line.count(b"{") > most_brackets:
        raise ProtocolError("it has more lists than were asked for")
    try:
        document = _json.decode(line.decode())
    except (ValueError, RecursionError, MemoryError) as problem:
        raise ProtocolError(f"no JSON: {str(problem)[:LONGEST]}") from None
    if type(document) is not dict:
        raise ProtocolError("a JSON object was expected")
    return document


def decode(document: dict[str, Any], program: Program) -> Transcript:
    """Return the transcript of `program` from what `parse` returned. ProtocolError when it cannot be one.

    A run without a stop has all readings of the program; a run that stopped has those before its last step.
    """
    if set(document) != {"id", "readings", "stop"} or type(document["readings"]) is not list:
        raise ProtocolError("id, readings and stop were expected")
    readings = tuple(_decoded(reading) for reading in document["readings"])
    stop = _stop(document["stop"], len(program))
    due = program.due(stop.step if stop else None)
    if len(readings) != due:
        raise ProtocolError(f"{due} readings were due, {len(readings)} came")
    return Transcript(readings, stop)


def text(value: Any) -> str:
    """Return a text from the child, made harmless by `text.of_engine`. ProtocolError if it is no text."""
    if type(value) is not str:
        raise ProtocolError("a text was expected")
    return of_engine(value)


def texts(value: Any, most: int) -> list[str]:
    """Return the first `most` texts of a list from the child, each as `text` does.

    ProtocolError if it is no list, or one of these is no text.
    """
    if type(value) is not list:
        raise ProtocolError("a list of texts was expected")
    return [text(each) for each in value[:most]]


def counts(value: Any, most: int) -> list[int]:
    """Return the first `most` whole numbers of a list from the child. ProtocolError if it is no such list."""
    if type(value) is not list or not all(type(each) is int for each in value[:most]):
        raise ProtocolError("a list of whole numbers was expected")
    return value[:most]


def _stop(value: Any, steps: int) -> Stop | None:
    if value is None:
        return None
    if type(value) is not list or len(value) != 6 or value[0] not in _STOPS:
        raise ProtocolError("a stop needs a kind, a step and four texts")
    kind, step, category, message, place, trace = value
    if type(step) is not int or not 0 <= step < steps:
        raise ProtocolError("a stop must name a step of the program")
    return Stop(kind, step, text(category), text(message), text(place), _lines(trace))


def _lines(value: Any) -> str:
    if type(value) is not str:
        raise ProtocolError("a text was expected")
    return several_lines(value[:LONGEST_TRACEBACK])


def _decoded(value: Any) -> Reading:
    if value is None:
        return None
    if type(value) is not list or len(value) not in (2, 3):
        raise ProtocolError("a reading must be null, numbers, or the description of something else")
    if len(value) == 2:
        return Opaque(text(value[0]), text(value[1]))
    dtype, shape, data = value
    if type(dtype) is not str or dtype not in _DTYPES:
        raise ProtocolError("the dtype is unknown")
    if type(shape) is not list or type(data) is not list:
        raise ProtocolError("numbers need a dtype, a shape and a list")
    # With one extent of 0 the others could be integers of any length, which a report would print.
    if not all(type(extent) is int and 0 <= extent <= _EXTENT for extent in shape):
        raise ProtocolError("the extents of a shape must be whole numbers")
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


# Made once: making one takes longer than reading a short line.
_json = json.JSONDecoder(parse_constant=_no_constant)
