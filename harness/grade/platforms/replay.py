"""An autograder for Gradescope that hands out results which were made elsewhere.

Gradescope takes no scores in bulk: only an autograder that runs there sets them. This one holds a result for
each submission of an export, by its number, and no name.

- `replay_zip`: the autograder of a grading. `Replay`: its bytes, and who is not in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from ...errors import UsageError
from ...text import words
from ..course.finished import Finished
from ..course.marks import Mark
from ..course.reasons import mistakes
from ..zipped import zipped
from .gradescope import Gradescope
from .platform import Located, Outcome

_PROGRAMS = Path(__file__).parent / "replayed"
_FOLDER = re.compile(r"submission_(\d{1,18})")


@dataclass(frozen=True)
class Replay:
    """`data` is the zip, `count` the number of results in it. `without` has a sentence for each submission
    that has none.
    """

    data: bytes
    count: int
    without: Sequence[str]


def replay_zip(grading: Finished) -> Replay:
    """Return the autograder. UsageError when no submission has a number of Gradescope."""
    results: dict[str, bytes] = {}
    without = []
    told = zip(grading.marks, grading.findings, strict=True)
    for key, several in groupby(told, lambda one: one[0].key):
        marks, findings = zip(*several, strict=True)
        numbers = [n for part in Path(grading.files.get(key, "")).parts if (n := _number(part))]
        if why := _why_not(marks, numbers):
            without.append(f"{words(key or ', '.join(marks[0].student.ids.values()))}: {why}")
            continue
        said = mistakes(grading.rubric, findings[0])
        results[f"results/{numbers[0]}.json"] = _result(grading, marks[0], *said)
    if not results:
        raise UsageError(
            f"{words(str(grading.folder))} has no result for a submission of Gradescope, whose folders are "
            "called submission_ and a number: grade an export of Gradescope"
        )
    programs = {path.name: path.read_bytes() for path in sorted(_PROGRAMS.iterdir())}
    return Replay(zipped(programs | dict(sorted(results.items())), programs), len(results), without)


def _number(folder: str) -> str:
    found = _FOLDER.fullmatch(folder)
    return found[1] if found else ""


def _why_not(marks: Sequence[Mark], numbers: Sequence[str]) -> str:
    if marks[0].score is None:
        return "it has no score"
    if not numbers:
        return "it has no file, so that its number is not known"
    if len({(mark.items, mark.blank, mark.comments) for mark in marks}) > 1:
        return "its students have different points or comments, and Gradescope gives all the same"
    return ""


def _result(grading: Finished, mark: Mark, *said: str) -> bytes:
    why = (mark.why,) if mark.why else ()
    outcome = Outcome(grading.rubric, mark, (*why, *said), gradable=True, complete=True, page="")
    (content,) = Gradescope().files(outcome, Located(Path(), Path(), None, {})).values()
    return content
