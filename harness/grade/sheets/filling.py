"""The scores of a grading in the sheet of a course.

- `filled`: the sheet with them. `Filled`: what changed, and what did not. `Change`: one cell.
- `Existing`: what happens to a grade that is in the sheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from ...errors import UsageError
from ...submission.download.rosters.roster import Row
from ...text import words
from ..course.finished import Finished
from ..course.marks import Mark
from ..course.reasons import mistakes
from ..rounding import exact
from .columns import CANVAS_DROPS, Column, chosen, columns_of, site_of
from .comment import comment
from .matching import Matched, matched
from .numbers import Style, style_of
from .rewriting import rewritten
from .sheet import Sheet, read_sheet
from .worksheet import Worksheet, worksheet_of

_EMPTY = ("", "-")  # of a student without a grade; Canvas writes the second one, too
_NEEDS_GRADING = "needs grading"  # so does Blackboard


class Existing(StrEnum):
    """What happens to a grade that is in the sheet. The comment behind each says it."""

    KEEP = "keep"  # it stays
    REPLACE = "replace"  # it is replaced by the score
    HIGHER = "higher"  # it is replaced by a higher score


@dataclass(frozen=True)
class Change:
    """One cell that changes: of a student, in a column with this header."""

    row: Row
    mark: Mark
    at: int
    header: str
    before: str
    after: str


@dataclass
class Filled:
    """A sheet, and what is written into it.

    `changes` are its cells that change. `same` counts grades that are the score already. `left` are cells
    that are not changed, each with the reason, and `graded` are grades that stay because of `existing`.
    `above` are the changes to a score above the maximum of the sheet.
    """

    sheet: Sheet
    site: str
    column: Column
    why: str
    moodle: Worksheet | None
    style: Style
    matched: Matched
    existing: Existing
    changes: list[Change] = field(default_factory=list)
    same: int = 0
    graded: list[Change] = field(default_factory=list)
    left: list[tuple[Row, str]] = field(default_factory=list)
    above: list[Change] = field(default_factory=list)

    @property
    def data(self) -> bytes:
        """The bytes of the filled sheet."""
        texts = {(change.row.line, change.at): change.after for change in self.changes}
        return rewritten(self.sheet.cells, texts)


def filled(
    grading: Finished,
    path: Path,
    *,
    wanted: str = "",
    scale: bool = False,
    existing: Existing = Existing.KEEP,
) -> Filled:
    """Return the sheet at `path` with the scores of the grading. Nothing is written.

    `wanted` is the id or the title of the column, "" for the obvious one. With `scale` the scores are scaled
    to the maximum of the sheet. UsageError when the sheet cannot be read, has a student twice or none of the
    grading, when the column is not clear, or when the maximum of the sheet is another one than the rubric's.
    """
    sheet = read_sheet(path, [mark.student for mark in grading.marks])
    site = site_of(sheet)
    moodle = worksheet_of(sheet) if site == "Moodle" else None
    if moodle and moodle.scale is not None:
        raise UsageError(
            f"the sheet {sheet.shown} grades with the words of a scale, in the column "
            f"{words(sheet.headers[moodle.scale])!r}: points cannot be written into it"
        )
    columns = columns_of(sheet, site, moodle)
    column, why = chosen(columns, wanted, grading.rubric, sheet)
    style = style_of(_numbers(sheet, columns, column), column.most)
    result = Filled(
        sheet, site, column, why, moodle, style, matched(grading.marks, sheet), existing
    )
    _Filling(result, grading, _factor(result, grading.rubric.most, scale=scale)).fill()
    return result


def _numbers(sheet: Sheet, columns: Sequence[Column], column: Column) -> Iterator[str]:
    """Yield numbers of the sheet, those of the column first."""
    yield from sheet.texts(column.at)
    yield from (each.most for each in columns)
    if len(columns) < len(sheet.headers):  # else there may be other things than points
        for each in columns:
            yield from sheet.texts(each.at)
    for at, header in enumerate(sheet.headers):
        if CANVAS_DROPS.search(header):  # totals
            yield from sheet.texts(at)


def _factor(result: Filled, most: Fraction, *, scale: bool) -> Fraction:
    """Return by what the scores are multiplied."""
    if not result.column.most:
        return Fraction(1)
    there = result.style.number(result.column.most)
    if there == most:
        return Fraction(1)
    said = f"{result.column} of the sheet {result.sheet.shown}, and the rubric gives {exact(most)}"
    if not scale:
        raise UsageError(f"the points differ: {said}; with --scale the scores are scaled")
    if not there or not most:
        raise UsageError(f"--scale: nothing can be scaled to or from 0 points: {said}")
    return there / most


class _Filling:
    """Decides row by row."""

    def __init__(self, result: Filled, grading: Finished, factor: Fraction) -> None:
        self._result, self._factor = result, factor
        self._step, self._rubric = grading.rubric.rounding, grading.rubric
        self._findings = dict(zip(map(id, grading.marks), grading.findings, strict=True))
        self._sheet, self._at, self._style = result.sheet, result.column.at, result.style
        self._most = result.style.number(result.column.most)

    def fill(self) -> None:
        """Put what changes, and what does not, into the result."""
        for row in self._sheet.roster.rows:
            mark = self._result.matched.marks.get(row.line)
            if mark is None or mark.score is None:
                continue
            if why := self._untouchable(row, mark):
                self._result.left.append((row, why))
            else:
                self._row(row, mark, self._style.written(mark.score * self._factor, self._step))

    def _untouchable(self, row: Row, mark: Mark) -> str:
        """Return why nothing of a row may change, or ""."""
        moodle, text = self._result.moodle, self._sheet.text(row, self._at)
        if moodle and moodle.changeable is not None:
            said = self._sheet.text(row, moodle.changeable)
            if moodle.locked(said):
                header = self._sheet.headers[moodle.changeable]
                return f"Moodle has locked it: {words(header)!r} is {words(said)}"
        if row.odd and mark.key:
            return "; ".join(row.odd)
        if not self._is_empty(text) and self._style.number(text) is None:
            return f"it holds {words(text, 60)!r}, which is no number"
        return ""

    def _is_empty(self, text: str) -> bool:
        blackboard = self._result.site == "Blackboard"
        return text in _EMPTY or (blackboard and text.casefold().startswith(_NEEDS_GRADING))

    def _row(self, row: Row, mark: Mark, score: str) -> None:
        text = self._sheet.text(row, self._at)
        change = Change(row, mark, self._at, self._result.column.header, text, score)
        new = self._style.number(score)
        old = None if self._is_empty(text) else self._style.number(text)
        if old == new:
            self._result.same += 1
        elif old is None or self._replaces(old, new):
            self._result.changes.append(change)
            if self._most is not None and new is not None and new > self._most:
                self._result.above.append(change)
        else:
            self._result.graded.append(change)
            return
        self._feedback(row, mark, replaced=old not in (None, new))

    def _replaces(self, old: Fraction, new: Fraction | None) -> bool:
        match self._result.existing:
            case Existing.KEEP:
                return False
            case Existing.HIGHER:
                return new is not None and new > old
            case Existing.REPLACE:
                return True

    def _feedback(self, row: Row, mark: Mark, *, replaced: bool) -> None:
        """Fill the cell for feedback. A person's words stay, unless the grade beside them was replaced."""
        moodle = self._result.moodle
        if not moodle or moodle.feedback is None:
            return
        encoding = self._sheet.cells.encoding
        before = self._sheet.text(row, moodle.feedback)
        said = comment(mark, mistakes(self._rubric, self._findings[id(mark)]))
        after = said.encode(encoding, "xmlcharrefreplace").decode(encoding)
        if before == after or (before and not replaced):
            return
        header = self._sheet.headers[moodle.feedback]
        self._result.changes.append(Change(row, mark, moodle.feedback, header, before, after))
