"""A platform that runs a grading: where it puts things, and what it takes back.

- `Platform`: one of them. `Located`: where it has put things. `Outcome`: what is said of one submission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from ..course.marks import Mark
from ..rubric import Rubric


@dataclass(frozen=True)
class Located:
    """Where a platform has put things.

    `submission` is the folder or file that was handed in, and `out` the folder of the files that the platform
    takes. `seconds` is its time limit, None when it is not known. `facts` is what the files must repeat: ids,
    the seed of a variant, the most points, earlier attempts.
    """

    submission: Path
    out: Path
    seconds: float | None
    facts: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What a grading says of one submission.

    `mark` is None when nothing was judged. `said` are sentences for the student above the items: that the
    time was over, that there is no engine, or that the grader failed. `gradable` is False when no attempt is
    to be charged: the grader failed, or there is no engine in the file. `complete` is False when not all was
    judged. `page` is the student's page as HTML, "" when there is none.
    """

    rubric: Rubric
    mark: Mark | None
    said: tuple[str, ...]
    gradable: bool
    complete: bool
    page: str


class Platform(Protocol):
    """One platform."""

    name: str

    def located(self, root: Path, environ: Mapping[str, str]) -> Located | None:
        """Return where things are below `root`, which is "/" on the platform; None when they are not."""

    def files(self, outcome: Outcome, located: Located) -> Mapping[str, bytes]:
        """Return the files by their paths below `Located.out`: valid and within the platform's limits."""
