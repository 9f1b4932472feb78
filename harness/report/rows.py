"""The rows of `results.jsonl`, case by case, as a file has them that may have been cut off or made by hand.

- `Row`: one line. `cases_of`, `read_cases`: all of them, case by case.
- `read_case`, `read_row`: the rows of one case, and one row. `decoded`: one line.
- `telling_row`: the row that stands for a case.
- `is_cut_off`: a file may end in the middle of a line.
- `outcome_of`, `answer_from_json`: a row as an outcome, and one answer of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..errors import UsageError
from ..judge.outcome import SEVERITY, AtStep, CaseRun, Outcome, Reason, Verdict
from ..program.arrays import Array, Opaque
from ..program.transcript import Reading, Stop
from ..text import words
from .results_file import COLUMNS, RESULTS, reading
from .row_check import checked

_LONGEST_LINE = 1 << 22  # bytes; a file that is no text may have no line end at all
_OF_CASE_RUN = tuple(c.name for c in COLUMNS if c.path.startswith("case_run.") and c.name != "tags")
AT_STEP = "step "
# One for all lines: `json.loads` would look at its options for each.
_decode = json.JSONDecoder().decode


class Row(NamedTuple):
    """A line of `results.jsonl`: its place in the file, in bytes, and its values by column.

    In `values` a difference is a float, NaN where there is none, and `max_ulp` a float or None.
    """

    at: int
    values: dict[str, Any]


def read_cases(folder: Path) -> Iterator[list[Row]]:
    """Yield the rows of each case on each engine of the run in the folder, as `cases_of` does."""
    return cases_of(folder / RESULTS)


def cases_of(results: Path) -> Iterator[list[Row]]:
    """Yield the rows of each case on each engine; they lie together in the file.

    Only the rows of one case are held at a time. The last line may be cut off when the run was killed; the
    file is read up to there. Raises UsageError, which names the file and the line, when there is no such file
    or it cannot be read, and for any other line that is no outcome.
    """
    with reading(results), results.open("rb") as file:
        for _, rows in groupby(_rows(file, results), key=_case_of):
            yield list(rows)


def _rows(file: BinaryIO, path: Path) -> Iterator[Row]:
    at = 0
    for number, line in enumerate(iter(partial(file.readline, _LONGEST_LINE), b""), 1):
        try:
            yield Row(at, decoded(line))
        except (ValueError, RecursionError) as problem:
            if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
                return
            raise UsageError(
                f"{words(str(path))}, line {number}, is no outcome: {_said(problem)}. Remove the line, or "
                "make the file again with `gradconform run`"
            ) from None
        at += len(line)


def _said(problem: ValueError | RecursionError) -> str:
    if isinstance(problem, json.JSONDecodeError | UnicodeDecodeError | RecursionError):
        return "it is not JSON"
    return words(str(problem))


def is_cut_off(results: Path) -> bool:
    """Return True when the last line of the file is not whole. UsageError when it cannot be read."""
    with reading(results), results.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        if file.read() in (b"", b"\n"):
            return False
        file.seek(max(0, size - _LONGEST_LINE))
        last = file.read().rpartition(b"\n")[2]
    try:
        return not _decode(last.decode())
    except (ValueError, RecursionError):
        return True


def _case_of(row: Row) -> tuple[str, str]:
    return row.values["engine"], row.values["case"]


def read_row(file: BinaryIO, at: int) -> dict[str, Any]:
    """Return the values of the row that begins at the byte `at` of `results.jsonl`."""
    file.seek(at)
    return decoded(file.readline())


def read_case(file: BinaryIO, at: int) -> list[Row]:
    """Return the rows of the case whose first row begins at the byte `at` of `results.jsonl`."""
    file.seek(at)
    rows: list[Row] = []
    for line in file:
        try:
            row = Row(at, decoded(line))
        except ValueError:
            break  # the line that is cut off, at the end
        if rows and _case_of(row) != _case_of(rows[0]):
            break
        rows.append(row)
        at += len(line)
    return rows


def telling_row(rows: Iterable[Row]) -> Row:
    """Return the row that stands for a case, by the rule of `harness.judge.outcome.telling`."""
    return max(rows, key=lambda row: SEVERITY[row.values["verdict"]])


def decoded(line: bytes) -> dict[str, Any]:
    """Return the values of a line. ValueError or RecursionError when it is no outcome."""
    return checked(line)


def outcome_of(values: Mapping[str, Any]) -> Outcome:
    """Return the outcome of a row, without its differences and without torch's answer.

    `actual` is an `Opaque` where the row does not hold the whole answer.
    """
    known = CaseRun(**{name: values[name] for name in _OF_CASE_RUN}, tags=tuple(values["tags"]))
    place: str = values["reading"]
    step = place.removeprefix(AT_STEP) if place.startswith(AT_STEP) else ""
    at_step = AtStep(int(step)) if step.isdecimal() else None
    return Outcome(
        known,
        at_step or place or None,
        Verdict(values["verdict"]),
        Reason(values["reason"]),
        message=values["message"],
        actual=answer_from_json(values["actual"]),
    )


def answer_from_json(answer: Any) -> Reading | Stop:
    """Return an answer of a row; an `Opaque` where the row does not hold the whole array."""
    if answer is None:
        return None
    if isinstance(answer, str):
        return Stop("raised", 0, message=answer)
    if "opaque" in answer:
        return Opaque(answer["opaque"], answer["text"])
    try:
        return Array.from_json(answer)
    except ValueError:
        return Opaque("array", "the first elements")
