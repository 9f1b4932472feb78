"""Files of comma-separated values, which a spreadsheet can open without running a part of them.

- `write_table`: the one way in which a table is written to such a file.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Literal

from ..text import for_spreadsheet

# Most columns repeat a few texts, and the ids and digests of the cases come again with each engine.
_harmless = lru_cache(maxsize=1 << 14)(for_spreadsheet)


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
    partial = path.with_name(f"{path.name}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n", quoting=quoting)
            writer.writerow(_cells(columns))
            writer.writerows(map(_cells, rows))
        os.replace(partial, path)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise
    return path


def _cells(row: Iterable[object]) -> list[object]:
    return [
        _harmless(cell) if isinstance(cell, str) else None if cell != cell else cell for cell in row
    ]
