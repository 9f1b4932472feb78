"""One table of a run in a file, in the format that a person asks for.

- `write_frame`: writes it. `TABLES`: the tables by name.

The table is in memory as a whole, which no other view needs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import UsageError
from ..text import for_markdown
from .frame import per_case, read_results, read_summary
from .markdown_tables import table as markdown_table
from .results_file import writing
from .score import TOTALS, Score, by_engine, headline
from .spreadsheet import write_table

_ENDINGS = {"csv": "csv", "parquet": "parquet", "json": "json", "markdown": "md", "latex": "tex"}


def _headlines(folder: Path) -> pd.DataFrame:
    """One row for each engine: its scores in words, as `summary.md` has them."""
    engines = by_engine(Score(*row) for row in read_summary(folder).itertuples(index=False))
    lines = [
        [engine, *(headline(rows[name]) if name in rows else "—" for name in TOTALS)]
        for engine, rows in engines.items()
    ]
    return pd.DataFrame(lines, columns=["engine", *TOTALS])


TABLES: dict[str, Callable[[Path], pd.DataFrame]] = {
    "headline": _headlines,
    "scores": read_summary,
    "cases": lambda folder: per_case(read_results(folder)),
    "readings": read_results,
}


def write_frame(folder: Path, name: str, form: str) -> Path:
    """Write a table of `TABLES`, of the run in the folder, beside its other files; return the path.

    `form` is csv, parquet, json, markdown or latex. Raises UsageError when the file cannot be written, or
    pyarrow is missing.
    """
    frame = TABLES[name](folder)
    for column in ("tags", "expected", "actual"):
        if column in frame:  # lists and objects have no place in a table
            frame[column] = frame[column].map(json.dumps)
    if "max_ulp" in frame:
        frame["max_ulp"] = frame["max_ulp"].astype(
            "float64"
        )  # NaN where there is none, as elsewhere
    path = folder / f"{name}.{_ENDINGS[form]}"
    with writing(folder):
        if form == "csv":
            return write_table(path, frame.columns, frame.itertuples(index=False, name=None))
        if form == "parquet":
            _write_parquet(frame, path)
        else:
            path.write_text(_TEXTS[form](frame), encoding="utf-8")
    return path


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    try:
        frame.to_parquet(path, engine="pyarrow", index=False)
    except ImportError:
        raise UsageError("--format parquet needs pyarrow: pip install pyarrow") from None


def _as_json(frame: pd.DataFrame) -> str:
    rows = ({name: _finite(cell) for name, cell in row.items()} for row in frame.to_dict("records"))
    lines = ",\n".join(json.dumps(row, allow_nan=False) for row in rows)
    return f"[\n{lines}\n]\n"


def _finite(cell: Any) -> Any:
    """JSON has no NaN, which is null here, and no infinity, which is a text."""
    if cell != cell:
        return None
    return str(cell) if isinstance(cell, float) and math.isinf(cell) else cell


def _as_markdown(frame: pd.DataFrame) -> str:
    rows = [[for_markdown(_short(cell)) for cell in row] for row in frame.itertuples(index=False)]
    return markdown_table(list(frame.columns), rows) + "\n"


def _short(cell: Any) -> str:
    if cell != cell:
        return ""
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _as_latex(frame: pd.DataFrame) -> str:
    return str(frame.to_latex(index=False, escape=True, na_rep="", float_format="%.4g"))


_TEXTS: dict[str, Callable[[pd.DataFrame], str]] = {
    "json": _as_json,
    "markdown": _as_markdown,
    "latex": _as_latex,
}
