"""The difference between two gradings: whose points changed, and why.

- `difference_lines`: as lines for a terminal. `are_gradings`: both folders hold one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...text import words
from ..item_result import State
from ..rounding import exact, rounded
from .grading_file import GRADING, read_grading

_Mark = Mapping[str, Any]
_Who = tuple[str, tuple[str, ...]]


def are_gradings(*folders: Path) -> bool:
    """Return True when all of these folders hold a grading."""
    return all((folder / GRADING).is_file() for folder in folders)


def difference_lines(old: Path, new: Path) -> Iterator[str]:
    """Yield a line for each student whose points changed, and one for each item behind it.

    Raises UsageError when one of the gradings cannot be read.
    """
    before, step_then = _marks(old)
    now, step = _marks(new)
    same = 0
    for who, mark in now.items():
        # Until something is handed in, a student has no submission.
        who_then = who if who in before else ("", who[1])
        earlier = before.pop(who_then, None)
        if earlier is None:
            yield f"{_shown(who)}: new, {_score(mark, step)}"
        elif (earlier["score"], earlier["status"]) != (mark["score"], mark["status"]):
            yield f"{_shown(who)}: {_score(earlier, step_then)} before, {_score(mark, step)} now"
            yield from _items(earlier, mark)
        elif items := list(_items(earlier, mark)):
            yield f"{_shown(who)}: {_score(mark, step)} as before"
            yield from items
        else:
            same += 1
    for who, mark in before.items():
        yield f"{_shown(who)}: gone, {_score(mark, step_then)} before"
    yield f"{same} of {len(now)} students have the same points"


def _marks(folder: Path) -> tuple[dict[_Who, _Mark], Fraction]:
    """Return the marks of a grading, and the step to which its scores are rounded."""
    found = read_grading(folder)
    marks = {(mark["submission"], tuple(mark["ids"].values())): mark for mark in found["students"]}
    return marks, Fraction(found["rubric"]["rounding"])


def _shown(who: _Who) -> str:
    key, ids = who
    # One submission may be of several students.
    return words(" ".join(dict.fromkeys(filter(None, (key, *ids)))))


def _score(mark: _Mark, step: Fraction) -> str:
    if mark["score"] is None:
        return f"no score ({mark['status']})"
    points = rounded(Fraction(mark["score"]), step)
    return points if mark["status"] == "graded" else f"{points} ({mark['status']})"


def _items(before: _Mark, now: _Mark) -> Iterator[str]:
    earlier = {item["item"]: item for item in before["items"]}
    for item in now["items"]:
        was = earlier.pop(item["item"], None)
        if was is None:
            yield f"  {item['item']}: new, {_points(item)}"
        elif was["points"] != item["points"]:
            why = "".join(f"; {reason}" for reason in _why(item)[:1])
            yield f"  {item['item']}: {_points(was)} before, {_points(item)} now{why}"
    yield from (f"  {name}: gone, {_points(item)} before" for name, item in earlier.items())


def _why(item: Mapping[str, Any]) -> Sequence[str]:
    return ["given by a person"] if item["state"] == State.OVERRIDDEN else item["reasons"]


def _points(item: Mapping[str, Any]) -> str:
    return exact(Fraction(item["points"])) if item["points"] else "none"
