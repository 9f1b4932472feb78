"""Torch's answers as text.

- `shown`: one answer. `MOST`: of more numbers the first ones are written. `raised`: an exception.
"""

from __future__ import annotations

from typing import Any

from ..program.arrays import Array
from ..program.transcript import Reading, Stop
from ..text import words

_FEW = 4  # numbers that are written with every digit
MOST = 12  # numbers that are written; of more the first ones
_DIGITS = 6
# How many digits tell two numbers of a dtype apart; those of float64 are written by Python's own rule.
_DISTINCT = {"float32": 9, "float16": 5, "bfloat16": 4}
_UNSAID = ("float64", "bool")  # dtypes that a reader expects of these numbers
_LONGEST_MESSAGE = 160


def shown(answer: Reading) -> str:
    """Return an answer as Python writes numbers and nested lists, with its dtype where it is not float64.

    At most `_FEW` numbers have as many digits as tell them apart, more have `_DIGITS`. Of a long array the
    first numbers are written, and its shape.
    """
    if not isinstance(answer, Array):
        return "None" if answer is None else words(f"{answer.kind} {answer.text}".strip())
    dtype = "" if answer.dtype in _UNSAID else f" {answer.dtype}"
    if 0 < answer.size <= MOST:
        return _nested(answer.nested(), answer) + dtype
    if not answer.size:
        return f"shape {answer.shape}{dtype}"
    some = ", ".join(_number(value, answer) for value in answer.data[:MOST])
    return f"[{some}, …] of shape {answer.shape}{dtype}"


def raised(stop: Stop) -> str:
    """Return the message of an exception on one line, which may be cut."""
    text = words(stop.message)
    return text if len(text) <= _LONGEST_MESSAGE else f"{text[: _LONGEST_MESSAGE - 1]}…"


def _nested(part: Any, whole: Array) -> str:
    if isinstance(part, list):
        return f"[{', '.join(_nested(each, whole) for each in part)}]"
    return _number(part, whole)


def _number(value: float, whole: Array) -> str:
    if not isinstance(value, float):
        return repr(value)
    if whole.size > _FEW:
        return repr(float(f"{value:.{_DIGITS}g}"))
    for digits in range(1, _DISTINCT.get(whole.dtype, 0)):
        short = float(f"{value:.{digits}g}")
        if Array.of(short, whole.dtype).item() == value:
            return repr(short)
    return repr(float(f"{value:.{_DISTINCT[whole.dtype]}g}") if whole.dtype in _DISTINCT else value)
