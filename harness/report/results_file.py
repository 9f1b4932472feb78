"""`results.jsonl` as it is written and read: a line for each outcome.

- `COLUMNS`: the columns of `results.jsonl`, in order, and where an outcome holds each.
- `flattened`, `lines`: outcomes as `results.jsonl` holds them.
- `read_cases`, `cases_of`, `read_case`, `read_row`: the rows again, case by case, one case, one row.
- `is_cut_off`: a file may end in the middle of a line. `outcome_of`: a row as an outcome;
  `answer_from_json`: one answer of it.
- `reading`, `writing`: contexts for every statement that reads or writes a file of a report.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..errors import UsageError
from ..judge.outcome import AtStep, CaseRun, Outcome, Reason, Verdict
from ..program.arrays import Array, Opaque, encode_number
from ..program.transcript import Reading, Stop
from ..text import words
from .row_check import checked

RESULTS = "results.jsonl"
# The number of elements of an array that are written; the shape tells how many it has.
_MOST_ELEMENTS = 16
_LONGEST_LINE = 1 << 22  # bytes; a file that is no text may have no line end at all

# One for all lines: `json.dumps` would make a new encoder for each.
_encoded, _decode = json.JSONEncoder(allow_nan=False).encode, json.JSONDecoder().decode


def _place_as_json(reading: str | AtStep | None) -> str:
    return "" if reading is None else str(reading)


def _answer_as_json(answer: Reading | Stop) -> object:
    """An answer as JSON values: of a long array the first elements, of an exception its message."""
    if isinstance(answer, Array):
        kept = answer.data[:_MOST_ELEMENTS]
        return (answer if len(kept) == answer.size else replace(answer, data=kept)).to_json()
    if isinstance(answer, Stop):
        return answer.message
    return None if answer is None else {"opaque": answer.kind, "text": answer.text}


@dataclass(frozen=True)
class Column:
    """One column: the attributes that lead to its value, and how JSON holds the value, if not as it is.

    `results.csv` does not have the columns that are useless in a spreadsheet.
    """

    name: str
    path: str
    as_json: Callable[[Any], object] | None = None
    in_csv: bool = True


COLUMNS = (
    Column("engine", "case_run.engine"),
    Column("family", "case_run.family"),
    Column("level", "case_run.level"),
    Column("case", "case_run.case"),
    Column("reading", "reading", _place_as_json),
    Column("verdict", "verdict"),
    Column("reason", "reason"),
    Column("max_abs", "difference.max_abs", encode_number),
    Column("max_rel", "difference.max_rel", encode_number),
    Column("max_ulp", "difference.max_ulp"),
    Column("decided_by", "difference.decided_by"),
    Column("dtype", "case_run.dtype"),
    Column("digest", "case_run.digest"),
    Column("steps", "case_run.steps"),
    Column("seed", "case_run.seed"),
    Column("seconds", "case_run.seconds"),
    Column("engine_version", "case_run.engine_version"),
    Column("torch_version", "case_run.torch_version"),
    Column("message", "message"),
    Column("title", "case_run.title", in_csv=False),
    Column("tags", "case_run.tags", in_csv=False),
    Column("expected", "expected", _answer_as_json, in_csv=False),
    Column("actual", "actual", _answer_as_json, in_csv=False),
)

_OF_CASE_RUN = tuple(c.name for c in COLUMNS if c.path.startswith("case_run.") and c.name != "tags")
_AT_STEP = "step "
COLUMN_NAMES = tuple(column.name for column in COLUMNS)
CSV_COLUMN_NAMES = tuple(column.name for column in COLUMNS if column.in_csv)

_values = attrgetter(*(column.path for column in COLUMNS))
_CONVERTED = tuple((c.name, c.as_json) for c in COLUMNS if c.as_json is not None)


def flattened(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome as a line of `results.jsonl` holds it. Numbers that are not finite are strings."""
    found = dict(zip(COLUMN_NAMES, _values(outcome), strict=True))
    for name, as_json in _CONVERTED:
        found[name] = as_json(found[name])
    return found


def lines(outcomes: Iterable[Outcome]) -> str:
    """Return outcomes as `results.jsonl` holds them, each with its line end."""
    return "".join([_encoded(flattened(outcome)) + "\n" for outcome in outcomes])


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
            yield Row(at, _decoded(line))
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
    return _decoded(file.readline())


def read_case(file: BinaryIO, at: int) -> list[Row]:
    """Return the rows of the case whose first row begins at the byte `at` of `results.jsonl`."""
    file.seek(at)
    rows: list[Row] = []
    for line in file:
        try:
            row = Row(at, _decoded(line))
        except ValueError:
            break  # the line that is cut off, at the end
        if rows and _case_of(row) != _case_of(rows[0]):
            break
        rows.append(row)
        at += len(line)
    return rows


def _decoded(line: bytes) -> dict[str, Any]:
    return checked(_decode(line.decode()))


def outcome_of(values: Mapping[str, Any]) -> Outcome:
    """Return the outcome of a row, without its differences and without torch's answer.

    `actual` is an `Opaque` where the row does not hold the whole answer.
    """
    known = CaseRun(**{name: values[name] for name in _OF_CASE_RUN}, tags=tuple(values["tags"]))
    place: str = values["reading"]
    at_step = AtStep(int(place.removeprefix(_AT_STEP))) if place.startswith(_AT_STEP) else None
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


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into UsageError, which names `path` and the system's reason."""
    try:
        yield
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(f"{words(str(path))} cannot be read: {why}") from None


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into UsageError, which names `path` and the system's reason."""
    try:
        yield
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(f"{words(str(path))} cannot be written: {why}") from None
