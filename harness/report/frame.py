"""The pandas tables of a run, for people who go on with them.

- `read_results`: `results.jsonl` -> one row for each case, engine and reading.
- `per_case`: one row for each case and engine.
- `read_summary`: the rows of `summary.csv`.

No report is made from these tables, because a table needs memory for every row.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from ..judge.outcome import SEVERITY, Verdict
from .description_file import read_description
from .results_file import COLUMN_NAMES
from .rows import read_cases
from .score import SUMMARY_COLUMNS
from .summary import summarised
from .tally import Findings


def read_results(folder: Path) -> pd.DataFrame:
    """Return every reading of a run, in order; no row when no engine took part.

    The columns are `COLUMN_NAMES` of `harness.report.results_file`. Raises UsageError when the
    file cannot be read.
    """
    rows = [row.values for rows in read_cases(folder) for row in rows]
    table = pd.DataFrame(rows, columns=list(COLUMN_NAMES))
    return table.astype({"max_abs": "float64", "max_rel": "float64", "max_ulp": "Float64"})


def per_case(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each engine and case: family, level, verdict and largest relative difference."""
    ranked = table.assign(_rank=table["verdict"].map(SEVERITY))
    grouped = ranked.groupby(["engine", "case"], sort=False)
    found = grouped.agg(
        family=("family", "first"),
        level=("level", "first"),
        worst_rel=("max_rel", "max"),
        verdict=("_rank", "max"),
    )
    found["verdict"] = found["verdict"].map(dict(enumerate(Verdict)))
    return found.reset_index()


def read_summary(folder: Path) -> pd.DataFrame:
    """Return the summary of a run; `harness.report.score.Score` describes the columns.

    UsageError when a file of the run cannot be used.
    """
    rows = summarised(Findings.of(folder), read_description(folder))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))
