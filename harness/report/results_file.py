"""The files of a run as they are written and read: `results.jsonl`, a line for each outcome, and `run.json`.

- `lines`, `row`: outcomes as `results.jsonl` holds them.
- `described`: the content of `run.json`.
- `writing`: around everything that writes a file of a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any

from harness.errors import UsageError
from harness.judge.outcome import Outcome
from harness.program.arrays import encode_number
from harness.text import words

RESULTS = "results.jsonl"

_FIELDS = tuple(Outcome.__dataclass_fields__)

_FLOATS = ("max_abs", "max_rel", "seconds")

_values = attrgetter(*_FIELDS)

# One for all rows: `json.dumps` would make one for each.
_written = json.JSONEncoder(allow_nan=False).encode


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """What the system says when a file of a report cannot be written is the person's to know, not ours."""
    try:
        yield
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise UsageError(f"{words(str(path))} cannot be written: {why}") from None


def lines(outcomes: Iterable[Outcome]) -> str:
    """Outcomes as `results.jsonl` holds them, each with its line end."""
    return "".join([_written(row(outcome)) + "\n" for outcome in outcomes])


def row(outcome: Outcome) -> dict[str, Any]:
    """An outcome as a line of `results.jsonl`; non-finite numbers are strings."""
    found = dict(zip(_FIELDS, _values(outcome), strict=True))
    for name in _FLOATS:
        found[name] = encode_number(found[name])
    return found


def described(folder: Path) -> dict[str, Any]:
    """What `run.json` says; nothing where there is none."""
    path = folder / "run.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found
