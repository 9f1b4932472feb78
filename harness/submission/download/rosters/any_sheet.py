"""A sheet of another kind, or in another language: the column whose cells are the ids of the download.

- `read`: the roster.
"""

from __future__ import annotations

from collections.abc import Iterable

from ....errors import UsageError
from ....text import words
from ..plan import Student
from .roster import Roster, Row, same
from .table import Table

# The numbers of a course's site itself; a sheet may have other ids of the same students, too.
_OF_A_SITE = ("canvas", "moodle")


def read(table: Table, downloaded: Iterable[Student], shown: str) -> Roster:
    """Return the roster of a sheet. UsageError when no column holds an id of the download."""
    columns = [[row[at] for row in table.rows] for at in range(len(table.headers))]
    known = {same(kind, text) for each in downloaded for kind, text in each.ids.items()}
    counted = [
        (sum(same(kind, cell) in known for cell in cells if cell), kind in _OF_A_SITE, -at, kind)
        for at, cells in enumerate(columns)
        for kind in sorted({kind for kind, _ in known})
    ]
    count, _, left, kind = max(counted, default=(0, False, 0, ""))
    at = -left
    if not count:
        raise UsageError(
            f"the sheet {shown} is none of Canvas, Moodle, Gradescope, Classroom 50, Brightspace or "
            "Blackboard, and no column of it holds ids of the download (columns: "
            f"{words(', '.join(table.headers[:8]))})"
        )
    names = {each.name for each in downloaded if each.name}
    # The first column, unless another one holds names of the download.
    name = max(range(len(columns)), key=lambda at: sum(cell in names for cell in columns[at]))
    rows = [
        Row(Student({kind: row[at]}, words(row[name] if at != name else "")), line, row)
        for row, line in zip(table.rows, table.lines, strict=True)
        if row[at]
    ]
    return Roster(f"unknown: the column {words(table.headers[at])} holds the ids", tuple(rows))
