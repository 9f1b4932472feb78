"""Files of comma-separated values, which a spreadsheet can open without running a part of them.

- `write_table`, `write_lines`: the two ways in which a table is written to such a file.
- `joined`: some cells of a line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Literal

from ..text import for_spreadsheet
from .results_file import in_one_step

# Most columns repeat a few texts, and the ids and digests of the cases come again with each engine.
_harmless = lru_cache(maxsize=1 << 14)(for_spreadsheet)


class _AsText:
    """A file for a writer of `csv`: its method `writerow` returns the line."""

    def write(self, line: str) -> str:
        """Return the line."""
        return line


_joined = csv.writer(_AsText(), lineterminator="").writerow


def write_table(
    path: Path,
    columns: Iterable[str],
    rows: Iterable[Iterable[object]],
    *,
    quoting: Literal[0, 1] = csv.QUOTE_MINIMAL,
) -> Path:
    """Write the table row by row; return the path. OSError when the file cannot be written.

    An older file is replaced when all rows are written, so that no half of a table looks like a whole one. A
    cell that is None or NaN is empty. Names and messages are of untrusted origin. So every text is made
    harmless by `for_spreadsheet`. `quoting` says which cells stand in quotes, as in `csv`.
    """
    line = csv.writer(_AsText(), lineterminator="\n", quoting=quoting).writerow
    return write_lines(path, map(line, map(_cells, chain([columns], rows))))


def write_lines(path: Path, lines: Iterable[str]) -> Path:
    """Write lines whose cells are `joined`, each with its line end, as `write_table` does."""
    with in_one_step(path) as partial, partial.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    return path


# Parts of a line often come again a few lines below. A part may have a long text, so that few are kept.
@lru_cache(maxsize=1 << 8)
def joined(cells: tuple[object, ...]) -> str:
    """Return two or more cells as a part of a line of `write_table`."""
    text: str = _joined(_cells(cells))
    return text


def _cells(row: Iterable[object]) -> list[object]:
    return [
        _harmless(cell) if isinstance(cell, str) else None if cell != cell else cell for cell in row
    ]
