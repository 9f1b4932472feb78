"""The check of a line of `results.jsonl`: a file may have been made by hand, or by another program.

- `checked`: the values of a line, with harmless texts and with numbers as floats.
"""

from __future__ import annotations

import json
from itertools import chain
from operator import itemgetter
from typing import Annotated, Any, Literal, TypedDict, cast

import msgspec

from ..catalogue.case import LEVELS
from ..judge.outcome import SEVERITY, Reason
from ..text import words
from .shape import fault

_NULL = type(None)
_NAN = float("nan")
_NUMBERS = ("max_abs", "max_rel", "max_ulp")
_TEXTS = (
    "engine",
    "family",
    "level",
    "case",
    "reading",
    "verdict",
    "reason",
    "decided_by",
    "dtype",
    "digest",
    "engine_version",
    "torch_version",
    "message",
    "title",
)
_FORM = {
    **dict.fromkeys(_TEXTS, str),
    **dict.fromkeys(_NUMBERS, (float, str, _NULL)),
    "steps": int,
    "seed": int,
    "seconds": float,
    "tags": [str],
}
_ANSWERS = ("expected", "actual")
_ARRAY = {"dtype": str, "shape": [int], "data": [(float, str, bool)]}
_OPAQUE = {"opaque": str, "text": str}
# The values of a column that has few.
_CLOSED = {"level": LEVELS, "verdict": tuple(map(str, SEVERITY)), "reason": tuple(map(str, Reason))}
_REASONS = frozenset(map(str, Reason))
_MOST = (1 << 63) - 1  # a database of `diff` holds no larger number, and no tensor of torch
_LONGEST = 4000  # characters of one text; gradconform writes shorter ones

_NotFinite = Literal["nan", "inf", "-inf"]
_Number = float | _NotFinite | None
_Whole = Annotated[int, msgspec.Meta(ge=-(1 << 63), le=_MOST)]


class _Answer(TypedDict, total=False):
    """An array, which has the first three keys, or an answer of another type, which has the others."""

    dtype: str
    shape: list[int]
    data: list[_Whole | float | bool | _NotFinite]
    opaque: str
    text: str


class _Line(TypedDict):
    """What the decoder checks of a line while it reads it. No number in JSON is infinite or NaN."""

    engine: str
    family: str
    level: str
    case: str
    reading: str
    verdict: str
    reason: str
    max_abs: _Number
    max_rel: _Number
    max_ulp: _Number
    decided_by: str
    dtype: str
    digest: str
    steps: _Whole
    seed: int
    seconds: float
    engine_version: str
    torch_version: str
    message: str
    title: str
    tags: list[str]
    expected: _Answer | str | None
    actual: _Answer | str | None


_texts, _numbers = itemgetter(*_TEXTS), itemgetter(*_NUMBERS)
_decode = msgspec.json.Decoder(_Line).decode


def checked(line: bytes) -> dict[str, Any]:
    """Return the values of a line. ValueError says which column is wrong, and how.

    A difference becomes a float, NaN where there is none, and `max_ulp` a float or None. Texts become one
    line without unprintable characters. RecursionError when the line is nested too deeply.
    """
    try:
        values = cast(dict[str, Any], _decode(line))
    except msgspec.MsgspecError:
        values = _decoded_slowly(line)
    if not (
        values["verdict"] in SEVERITY
        and values["reason"] in _REASONS
        and values["level"] in LEVELS
        and _is_answer(values["expected"])
        and _is_answer(values["actual"])
    ):
        raise ValueError(_reason(values))
    for name, value in zip(_NUMBERS, _numbers(values), strict=True):
        if type(value) is str:
            values[name] = float(value)
        elif value is None and name != "max_ulp":
            values[name] = _NAN
    joined = "".join(chain(_texts(values), values["tags"]))
    if len(joined) > _LONGEST or not joined.isprintable():
        for name in _TEXTS:
            values[name] = words(values[name], _LONGEST)
        values["tags"] = [words(tag) for tag in values["tags"]]
    return values


def _decoded_slowly(line: bytes) -> dict[str, Any]:
    """Return the values of a line whose texts have half of a character; else raise as `checked` does."""
    values = json.loads(line)
    whole = json.dumps(values, ensure_ascii=False).encode("utf-8", "replace")
    try:
        return cast(dict[str, Any], _decode(whole))
    except msgspec.MsgspecError:
        raise ValueError(_reason(values)) from None


def _is_answer(value: Any) -> bool:
    """True for an array, an answer of another type, a message, or None."""
    if type(value) is not dict:
        return True
    return "text" in value if "opaque" in value else value.keys() >= _ARRAY.keys()


def _reason(values: Any) -> str:
    """Return which column is wrong, and how. It is slow, and never needed for a file of gradconform."""
    if found := fault(values, _FORM):
        return found
    for name, allowed in _CLOSED.items():
        if values[name] not in allowed:
            return (
                f"{name} is {values[name]!r:.60}, which is none of {', '.join(map(repr, allowed))}"
            )
    for name in _ANSWERS:
        if name not in values:
            return f"{name} is missing"
        answer = values[name]
        if answer is None or isinstance(answer, str):
            continue
        form = _OPAQUE if isinstance(answer, dict) and "opaque" in answer else _ARRAY
        if found := fault(answer, form, name):
            return found
    if values["steps"] > _MOST:
        return "steps is too large for the length of a program"
    return (
        "a number is neither finite nor one of 'nan', 'inf' and '-inf', or is too large for torch"
    )
