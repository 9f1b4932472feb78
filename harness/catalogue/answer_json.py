"""Torch's answers as JSON, which, unlike pickle, runs no code. Numbers that are not finite stay as they are.

- `answer_as_json`, `answer_from_json`: from a transcript to bytes, and back.
"""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import Any

from ..program.arrays import Array, Opaque
from ..program.transcript import Reading, Stop, Transcript


def answer_as_json(transcript: Transcript) -> bytes:
    """Return the transcript as JSON, on one line."""
    stop = transcript.stop
    readings = [_reading_written(reading) for reading in transcript.readings]
    return json.dumps([readings, stop and astuple(stop)], separators=(",", ":")).encode()


def _reading_written(reading: Reading) -> Any:
    if isinstance(reading, Array):
        return [reading.dtype, reading.shape, reading.data]
    return reading and [reading.kind, reading.text]


def answer_from_json(answer: bytes) -> Transcript:
    """Return the transcript. Raises ValueError, TypeError or RecursionError when it is none."""
    readings, stop = json.loads(answer)
    return Transcript(tuple([_reading(each) for each in readings]), stop and Stop(*stop))


def _reading(found: Any) -> Reading:
    if found is None:
        return None
    if len(found) == 2:
        return Opaque(*found)
    dtype, shape, data = found
    return Array(dtype, tuple(shape), tuple(data))
