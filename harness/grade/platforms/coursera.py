"""Coursera: `/shared/feedback.json`, and the student's page as `htmlFeedback.html`.

The format is that of the second version of its custom graders. A score is a share of the points, and no file
may have 64 kB.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..rounding import exact
from .judged import Points, as_json, cut, lines_of, text_of
from .platform import Located, Outcome

_LARGEST = 60_000  # bytes of a file
_LONGEST = 25_000  # bytes of the text, of which JSON makes two at most


class Coursera:
    """Takes a share of the points and a text."""

    name = "coursera"

    def located(self, root: Path, environ: Mapping[str, str]) -> Located | None:
        """Return the places below `/shared`; None when nothing is there."""
        folder = root / "shared"
        if not (folder / "submission").is_dir():
            return None
        return Located(folder / "submission", folder, None, {})

    def files(self, outcome: Outcome, located: Located) -> Mapping[str, bytes]:
        """Return the files. A page that is too large is left out, and the text says so."""
        points, page = Points.of(outcome), outcome.page.encode()
        with_page = 0 < len(page) <= _LARGEST
        text = cut("\n".join(_text(outcome, points, left_out=len(page) > _LARGEST)), _LONGEST)
        values = {"fractionalScore": points.share, "feedback": text}
        if not with_page:
            return {"feedback.json": as_json(values)}
        # The page comes first: with the other file it is announced.
        return {
            "htmlFeedback.html": page,
            "feedback.json": as_json(values | {"feedbackType": "HTML"}),
        }


def _text(outcome: Outcome, points: Points, *, left_out: bool) -> Iterator[str]:
    yield text_of(outcome)
    yield points.lost_bonus
    if left_out:
        yield "The page with the circuits is too large for this site."
    for line in lines_of(outcome):
        yield f"{line.name}: {exact(line.points)} of {exact(line.most)}"
        yield from (f"  {each}" for each in line.text.splitlines())
