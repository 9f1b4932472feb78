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


def read(table: Table, downloaded: Iterable[Student], shown: str) -> Roster:
    """Return the roster of a sheet. UsageError when no column holds an id of the download."""
    known = {same(kind, text) for each in downloaded for kind, text in each.ids.items()}
    kinds = sorted({kind for kind, _ in known})
    counted = [
        (sum(same(kind, row[at]) in known for row in table.rows if row[at]), -at, kind)
        for at in range(len(table.headers))
        for kind in kinds
    ]
    count, left, kind = max(counted, default=(0, 0, ""))
    at = -left
    if not count:
        raise UsageError(
            f"the sheet {shown} is none of Canvas, Moodle, Gradescope, Classroom 50, Brightspace or "
            "Blackboard, and no column of it holds ids of the download (columns: "
            f"{words(', '.join(table.headers[:8]))})"
        )
    rows = [
        Row(Student({kind: row[at]}, words(row[0] if at else "")), line, row)
        for row, line in zip(table.rows, table.lines, strict=True)
        if row[at]
    ]
    return Roster(f"unknown: the column {words(table.headers[at])} holds the ids", tuple(rows))
