"""A sheet of a course as it is read, before it is filled.

- `Sheet`: its cells and its students. `read_sheet`: from a file to it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from ...submission.download.plan import Student
from ...submission.download.rosters.cells import Cells, Record, clean, read_cells
from ...submission.download.rosters.roster import Roster, Row
from ...submission.download.rosters.sheets import roster_of
from ...submission.download.rosters.table import table_of
from ...text import words


@dataclass(frozen=True)
class Sheet:
    """A sheet. `shown` is its name, `cells` what stands where, and `roster` the students on it."""

    shown: str
    cells: Cells
    roster: Roster

    @cached_property
    def headers(self) -> tuple[str, ...]:
        """The headers, as they are written."""
        return tuple(clean(cell.says) for cell in self.cells.records[0].cells)

    def text(self, row: Row, at: int) -> str:
        """Return the text in a column of a student."""
        return clean(self.record(row).says(at))

    def record(self, row: Row) -> Record:
        """Return the row of the file that is a student's."""
        return self._by_line[row.line]

    def texts(self, at: int) -> list[str]:
        """Return the texts in a column of all students."""
        return [self.text(row, at) for row in self.roster.rows]

    @cached_property
    def others(self) -> tuple[Record, ...]:
        """The rows below the headers that are of no student, such as the one for points."""
        students = {row.line for row in self.roster.rows}
        return tuple(record for record in self.cells.records[1:] if record.line not in students)

    @cached_property
    def _by_line(self) -> dict[int, Record]:
        return {record.line: record for record in self.cells.records}


def read_sheet(path: Path, students: Collection[Student]) -> Sheet:
    """Return the sheet. `students` are those of the grading, whose ids tell where an unknown sheet has ids.

    UsageError when it cannot be read, has no column of ids, or has a student twice.
    """
    shown = words(str(path))
    cells = read_cells(path)
    return Sheet(shown, cells, roster_of(table_of(cells), students, shown))
