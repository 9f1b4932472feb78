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
from harness.outcome import COLUMNS, ERRORED, FAILED, PASSED, Verdict
from harness.report.record import RESULTS

_COUNTS = ("cases", "ran", "passed", "failed", "xfailed", "unsupported", "errored")
SUMMARY_COLUMNS = ("engine", "family", *_COUNTS, "pass_rate", "coverage", "worst_rel")
# Rows of the summary that are no family: both levels, and everything.
TOTALS = ("core", "torch", "all")
_TEXT = ("engine", "case", "reading", "engine_version", "message")


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
    ranks = table["verdict"].map({str(verdict): rank for rank, verdict in enumerate(Verdict)})
    grouped = table.assign(_rank=ranks).groupby(["engine", "case"], sort=False)
    found = grouped.agg(
        family=("family", "first"),
        level=("level", "first"),
        worst_rel=("max_rel", "max"),
        verdict=("_rank", "max"),
    )
    found["verdict"] = found["verdict"].map(dict(enumerate(Verdict)))
    return found.reset_index()


def summary(table: pd.DataFrame) -> pd.DataFrame:
    """Counts and rates, `SUMMARY_COLUMNS`.

    `ran` is every case but the unsupported ones, crashes and timeouts included. `pass_rate` is
    passed of ran, `coverage` ran of cases; in the rows of `TOTALS` both are averaged over the
    families, so that a big family does not drown a small one.
    """
    by_case = _told_apart(cases(table))
    levels = {name: by_case[by_case["level"] == name] for name in TOTALS} | {"all": by_case}
    counted = {name: _families(part) for name, part in levels.items()}
    parts = []
    for engine in by_case["engine"].unique():
        own = {name: part[part["engine"] == engine] for name, part in counted.items()}
        totals = [_averaged(engine, name, part) for name, part in own.items()]
        parts += [own["all"], pd.DataFrame(totals)]
    together: pd.DataFrame = pd.concat(parts, ignore_index=True)
    return together.reindex(columns=list(SUMMARY_COLUMNS))


def _told_apart(by_case: pd.DataFrame) -> pd.DataFrame:
    """With a column of ones and zeros for each count of the summary."""
    verdicts = by_case["verdict"]
    unsupported = verdicts == Verdict.UNSUPPORTED
    columns: dict[str, Any] = {
        "cases": 1,
        "ran": ~unsupported,
        "passed": verdicts.isin(PASSED),
        "failed": verdicts.isin(FAILED),
        "xfailed": verdicts == Verdict.XFAIL,
        "unsupported": unsupported,
        "errored": verdicts.isin(ERRORED),
    }
    return by_case.assign(**columns).astype(dict.fromkeys(columns, int))


def _families(part: pd.DataFrame) -> pd.DataFrame:
    """One row for each engine and family, families in alphabetical order."""
    grouped = part.groupby(["engine", "family"])
    found = grouped[list(_COUNTS)].sum()
    found["pass_rate"] = found["passed"] / found["ran"]
    found["coverage"] = found["ran"] / found["cases"]
    found["worst_rel"] = grouped["worst_rel"].max()
    return found.reset_index()


def _averaged(engine: str, level: str, families: pd.DataFrame) -> dict[str, Any]:
    """One row for all families of an engine, whose rates are the averages of theirs."""
    counts = {name: int(families[name].sum()) for name in _COUNTS}
    rates = {name: families[name].mean() for name in ("pass_rate", "coverage")}
    worst_rel = families["worst_rel"].max()
    return {"engine": engine, "family": level, **counts, **rates, "worst_rel": worst_rel}


def write_csv(table: pd.DataFrame, counts: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `results.csv`, and `counts`, which is its summary, as `summary.csv`.

    Cells that a spreadsheet would run are defused.
    """
    results = table[list(COLUMNS)].copy()
    for column in _TEXT:
        results[column] = results[column].map(_defused)
    paths = [folder / "results.csv", folder / "summary.csv"]
    results.to_csv(paths[0], index=False)
    counts.assign(engine=counts["engine"].map(_defused)).to_csv(paths[1], index=False)
    return paths


def _defused(cell: str) -> str:
    # Some spreadsheets take the wide forms of the East for the signs themselves.
    return f"'{cell}" if cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) else cell
