"""PrairieLearn: `/grade/results/results.json`.

The format is that of "External grading" in its documentation. A score outside of 0 to 1 would count as 0, and
a file above 1 MB is not read. Its time limit is 30 seconds where `info.json` has no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...text import words
from .judged import Line, Points, as_json, cut, lines_of, number, room_for, text_of
from .platform import Located, Outcome

_LARGEST = 1_000_000  # bytes
_LONGEST = 50_000  # bytes of the text above the items
_SECONDS = 30.0


class PrairieLearn:
    """Takes a share of the points. What cannot be graded charges no attempt."""

    name = "prairielearn"

    def located(self, root: Path, environ: Mapping[str, str]) -> Located | None:
        """Return the places below `/grade`; None when nothing is there."""
        folder = root / "grade"
        if not (folder / "student").is_dir():
            return None
        return Located(folder / "student", folder, _SECONDS, {})

    def files(self, outcome: Outcome, located: Located) -> Mapping[str, bytes]:
        """Return `results/results.json`. It has no score where nothing can be graded."""
        points = Points.of(outcome)
        text = cut("\n".join(filter(None, (text_of(outcome), points.lost_bonus))), _LONGEST)
        if not outcome.gradable:
            errors = [cut(words(each, _LONGEST), _LONGEST) for each in outcome.said]
            values: dict[str, Any] = {"gradable": False, "format_errors": errors, "message": text}
            return {"results/results.json": as_json(values)}
        lines = lines_of(outcome)
        longest = room_for(lines, _LARGEST - 2 * _LONGEST)
        tests = [_test(line, longest) for line in lines]
        values = {"gradable": True, "score": points.share, "message": text, "tests": tests}
        return {"results/results.json": as_json(values)}


def _test(line: Line, longest: int) -> dict[str, Any]:
    # One test without both numbers would take the points from the display of all.
    return {
        "name": line.name,
        "points": number(line.points),
        "max_points": 0.0 if line.bonus else number(line.most),
        "message": cut(line.text, longest),
    }
