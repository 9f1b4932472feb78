"""The check of a line of `results.jsonl`: a file may have been made by hand, or by another program.

- `checked`: the values of a line, with harmless texts and with numbers as floats.
"""

from __future__ import annotations

from itertools import chain, filterfalse
from math import isfinite
from operator import itemgetter
from typing import Any, cast

from ..catalogue.case import LEVELS
from ..judge.outcome import SEVERITY, Reason
from ..program.arrays import decode_number
from ..text import words
from .shape import fault

_NULL = type(None)
_NAN = float("nan")
_PLAIN = frozenset({float, int, _NULL})
_NUMBERS = ("max_abs", "max_rel", "max_ulp")
_NOT_FINITE = frozenset({"nan", "inf", "-inf"})
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
_FLOATS, _ELEMENTS = {float}, {float, int, str, bool}
# The values of a column that has few.
_CLOSED = {"level": LEVELS, "verdict": tuple(map(str, SEVERITY)), "reason": tuple(map(str, Reason))}
_REASONS = frozenset(map(str, Reason))
_MOST_STEPS = (1 << 63) - 1  # a database of `diff` holds no larger number
_LONGEST = 4000  # characters of one text; gradconform writes shorter ones

_texts, _numbers = itemgetter(*_TEXTS), itemgetter(*_NUMBERS)


def checked(values: Any) -> dict[str, Any]:
    """Return the values of a line, changed in place; ValueError says which column is wrong, and how.

    A difference becomes a float, NaN where there is none, and `max_ulp` a float or None. Texts become one
    line without unprintable characters.
    """
    try:
        joined = "".join(chain(_texts(values), values["tags"]))
        right = (
            values["verdict"] in SEVERITY
            and values["reason"] in _REASONS
            and values["level"] in LEVELS
            and type(values["steps"]) is type(values["seed"]) is int
            and values["steps"] <= _MOST_STEPS
            and type(values["seconds"]) in (float, int)
            and isfinite(values["seconds"])
            and type(values["tags"]) is list
        )
        numbers = _numbers(values)
        if not _PLAIN.issuperset(map(type, numbers)):  # it is a text, or nothing of these
            numbers = [value if value is None else decode_number(value) for value in numbers]
        found = [value if value is None else float(value) for value in numbers]
        right = right and _is_answer(values["expected"]) and _is_answer(values["actual"])
    except (TypeError, KeyError, ValueError, OverflowError):
        right = False
    if not right:
        raise ValueError(_reason(values))
    max_abs, max_rel, values["max_ulp"] = found
    values["max_abs"] = _NAN if max_abs is None else max_abs
    values["max_rel"] = _NAN if max_rel is None else max_rel
    if len(joined) > _LONGEST or not joined.isprintable():
        for name in _TEXTS:
            values[name] = words(values[name], _LONGEST)
        values["tags"] = [words(tag) for tag in values["tags"]]
    return cast(dict[str, Any], values)


def _is_text(value: Any) -> bool:
    return type(value) is str


def _is_answer(value: Any) -> bool:
    """True for an array, an answer of another type, a message, or None. KeyError for another object."""
    if value is None or type(value) is str:
        return True
    if "opaque" in value:
        return type(value["opaque"]) is type(value["text"]) is str
    data, shape = value["data"], value["shape"]
    if not (type(data) is type(shape) is list and type(value["dtype"]) is str):
        return False
    if shape and {*map(type, shape)} != {int}:
        return False
    kinds = {*map(type, data)}
    if kinds == _FLOATS:  # as in nearly all answers
        return all(map(isfinite, data))
    return (
        kinds <= _ELEMENTS
        and (str not in kinds or {*filter(_is_text, data)} <= _NOT_FINITE)
        and all(map(isfinite, data if str not in kinds else filterfalse(_is_text, data)))
    )


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
    if values["steps"] > _MOST_STEPS:
        return "steps is too large for the length of a program"
    return "a number is neither finite nor one of 'nan', 'inf' and '-inf'"
