"""Rows of results without the last digits of numbers, which differ from one process of an engine to the next.

- `steady`: the text of such rows.

An engine that keeps its nodes in a set adds the parts of a gradient in the order of their addresses. So two
gradings would differ in the last digit of an answer. The verdict was given before, from all digits.
"""

from __future__ import annotations

import json
from typing import Any

from ...judge.outcome import PASSED

_DIGITS, _OF_DIFFERENCES = 12, 6  # significant ones
_DIFFERENCES = ("max_abs", "max_rel", "max_ulp")
_encoded = json.JSONEncoder(allow_nan=False).encode


def steady(rows: str) -> str:
    """Return the lines of `results.jsonl`; one that passed is without the answer and the differences."""
    return "".join(f"{_encoded(_steadied(json.loads(line)))}\n" for line in rows.splitlines())


def _steadied(row: dict[str, Any]) -> dict[str, Any]:
    if row["verdict"] in PASSED:
        return row | dict.fromkeys((*_DIFFERENCES, "actual"))
    differences = {name: _rounded(row[name], _OF_DIFFERENCES) for name in _DIFFERENCES}
    return row | differences | {"actual": _answer(row["actual"])}


def _answer(answer: Any) -> Any:
    if not isinstance(answer, dict) or "data" not in answer:
        return answer
    return answer | {"data": [_rounded(number, _DIGITS) for number in answer["data"]]}


def _rounded(number: Any, digits: int) -> Any:
    return float(f"{number:.{digits}g}") if isinstance(number, float) else number
