"""The pandas frame from which every table is made, and the two CSV files.

- `frame`: `results.jsonl` -> one row per case, engine and reading.
- `cases`: one row per case and engine.
- `summary`: one row per engine and family, and per engine one each for `core`, `torch` and `all`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from harness.array import decode_number
from harness.errors import UsageError
from harness.outcome import COLUMNS, ERRORED, FAILED, PASSED, Verdict, worst
from harness.report.record import RESULTS

SUMMARY_COLUMNS = (
    "engine",
    "family",
    "cases",
    "ran",
    "passed",
    "failed",
    "unsupported",
    "errored",
    "pass_rate",
    "coverage",
    "worst_rel",
)
# Rows of the summary that are no family: both levels, and everything.
TOTALS = ("core", "torch", "all")
_TEXT = ("engine", "case", "reading", "message")


def frame(folder: Path) -> pd.DataFrame:
    """Every reading of a run, in order. UsageError when the folder holds none."""
    rows = list(_lines(folder / RESULTS))
    if not rows:
        raise UsageError(f"{folder} holds no outcome")
    table = pd.DataFrame(rows)
    for column in ("max_abs", "max_rel"):
        table[column] = table[column].map(_number).astype("float64")
    table["max_ulp"] = table["max_ulp"].astype("Float64")
    return table


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    # A run that was killed may have left half a last line.
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return


def _number(value: Any) -> float:
    return float("nan") if value is None else decode_number(value)


def cases(table: pd.DataFrame) -> pd.DataFrame:
    """One row per engine and case: family, level, verdict and largest relative difference."""
    grouped = table.groupby(["engine", "case"], sort=False)
    found = grouped.agg(
        family=("family", "first"), level=("level", "first"), worst_rel=("max_rel", "max")
    )
    verdicts = table["verdict"].map(Verdict)
    found["verdict"] = verdicts.groupby([table["engine"], table["case"]], sort=False).agg(worst)
    return found.reset_index()


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Counts and rates, `SUMMARY_COLUMNS`.

    `ran` is every case but the unsupported ones, crashes and timeouts included. `pass_rate` is
    passed of ran, `coverage` ran of cases; in the rows of `TOTALS` both are averaged over the
    families, so that a big family does not drown a small one.
    """
    by_case = cases(table)
    rows: list[dict[str, Any]] = []
    for engine, own in by_case.groupby("engine", sort=False):
        rows += [_counts(engine, family, part) for family, part in own.groupby("family")]
        for level in TOTALS:
            part = own if level == "all" else own[own["level"] == level]
            rows.append(_averaged(_counts(engine, level, part), part))
    return pd.DataFrame(rows, columns=list(SUMMARY_COLUMNS))


def _counts(engine: Any, family: Any, part: pd.DataFrame) -> dict[str, Any]:
    verdicts = part["verdict"]
    unsupported = int((verdicts == Verdict.UNSUPPORTED).sum())
    ran = len(part) - unsupported
    passed = int(verdicts.isin(list(PASSED)).sum())
    return {
        "engine": engine,
        "family": family,
        "cases": len(part),
        "ran": ran,
        "passed": passed,
        "failed": int(verdicts.isin(list(FAILED)).sum()),
        "unsupported": unsupported,
        "errored": int(verdicts.isin(list(ERRORED)).sum()),
        "pass_rate": passed / ran if ran else float("nan"),
        "coverage": ran / len(part) if len(part) else float("nan"),
        "worst_rel": part["worst_rel"].max(),
    }


def _averaged(row: dict[str, Any], part: pd.DataFrame) -> dict[str, Any]:
    if not len(part):
        return row
    families = pd.DataFrame([_counts("", name, own) for name, own in part.groupby("family")])
    rates = families[["pass_rate", "coverage"]].mean()
    return row | {"pass_rate": rates["pass_rate"], "coverage": rates["coverage"]}


def write_csv(table: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `results.csv` and `summary.csv`; cells that a spreadsheet would run are defused."""
    results = table[list(COLUMNS)].copy()
    for column in _TEXT:
        results[column] = results[column].map(_defused)
    paths = [folder / "results.csv", folder / "summary.csv"]
    results.to_csv(paths[0], index=False)
    summary(table).to_csv(paths[1], index=False)
    return paths


def _defused(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
