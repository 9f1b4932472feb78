"""A sheet with other texts in some cells; every other byte stays as it was.

- `rewritten`: the bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...submission.download.rosters.cells import Cells

_NEEDS_QUOTES = re.compile(r'[\s"]')  # Moodle quotes blanks, too


def rewritten(cells: Cells, texts: Mapping[tuple[int, int], str]) -> bytes:
    """Return the bytes of the sheet with these texts, each by the line of its row and its column.

    A cell that was in quotes stays in quotes. A row that ends before a column gets the separators up to it.
    Raises UnicodeEncodeError for a text that the encoding of the sheet does not have.
    """
    rows = {record.line: record for record in cells.records}
    parts: list[str] = []
    done, there = 0, (0, 0)  # the last row that was met, and how many cells it has now
    for (line, at), text in sorted(texts.items()):
        row = rows[line].cells
        inside = at < len(row)
        cell = row[at] if inside else row[-1]
        width = there[1] if there[0] == line else len(row)
        parts += [cells.text[done : cell.start if inside else cell.end]]
        parts += [cells.separator * (at + 1 - width)]
        was_quoted = inside and cells.text[cell.start : cell.end].startswith('"')
        parts.append(_cell(text, cells.separator, quoted=was_quoted))
        done, there = cell.end, (line, max(width, at + 1))
    parts.append(cells.text[done:])
    return cells.mark + "".join(parts).encode(cells.encoding)


def _cell(text: str, separator: str, *, quoted: bool) -> str:
    if quoted or separator in text or _NEEDS_QUOTES.search(text):
        return '"' + text.replace('"', '""') + '"'
    return text
