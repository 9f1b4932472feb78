"""Gradescope: `/autograder/results/results.json`.

The format is that of "Autograder Specifications" in Gradescope's documentation. Its time limit is ten minutes
where the course has chosen no other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from ..points import exact_number
from ..rounding import exact
from ..rubric import Rubric
from .judged import Line, Points, as_json, cut, lines_of, number, room_for, text_of
from .platform import Located, Outcome

_LONGEST = 90_000  # bytes of one text; the platform cuts at 100,000 characters
_LARGEST = 4_000_000  # bytes of all items; a limit is not published
_SECONDS = 600.0


class Gradescope:
    """Runs in a container, as root. A bonus may bring the score above the maximum."""

    name = "gradescope"

    def located(self, root: Path, environ: Mapping[str, str]) -> Located | None:
        """Return the places below `/autograder`; None when nothing is there."""
        folder = root / "autograder"
        if not (folder / "submission").is_dir():
            return None
        told = _told(folder / "submission_metadata.json")
        facts = {"points": _total_points(told), "earlier": _earlier_score(told)}
        return Located(folder / "submission", folder, _SECONDS, facts)

    def files(self, outcome: Outcome, located: Located) -> Mapping[str, bytes]:
        """Return `results/results.json`. What a student printed is not in it."""
        lines, points = lines_of(outcome), Points.of(outcome)
        wanted = located.facts.get("points")
        # Where nothing was judged, perhaps not even the rubric could be read.
        known = wanted is not None and outcome.mark is not None
        fits = not known or wanted in assignment_points(outcome.rubric)
        score, earlier = number(points.score), located.facts.get("earlier")
        said = ["" if fits else _wrong_sum(points)]
        if outcome.mark is None and earlier is not None:
            # There is no mark for "nothing was judged": without this the newest score would be 0.
            score = earlier
            said.append("Until then the score is that of your last submission.")
        text = "\n".join(filter(None, (text_of(outcome), *said)))
        longest = room_for(lines, _LARGEST)
        values = {
            "score": score,
            "output": cut(text, _LONGEST),
            "output_format": "text",
            "test_output_format": "text",
            "test_name_format": "text",
            "stdout_visibility": "hidden",
            "tests": [_test(line, str(k), fits, longest) for k, line in enumerate(lines, 1)],
        }
        return {"results/results.json": as_json(values)}


def _test(line: Line, place: str, with_most: bool, longest: int) -> dict[str, Any]:
    # Gradescope adds up the maxima, and a bonus is above them.
    most = {"max_score": 0.0 if line.bonus else number(line.most)} if with_most else {}
    return {
        "number": place,
        "name": line.name,
        "score": number(line.points),
        **most,
        "status": "passed" if line.passed else "failed",
        "output": cut(line.text, longest),
        "visibility": "after_published" if line.hidden else "visible",
    }


def assignment_points(rubric: Rubric) -> tuple[Fraction, Fraction]:
    """Return the points that the assignment may have there: without those that a person gives, and with them.

    With other points the page of a student says that the results are not formatted correctly.
    """
    by_hand = sum(
        (item.points for item in rubric.items if item.hand and not item.bonus), Fraction()
    )
    return rubric.most - by_hand, rubric.most


def _wrong_sum(points: Points) -> str:
    return (
        f"The items give {exact(points.most)} points, and this assignment has another number of points. "
        "Tell the course staff."
    )


def _told(path: Path) -> Any:
    with suppress(OSError, ValueError, RecursionError):
        return json.loads(path.read_bytes())
    return None


def _total_points(told: Any) -> Fraction | None:
    with suppress(ValueError, TypeError, KeyError):
        return exact_number(str(told["assignment"]["total_points"]))
    return None


def _earlier_score(told: Any) -> float | None:
    """Return the score of the last submission that has one."""
    with suppress(ValueError, TypeError, KeyError, AttributeError, StopIteration):
        scores = [each.get("score") for each in told["previous_submissions"]]
        return next(float(score) for score in reversed(scores) if score is not None)
    return None
