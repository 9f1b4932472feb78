"""Files of comma-separated values, which a spreadsheet can open without running a part of them.

- `write_table`: the one way in which a table is written to such a file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
from pandas.api.types import is_numeric_dtype

from ..text import for_spreadsheet


def write_table(table: pd.DataFrame, path: Path) -> Path:
    """Write the table without its index; return the path. OSError when the file cannot be written.

    Names and messages are of untrusted origin. So every text is made harmless by `for_spreadsheet`.
    """
    texts = [name for name in table if not is_numeric_dtype(table[name])]
    harmless = {str(name): _harmless(table[name]) for name in texts}
    table.assign(**harmless).to_csv(path, index=False)
    return path


def _harmless(column: pd.Series[Any]) -> pd.Series[Any]:
    # Most columns repeat a few texts.
    known = {text: for_spreadsheet(text) for text in column.unique() if isinstance(text, str)}
    return column.map(lambda cell: known.get(cell, cell))
