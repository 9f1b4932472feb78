"""The mistakes of all engines of a run, from its report folder alone.

- `diagnose_run`: writes `diagnosis.json` into the folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from ..catalogue.collection import catalogue
from ..catalogue.reference import Reference
from ..judge.outcome import Outcome
from ..report.busy import busy
from ..report.description_file import write_json
from ..report.diagnosis_file import DIAGNOSIS
from ..report.failures import FAILURES
from ..report.rows import Row, outcome_of, read_cases
from .diagnosis import diagnose
from .prediction import Predictions


def diagnose_run(folder: Path, reference: Reference) -> None:
    """Write `diagnosis.json` into a report folder whose `results.jsonl` is finished, if a mistake is found.

    No engine is asked: its answers are held against the known mistakes. After an interruption, such as
    Ctrl-C, the engines that were finished are in the file, and KeyboardInterrupt is raised.

    Raises UsageError when the folder cannot be written to, NoReference when torch cannot be imported.
    """
    found: list[dict[str, Any]] = []
    known = Predictions(catalogue(), reference)
    try:
        with busy("naming the mistakes") as now:
            for engine, outcomes in _failing(folder):
                now.what = f"naming the mistakes of {engine}"
                findings = diagnose(outcomes, None, reference, known)
                if findings:
                    found.append(
                        {"engine": engine, "findings": [one.to_json() for one in findings]}
                    )
    finally:
        if found:
            write_json(folder / DIAGNOSIS, {"schema": 1, "engines": found})


def _failing(folder: Path) -> Iterator[tuple[str, list[Outcome]]]:
    """Yield the engines of which a core case failed, with all their outcomes.

    Where no core case fails, the mathematics is right, and a convention of torch is no mistake.
    """
    by_engine = groupby(read_cases(folder), key=lambda rows: rows[0].values["engine"])
    for engine, cases in by_engine:
        rows: list[Row] = [row for case in cases for row in case]
        if any(r.values["verdict"] in FAILURES and r.values["level"] == "core" for r in rows):
            yield engine, [outcome_of(row.values) for row in rows]
