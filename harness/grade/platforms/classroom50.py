"""Classroom 50: `result.json` in the checkout of a student.

The format is `classroom50/result/v1`, of which the project publishes a JSON schema. Points are whole numbers
there, so that all are hundredths of a point.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from math import floor
from pathlib import Path
from typing import Any

from ...text import words
from .judged import Line, Points, as_json, cut, lines_of, room_for, text_of
from .platform import Located, Outcome

_SECONDS = 900.0
_UNIT = Fraction(1, 100)
_LARGEST = 8_000_000  # bytes of all items; the file may have 10 MiB
_LONGEST = 50_000  # bytes of the text above them
_HUNDREDTHS = "All points here are hundredths of a point, because this site takes whole numbers."
_TAG = re.compile(r"submit/(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)Z-.*")
_NAMES = ("CLASSROOM", "ASSIGNMENT", "SUBMISSION_TAG", "COMMIT_URL", "RELEASE_URL")


class Classroom50:
    """Runs as an action of GitHub. No score may be above its maximum."""

    name = "classroom50"

    def located(self, root: Path, environ: Mapping[str, str]) -> Located | None:
        """Return the checkout, which is the working folder; None without the variables of the platform."""
        if any(not environ.get(name) for name in _NAMES):
            return None
        checkout = Path.cwd() if root == Path("/") else root
        owner = environ.get("OWNER") or environ.get("USERNAME", "")
        facts = {
            "classroom": environ["CLASSROOM"],
            "assignment": environ["ASSIGNMENT"],
            "assignment_type": "group"
            if environ.get("ASSIGNMENT_TYPE") == "group"
            else "individual",
            "owner": owner,
            "submission": environ["SUBMISSION_TAG"],
            "commit": environ["COMMIT_URL"],
            "release": environ["RELEASE_URL"],
            "review": environ.get("REVIEW_URL") or environ["COMMIT_URL"],
        }
        return Located(checkout, checkout, _SECONDS, facts)

    def files(self, outcome: Outcome, located: Located) -> Mapping[str, bytes]:
        """Return `result.json`, and the text of the release."""
        points, now = Points.of(outcome), _written(datetime.now(UTC))
        lines = lines_of(outcome, _UNIT)
        longest = room_for(lines, _LARGEST)
        text = "\n".join(filter(None, (text_of(outcome), points.lost_bonus, _HUNDREDTHS)))
        values = {
            "schema": "classroom50/result/v1",
            **located.facts,
            "datetime": _submitted(located.facts["submission"]) or now,
            "graded_at": now,
            "score": _hundredths(points.capped),
            "max-score": _hundredths(points.most),
            "tests": [_test(line, longest) for line in lines],
        }
        # As code no word of it is markup.
        body = "".join(f"    {words(line, _LONGEST)}\n" for line in text.splitlines())
        return {"release-body.md": cut(body, _LONGEST).encode(), "result.json": as_json(values)}


def _test(line: Line, longest: int) -> dict[str, Any]:
    # A bonus has no maximum of its own in the sum, and no score may be above its maximum.
    most = Fraction() if line.bonus else line.most
    return {
        "test-name": line.name,
        "passed": line.passed,
        "score": _hundredths(min(line.points, most)),
        "max-score": _hundredths(most),
        "message": cut(line.text, longest),
    }


def _hundredths(points: Fraction) -> int:
    return floor(points / _UNIT + Fraction(1, 2))


def _submitted(tag: str) -> str:
    """Return the time in the tag of a submission, as a default: the platform writes the one of the commit."""
    found = _TAG.fullmatch(tag)
    return "{}T{}:{}:{}Z".format(*found.groups()) if found else ""


def _written(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
