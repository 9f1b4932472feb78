"""The files of a run as they are written and read: `results.jsonl`, a line for each outcome, and `run.json`.

- `COLUMNS`: the columns of `results.jsonl`, in order, and where an outcome holds each.
- `flattened`, `lines`: outcomes as `results.jsonl` holds them.
- `read_cases`, `read_row`: the rows again, case by case, and a single one. `outcome_of`: a row as an outcome.
- `read_description`: the content of `run.json`.
- `writing`: a context for every statement that writes a file of a report.
- `write_json`: writes a whole file in one step.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from ..errors import UsageError
from ..judge.outcome import AtStep, CaseRun, Outcome, Reason, Verdict
from ..program.arrays import Array, Opaque, encode_number
from ..program.transcript import Reading, Stop
from ..text import words

RESULTS = "results.jsonl"
# The number of elements of an array that are written; the shape tells how many it has.
_MOST_ELEMENTS = 16

_NAN = float("nan")

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
    """Yield the rows of each case on each engine; they lie together in the file.

    Only the rows of one case are held at a time. The last line may be cut off when the run was killed; the
    file is read up to there. OSError when there is no `results.jsonl`.
    """
    with (folder / RESULTS).open("rb") as file:
        for _, rows in groupby(_rows(file), key=_case_of):
            yield list(rows)


def _rows(file: BinaryIO) -> Iterator[Row]:
    at = 0
    for line in file:
        try:
            yield Row(at, _decoded(line))
        except ValueError:
            return
        at += len(line)


def _case_of(row: Row) -> tuple[str, str]:
    return row.values["engine"], row.values["case"]


def read_row(file: BinaryIO, at: int) -> dict[str, Any]:
    """Return the values of the row that begins at the byte `at` of `results.jsonl`."""
    file.seek(at)
    return _decoded(file.readline())


def _decoded(line: bytes) -> dict[str, Any]:
    values: dict[str, Any] = _decode(line.decode())
    max_abs, max_rel, max_ulp = values["max_abs"], values["max_rel"], values["max_ulp"]
    # "nan", "inf" and "-inf" are numbers for `float`, too.
    values["max_abs"] = _NAN if max_abs is None else float(max_abs)
    values["max_rel"] = _NAN if max_rel is None else float(max_rel)
    values["max_ulp"] = None if max_ulp is None else float(max_ulp)
    return values


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
        actual=_answer_from_json(values["actual"]),
    )


def _answer_from_json(answer: Any) -> Reading | Stop:
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


def read_description(folder: Path) -> dict[str, Any]:
    """Return the content of `run.json`; an empty dict when there is no such file.

    OSError when the file cannot be read, ValueError when it is not JSON.
    """
    path = folder / "run.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write JSON in one step, so that an interruption never leaves half a file.

    Raises UsageError when the folder cannot be written to.
    """
    partial = path.with_name(f"{path.name}.partial")
    with writing(path.parent):
        partial.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
        os.replace(partial, path)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError of the block into UsageError, which names `path` and the system's reason."""
    try:
        yield
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(f"{words(str(path))} cannot be written: {why}") from None
