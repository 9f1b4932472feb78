"""The pandas frame from which every table is made, and the two CSV files.

- `frame`: `results.jsonl` -> one row per case, engine and reading.
- `cases`: one row per case and engine.
- `summary`: one row per engine and family, and per engine one each for `core`, `torch` and `all`; one
  row, `all`, for an engine that was left out.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from harness.judge.outcome import ERRORED, FAILED, PASSED, Verdict
from harness.program.arrays import decode_number
from harness.report.absent import left_out, not_reached, reason
from harness.report.results_file import COLUMN_NAMES, CSV_COLUMN_NAMES, RESULTS

_COUNTS = ("cases", "ran", "passed", "failed", "xfailed", "unsupported", "errored")
SUMMARY_COLUMNS = ("engine", "family", *_COUNTS, "pass_rate", "coverage", "worst_rel", "reason")
# Rows of the summary that are no family: both levels, and everything.
TOTALS = ("core", "torch", "all")
_TEXT = ("engine", "case", "reading", "engine_version", "message")
# `left` are the cases that an interruption left.
_SUMMED = (*_COUNTS, "left")


def frame(folder: Path) -> pd.DataFrame:
    """Every reading of a run, in order; none where no engine took part."""
    table = pd.DataFrame(list(_lines(folder / RESULTS)), columns=list(COLUMN_NAMES))
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


def summary(table: pd.DataFrame, run: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Counts and rates, `SUMMARY_COLUMNS`; `run` is what `run.json` says.

    `ran` is every case but the unsupported ones, crashes and timeouts included, and those that an
    interruption left. `pass_rate` is passed of ran, `coverage` ran of cases; in the rows of `TOTALS` both
    are averaged over the families, so that a big family does not drown a small one. `reason` says in the
    row `all` why an engine did not run, or not to the end.
    """
    run = run or {}
    by_case = _told_apart(cases(table))
    if absent := list(not_reached(by_case, run)):
        more = pd.DataFrame(absent, columns=by_case.columns).fillna(dict.fromkeys(_SUMMED, 0))
        by_case = pd.concat([by_case, more], ignore_index=True) if len(by_case) else more
    levels = {name: by_case[by_case["level"] == name] for name in TOTALS} | {"all": by_case}
    counted = {name: _families(part) for name, part in levels.items()}
    rows: list[Mapping[str, Any]] = []
    for engine in by_case["engine"].unique():
        own = {name: part[part["engine"] == engine] for name, part in counted.items()}
        rows += own["all"].to_dict("records")
        rows += [_averaged(engine, name, part) for name, part in own.items()]
    together = pd.DataFrame([*rows, *left_out(run)]).reindex(columns=list(SUMMARY_COLUMNS))
    together["reason"] = together["reason"].fillna("")
    return together.fillna(dict.fromkeys(_COUNTS, 0)).astype(dict.fromkeys(_COUNTS, int))


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
        "left": 0,
    }
    return by_case.assign(**columns).astype(dict.fromkeys(columns, int))


def _families(part: pd.DataFrame) -> pd.DataFrame:
    """One row for each engine and family, families in alphabetical order."""
    grouped = part.groupby(["engine", "family"])
    found = grouped[list(_SUMMED)].sum()
    found["pass_rate"] = found["passed"] / found["ran"]
    found["coverage"] = found["ran"] / found["cases"]
    found["worst_rel"] = grouped["worst_rel"].max()
    return found.reset_index()


def _averaged(engine: str, level: str, families: pd.DataFrame) -> dict[str, Any]:
    """One row for all families of an engine, whose rates are the averages of theirs."""
    counts = {name: int(families[name].sum()) for name in _SUMMED}
    rates = {name: families[name].mean() for name in ("pass_rate", "coverage")}
    row = {"engine": engine, "family": level, **counts, **rates}
    row["worst_rel"] = families["worst_rel"].max()
    return row | {"reason": reason(row) if level == "all" else ""}


def write_csv(table: pd.DataFrame, counts: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `results.csv`, and `counts`, which is its summary, as `summary.csv`.

    Cells that a spreadsheet would run are defused.
    """
    results = table[list(CSV_COLUMN_NAMES)].copy()
    for column in _TEXT:
        results[column] = results[column].map(_defused)
    paths = [folder / "results.csv", folder / "summary.csv"]
    results.to_csv(paths[0], index=False)
    shown = {name: counts[name].map(_defused) for name in ("engine", "reason")}
    counts.assign(**shown).to_csv(paths[1], index=False)
    return paths


def _defused(cell: str) -> str:
    # Some spreadsheets take the wide forms of the East for the signs themselves.
    return f"'{cell}" if cell.startswith(tuple("=+-@\t\r\n＝＋－＠")) else cell
