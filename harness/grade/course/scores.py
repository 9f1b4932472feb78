"""`scores.csv`: a row for each student, as it goes into a book of grades.

- `write_scores`: writes it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from ...report.results_file import writing
from ...report.spreadsheet import write_table
from ...text import words
from ..rounding import exact, rounded
from .folder import SCORES, private
from .marks import Mark

_FIRST, _LAST = (
    "submission",
    (
        "score",
        "max",
        "status",
        "findings",
        "late",
        "sandbox",
        "seconds",
        "remarks",
    ),
)


def write_scores(folder: Path, marks: Sequence[Mark], step: Fraction) -> Path:
    """Write the table into the folder of a grading; return its path.

    The score is rounded to a multiple of `step`, and nothing else is. A cell without points is empty. Every
    cell is quoted, so that an id stays a text. Raises UsageError when the file cannot be written.
    """
    path = folder / SCORES
    kinds = list(dict.fromkeys(kind for mark in marks for kind in mark.student.ids))
    names = [item.item for item in marks[0].items] if marks else []
    taken = {_FIRST, *kinds, "name", *_LAST}
    # A book of grades that looks for the column `score` must not find an item of this name.
    items = [f"{name} (item)" if name in taken else name for name in names]
    columns = [_FIRST, *kinds, "name", *items, *_LAST]
    rows = (_row(mark, kinds, step) for mark in marks)
    with private(), writing(path):
        return write_table(path, columns, rows, quoting=csv.QUOTE_ALL)


def _row(mark: Mark, kinds: Sequence[str], step: Fraction) -> Iterator[str]:
    yield mark.key
    for kind in kinds:
        yield words(mark.student.ids.get(kind, ""))
    yield words(mark.student.name)
    for item in mark.items:
        yield "" if item.item in mark.blank else exact(item.points)
    yield "" if mark.score is None else rounded(mark.score, step)
    yield exact(mark.most)
    yield mark.status
    result = mark.result
    yield "; ".join(map(named, result.findings)) if result else ""
    yield "late" if mark.late else ""
    yield result.wall if result else ""
    yield f"{result.seconds:.1f}" if result else ""
    yield " ".join(remarks(mark))


def named(finding: Mapping[str, Any]) -> str:
    """Return a mistake in two words: the op, and its kind."""
    return f"{finding['op'] or 'machinery'}: {finding['kind']}"


def remarks(mark: Mark) -> Iterator[str]:
    """Yield sentences for graders: what is odd about a submission and about its points."""
    if mark.gone:
        yield "It is not in the download any more."
    if mark.why:
        yield _sentence(mark.why)
    yield from map(_sentence, mark.odd)
    if mark.result is not None:
        yield from map(_sentence, mark.result.differs)
        if mark.result.undiagnosed:
            yield "Its mistakes could not be named."
    for each in mark.given:
        yield _sentence(f"{each.item} by {each.who or 'hand'}: {each.reason}")
    for each in mark.comments:
        yield _sentence(each.reason)
    for each in mark.stale:
        what = each.item or "the comment"
        yield f"Not applied, because another file was handed in since: {what} by {words(each.who)}."


def _sentence(text: str) -> str:
    shown = words(text)
    return shown if shown.endswith((".", "!", "?")) else f"{shown}."
