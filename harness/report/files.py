"""Every file of a report, made from `results.jsonl` and `run.json`.

- `write_report`: writes the files. `Report`: where they are, and what they say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, pairwise
from operator import itemgetter
from pathlib import Path
from typing import Any

from .absent import more_than_planned
from .beside import beside
from .description_file import DESCRIPTION
from .diagnosis_file import DIAGNOSIS, Diagnosis, Named, read_diagnosis
from .html.ahead import collected_ahead
from .html.compact import Compact
from .html.known import Ready
from .html.page import write_page
from .markdown import write_markdown
from .results_file import CSV_COLUMN_NAMES, PARTIAL, RESULTS, writing
from .rows import Row
from .run_files import RunFiles
from .score import SUMMARY_COLUMNS, Score
from .spreadsheet import joined, write_lines, write_table
from .summary import summarised
from .tally import Findings

# The columns of `results.csv` in three parts: the first is one text for all rows of a case, the second comes
# again in other cases, and the third has the rest.
_PARTS = tuple(
    itemgetter(*CSV_COLUMN_NAMES[begin:end])
    for begin, end in pairwise(
        (0, *map(CSV_COLUMN_NAMES.index, ("reading", "dtype")), len(CSV_COLUMN_NAMES))
    )
)


_READINGS = "results.csv"


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


def write_report(folder: Path, of_cases: Ready | None = None) -> Report:
    """Write `results.csv`, `summary.csv`, `summary.md` and `report.html`. The rows are never all in memory.

    `of_cases` is what the catalogue tells of the cases, as far as a run has collected it. Raises UsageError
    when the folder cannot be written to.
    """
    files, diagnosis = RunFiles.of(folder), read_diagnosis(folder)
    found = Findings(Named(diagnosis))
    compact = Compact(len(files.facts.get("engines", ())))
    with (
        writing(folder),
        _readings_written(folder / _READINGS, files) as written,
        collected_ahead(files.results, of_cases) as collected,
    ):
        for case in files.cases():
            found.add(case)
            compact.add(case)
        run = _completed(files, found)
        scores = summarised(found, run)
        summary = write_table(folder / "summary.csv", SUMMARY_COLUMNS, scores)
        shown = write_markdown(folder, run, found, scores, diagnosis)
        page = write_page(folder, run, compact, collected(), scores, diagnosis)
        results = written()
    paths = [folder / RESULTS, results, summary, shown, page]
    paths += [path for path in (folder / DESCRIPTION, folder / DIAGNOSIS) if path.exists()]
    return Report(folder, run, found, scores, diagnosis, paths)


@contextmanager
def _readings_written(path: Path, files: RunFiles) -> Iterator[Callable[[], Path]]:
    """Give a function that waits for the end of `results.csv` and returns its path. See `beside`.

    The file takes a pass of its own, which is as long as all that is written besides.
    """

    def write() -> Path:
        lines = map(_in_csv, files.cases())
        return write_lines(path, chain([joined(CSV_COLUMN_NAMES) + "\n"], lines))

    try:
        with beside(write, files.results.stat().st_size) as written:
            yield written
    finally:
        with suppress(OSError):  # the other process was ended before
            path.with_name(path.name + PARTIAL).unlink()


def _in_csv(rows: Iterable[Row]) -> str:
    """Return the lines of `results.csv` for these rows."""
    first, second, third = _PARTS
    return "".join(
        [
            f"{joined(first(values))},{joined(second(values))},{joined(third(values))}\n"
            for _, values in rows
        ]
    )


def _completed(files: RunFiles, found: Findings) -> dict[str, Any]:
    """Return the content of `run.json` with what a run that was killed could not write into it.

    `remarks` are sentences about files that are not whole, and about runs that were merged.
    """
    done = sum(tally.done for families in found.engines.values() for tally in families.values())
    remarks = [*files.facts.get("remarks", ()), *files.remarks()]
    remarks += more_than_planned(found.engines, files.facts)
    interrupted = {"interrupted": not files.complete} if files.facts else {}
    return {"finished": done, **files.facts, **interrupted, "remarks": remarks}
