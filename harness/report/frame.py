"""The pandas tables from which every report is made, and the two CSV files.

- `read_results`: `results.jsonl` -> one row for each case, engine and reading.
- `per_case`: one row for each case and engine.
- `summary`: one row for each engine and family, and for each engine one row each for `core`, `torch` and
  `all`. An engine that was left out has one row, `all`.
- `write_csv`: `results.csv` and `summary.csv`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..judge.outcome import ERRORED, FAILED, LACKING, PASSED, Reason, Verdict
from ..program.arrays import decode_number
from .absent import left_out, not_reached, reason
from .missing import missing, not_tried
from .results_file import COLUMN_NAMES, CSV_COLUMN_NAMES, RESULTS
from .spreadsheet import write_table

_COUNTS = (
    "cases",
    "applicable",
    "ran",
    "passed",
    "failed",
    "xfailed",
    "errored",
    "missing",
    "unsupported",
)
_RATES = ("pass_rate", "coverage", "family_average")
SUMMARY_COLUMNS = ("engine", "family", *_COUNTS, *_RATES, "worst_rel", "reason")
# Rows of the summary that stand for no family: the two levels, and all cases.
TOTALS = ("core", "torch", "all")
# `left` counts the cases that did not run because the run was interrupted.
_SUMMED = (*_COUNTS, "left")


def read_results(folder: Path) -> pd.DataFrame:
    """Return every reading of a run, in order; no row when no engine took part.

    The columns are `COLUMN_NAMES` of `harness.report.results_file`. OSError when there is no `results.jsonl`.
    """
    table = pd.DataFrame(list(_lines(folder / RESULTS)), columns=list(COLUMN_NAMES))
    for column in ("max_abs", "max_rel"):
        table[column] = table[column].map(_number).astype("float64")
    table["max_ulp"] = table["max_ulp"].astype("Float64")
    return table


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    # The last line may be cut off when the run was killed.
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except json.JSONDecodeError:
            return


def _number(value: Any) -> float:
    return float("nan") if value is None else decode_number(value)


def per_case(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each engine and case: family, level, verdict and largest relative difference.

    `applies` is False for a case with arrays on an engine of numbers.
    """
    ranks = table["verdict"].map({str(verdict): rank for rank, verdict in enumerate(Verdict)})
    apart = (table["verdict"] == Verdict.UNSUPPORTED) & (table["reason"] == Reason.ARRAYS)
    ranked = table.assign(_rank=ranks, _applies=~apart)
    grouped = ranked.groupby(["engine", "case"], sort=False)
    found = grouped.agg(
        family=("family", "first"),
        level=("level", "first"),
        worst_rel=("max_rel", "max"),
        verdict=("_rank", "max"),
        applies=("_applies", "all"),
    )
    found["verdict"] = found["verdict"].map(dict(enumerate(Verdict)))
    return found.reset_index()


def summary(table: pd.DataFrame, run: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return counts and rates, with the columns `SUMMARY_COLUMNS`; `run` is the content of `run.json`.

    `applicable` leaves out the cases with arrays for an engine of numbers. `ran` counts every case that ran,
    crashes and timeouts included; an unsupported or missing case did not run, and neither did a case that was
    not reached before an interruption. In every row `pass_rate` is passed / (ran + missing) and `coverage` is
    ran / applicable. `family_average`, in the rows of `TOTALS`, is the average of the families' pass rates:
    there a large family does not outweigh a small one. `reason` says in the row `all` what is missing or
    was not tried, or why an engine ran nothing, or not all, or few cases.
    """
    run = run or {}
    by_case = _with_indicators(per_case(table))
    if absent := list(not_reached(by_case, run)):
        more = pd.DataFrame(absent, columns=by_case.columns).fillna(dict.fromkeys(_SUMMED, 0))
        by_case = pd.concat([by_case, more], ignore_index=True) if len(by_case) else more
    lacking, untried = missing(table), not_tried(table)
    levels = {name: by_case[by_case["level"] == name] for name in TOTALS} | {"all": by_case}
    counted = {name: _families(part) for name, part in levels.items()}
    rows: list[Mapping[str, Any]] = []
    for engine in by_case["engine"].unique():
        own = {name: part[part["engine"] == engine] for name, part in counted.items()}
        rows += own["all"].to_dict("records")
        rows += [_total(engine, name, part) for name, part in own.items()]
        rows[-1] = {
            **rows[-1],
            "reason": reason(rows[-1], lacking.get(engine, ""), untried.get(engine, "")),
        }
    together = pd.DataFrame([*rows, *left_out(run)]).reindex(columns=list(SUMMARY_COLUMNS))
    together["reason"] = together["reason"].fillna("")
    return together.fillna(dict.fromkeys(_COUNTS, 0)).astype(dict.fromkeys(_COUNTS, int))


def _with_indicators(by_case: pd.DataFrame) -> pd.DataFrame:
    """Add a column of ones and zeros for each count of the summary; the sum of a column is the count."""
    verdicts = by_case["verdict"]
    columns: dict[str, Any] = {
        "cases": 1,
        "applicable": by_case["applies"],
        "ran": ~verdicts.isin(LACKING),
        "passed": verdicts.isin(PASSED),
        "failed": verdicts.isin(FAILED),
        "xfailed": verdicts == Verdict.XFAIL,
        "errored": verdicts.isin(ERRORED),
        "missing": verdicts == Verdict.MISSING,
        "unsupported": verdicts == Verdict.UNSUPPORTED,
        "left": 0,
    }
    return by_case.assign(**columns).astype(dict.fromkeys(columns, int))


def _families(part: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each engine and family; families are in alphabetical order."""
    grouped = part.groupby(["engine", "family"])
    found = grouped[list(_SUMMED)].sum()
    found["worst_rel"] = grouped["worst_rel"].max()
    found["pass_rate"] = found["passed"] / (found["ran"] + found["missing"])
    found["coverage"] = found["ran"] / found["applicable"]
    return found.reset_index()


def _total(engine: str, level: str, families: pd.DataFrame) -> dict[str, Any]:
    """Return one row for all families of an engine, which are cases of one level, or all cases."""
    row: dict[str, Any] = {"engine": engine, "family": level}
    row |= {name: int(families[name].sum()) for name in _SUMMED}
    row["pass_rate"] = _share(row["passed"], row["ran"] + row["missing"])
    row["coverage"] = _share(row["ran"], row["applicable"])
    row["family_average"] = families["pass_rate"].mean()
    row["worst_rel"] = families["worst_rel"].max()
    return row


def _share(part: int, whole: int) -> float:
    return part / whole if whole else float("nan")


def write_csv(table: pd.DataFrame, counts: pd.DataFrame, folder: Path) -> list[Path]:
    """Write `results.csv`, and as `summary.csv` the summary `counts`; return the two paths.

    OSError when a file cannot be written.
    """
    results = table[list(CSV_COLUMN_NAMES)]
    return [
        write_table(results, folder / "results.csv"),
        write_table(counts, folder / "summary.csv"),
    ]
