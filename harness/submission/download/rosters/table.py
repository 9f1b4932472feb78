"""A sheet as headers and rows of text.

- `Table`: both. `table_of`: of the cells of a sheet.
"""

from __future__ import annotations

from dataclasses import dataclass

from .cells import Cells, clean


@dataclass(frozen=True)
class Table:
    """The headers in lower case, and the rows, all as wide as the headers.

    `lines` has the line of the file on which each row ends. `odd` has sentences about the file.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    odd: tuple[str, ...] = ()

    def column(self, header: str) -> int | None:
        """Return the index of a column, or None."""
        return self.headers.index(header) if header in self.headers else None


def table_of(cells: Cells) -> Table:
    """Return the table whose headers are the first row."""
    first, *others = cells.records
    headers = tuple(clean(cell.says).casefold() for cell in first.cells)
    columns = range(len(headers))
    rows = tuple(tuple(clean(record.says(at)) for at in columns) for record in others)
    return Table(headers, rows, tuple(record.line for record in others), cells.odd)
