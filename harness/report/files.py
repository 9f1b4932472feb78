"""Every file of a report, made in one pass from `results.jsonl` and `run.json`.

- `write_report`: writes the files. `Report`: where they are, and what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from .description_file import read_description
from .diagnosis_file import DIAGNOSIS, Diagnosis, Named, read_diagnosis
from .html.compact import Compact
from .html.page import write_page
from .markdown import write_markdown
from .results_file import CSV_COLUMN_NAMES, RESULTS, read_cases, writing
from .score import SUMMARY_COLUMNS, Score
from .spreadsheet import write_table
from .summary import summarised
from .tally import Findings

_in_csv = itemgetter(*CSV_COLUMN_NAMES)


@dataclass(frozen=True)
class Report:
    """A report that is written.

    `facts` are the content of `run.json`, `found` tells what was found in `results.jsonl`, `scores` are the
    rows of `summary.csv`, `diagnosis` has the mistakes by engine, and `paths` are all files of the report.
    """

    folder: Path
    facts: Mapping[str, Any]
    found: Findings
    scores: Sequence[Score]
    diagnosis: Diagnosis
    paths: Sequence[Path]


def write_report(folder: Path) -> Report:
    """Write `results.csv`, `summary.csv`, `summary.md` and `report.html`. The rows are never all in memory.

    Raises UsageError when the folder cannot be written to.
    """
    run, diagnosis = read_description(folder), read_diagnosis(folder)
    found = Findings(Named(diagnosis))
    compact = Compact(len(run.get("engines", ())))

    def rows() -> Iterator[tuple[object, ...]]:
        for case in read_cases(folder):
            found.add(case)
            compact.add(case)
            for row in case:
                yield _in_csv(row.values)

    with writing(folder):
        results = write_table(folder / "results.csv", CSV_COLUMN_NAMES, rows())
        scores = summarised(found, run)
        summary = write_table(folder / "summary.csv", SUMMARY_COLUMNS, scores)
        shown = write_markdown(folder, run, found, scores, diagnosis)
        page = write_page(folder, run, compact, scores, diagnosis)
    paths = [folder / RESULTS, results, summary, shown, page, folder / "run.json"]
    paths += [folder / DIAGNOSIS] if diagnosis else []
    return Report(folder, run, found, scores, diagnosis, paths)
