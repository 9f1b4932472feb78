"""A sheet of another kind, or in another language: the column whose cells are the ids of the download.

- `read`: the roster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ....errors import UsageError
from ....text import words
from ..plan import Student
from .roster import Roster, Row, same
from .table import Table


def read(table: Table, downloaded: Iterable[Student], shown: str) -> Roster:
    """Return the roster of a sheet. UsageError when no column holds an id of the download."""
    kinds = {same(kind, text): kind for each in downloaded for kind, text in each.ids.items()}
    best: tuple[int, int, str] = (0, 0, "")
    for at in range(len(table.headers)):
        hits: Counter[str] = Counter()
        for row in table.rows:
            hits.update(
                {kind for key, kind in kinds.items() if row[at] and key == same(kind, row[at])}
            )
        if hits:
            kind, count = hits.most_common(1)[0]
            best = max(best, (count, -at, kind))
    count, at, kind = best[0], -best[1], best[2]
    if not count:
        raise UsageError(
            f"the sheet {shown} is none of Canvas, Moodle, Gradescope or Classroom 50, and no column of it "
            f"holds ids of the download (columns: {words(', '.join(table.headers[:8]))})"
        )
    rows = [
        Row(Student({kind: row[at]}, words(row[0] if at else "")), line, row)
        for row, line in zip(table.rows, table.lines, strict=True)
        if row[at]
    ]
    return Roster(f"unknown: the column {words(table.headers[at])} holds the ids", tuple(rows))
