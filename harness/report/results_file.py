"""`results.jsonl` as it is written: a line for each outcome. `rows` reads it again.

- `COLUMNS`: the columns of `results.jsonl`, in order, and where an outcome holds each.
- `flattened`, `lines`: outcomes as `results.jsonl` holds them.
- `reading`, `writing`: contexts for every statement that reads or writes a file of a report.
- `in_one_step`: a context for a file of which there must never be a half.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..judge.outcome import AtStep, Outcome
from ..program.arrays import Array, encode_number
from ..program.transcript import Reading, Stop
from ..text import words

RESULTS = "results.jsonl"
PARTIAL = ".partial"
# The number of elements of an array that are written; the shape tells how many it has.
_MOST_ELEMENTS = 16

# One for all lines: `json.dumps` would make a new encoder for each.
_encoded = json.JSONEncoder(allow_nan=False).encode


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
    """Turn an OSError of the block into UsageError, which names the file, or else `path`, and the reason."""
    try:
        yield
    except OSError as problem:
        why, where = problem.strerror or str(problem), problem.filename or path
        raise UsageError(f"{words(str(where))} cannot be written: {why}") from None


@contextmanager
def in_one_step(path: Path) -> Iterator[Path]:
    """Give the path of another file, which replaces `path` at the end of the block.

    So a full disk or the end of this process never leaves half of a file: `path` stays as it was, and an
    exception removes the other file. OSError when it cannot be replaced.
    """
    partial = path.with_name(path.name + PARTIAL)
    try:
        yield partial
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            partial.unlink()
        raise
