"""The difference between two runs as one JSON object, written change by change.

- `document`: yields its text in parts. `SCHEMA`: the number of its form.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .change import Change, details
from .changes import Changes, Kind
from .words import remarks

SCHEMA = 1


def document(changes: Changes) -> Iterator[str]:
    """Yield the parts of the JSON text. All changes are in it, those that matter most first.

    `counts` of all and of each engine have a key for each `Kind` and `unchanged`. A change has `kind`,
    `engine`, `case`, `level`, `why`, and `old` and `new`: the reading that tells most, as `results.jsonl` has
    it, or null. Raises UsageError when a file of results cannot be read any more.
    """
    head = {
        "schema": SCHEMA,
        "old": _run(changes.old),
        "new": _run(changes.new),
        "regressions": changes.regressions,
        "compared": changes.compared,
        "remarks": list(remarks(changes)),
        "counts": _counts(changes, None) | {"unchanged": changes.unchanged.total()},
        "engines": [_engine(changes, name) for name in changes.engines],
    }
    yield json.dumps(head, indent=2, allow_nan=False).removesuffix("\n}")
    yield ',\n  "changes": ['
    before = "\n"
    for kind in Kind:
        for change in details(changes, kind):
            yield f"{before}    {json.dumps(_change(change), allow_nan=False)}"
            before = ",\n"
    yield "\n  ]\n}\n"


def _run(run: Any) -> dict[str, Any]:
    facts = run.facts
    kept = {name: facts.get(name) for name in ("schema", "start", "seed", "versions")}
    return {"run": run.shown, "complete": run.complete, **kept}


def _counts(changes: Changes, engine: str | None) -> dict[str, int]:
    return {str(kind): changes.count(kind, engine) for kind in Kind}


def _engine(changes: Changes, name: str) -> dict[str, Any]:
    before, now = changes.engines[name]
    counts = _counts(changes, name) | {"unchanged": changes.unchanged[name]}
    known = {"engine": name, "was": changes.was.get(name, name)}
    return known | {"old_version": before, "new_version": now, "counts": counts}


def _change(change: Change) -> dict[str, Any]:
    place = change.place
    known = {"kind": place.kind, "engine": place.engine, "case": place.case, "level": place.level}
    rows = {"old": _row(change.old), "new": _row(change.new)}
    return known | {"why": place.why, "passed_before_and_fails": place.worse} | rows


def _row(row: Any) -> dict[str, Any] | None:
    if row is None:
        return None
    names = ("reading", "verdict", "reason", "message", "expected", "actual")
    return {name: row[name] for name in names}
