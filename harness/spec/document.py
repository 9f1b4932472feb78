"""What the page tells, as JSON.

- `document`: its text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..program.arrays import Array
from ..program.transcript import Reading
from .contents import DTYPE, SEED, Contents, Group
from .other_torch import OtherTorch
from .promise import IMPORTS, Promise
from .themes import Theme

SCHEMA = 1


def document(
    contents: Contents, versions: Mapping[str, str], other: OtherTorch | None = None
) -> str:
    """Return one JSON object: `themes`, `cases` in the order of the page, and `ops` that have an edge.

    With another torch there is `against`, too. A number that is not finite is a string. `versions` are those
    of the libraries that compute.
    """
    found: dict[str, Any] = {
        "schema": SCHEMA,
        "versions": dict(versions),
        "seed": SEED,
        "dtype": DTYPE,
        "imports": IMPORTS,
        "themes": [_theme(section.theme) for section in contents.sections],
        "cases": [
            _case(section.theme, group, promise)
            for section in contents.sections
            for group in section.groups
            for promise in group.promises
        ],
        "ops": [
            {"op": edge.op, "differentiable": edge.smooth, "cases": [g.name for g in edge.groups]}
            for edge in contents.edges
        ],
    }
    if other is not None:
        found["against"] = _other(other)
    return json.dumps(found, indent=1, allow_nan=False)


def _theme(theme: Theme) -> dict[str, str]:
    return {"name": theme.key, "title": theme.title, "about": theme.about}


def _case(theme: Theme, group: Group, promise: Promise) -> dict[str, Any]:
    case, stop = promise.case, promise.answers.stop
    labels = promise.instance.program.labels
    return {
        "case": case.id,
        "theme": theme.key,
        "title": case.title,
        "explanation": case.explanation,
        "level": case.level,
        "convention": case.convention,
        "tags": list(case.tags),
        "place": case.origin,
        "own_bound": group.own_bound,
        "digest": promise.instance.digest,
        "inputs": {name: array.to_json() for name, array in promise.instance.inputs.items()},
        "program": promise.program,
        "in_torch": bool(promise.lines),
        "answers": {
            label: _answer(answer)
            for label, answer in zip(labels, promise.answers.readings, strict=False)
        },
        "raises": None if stop is None else stop.message,
    }


def _other(other: OtherTorch) -> dict[str, Any]:
    differences = [
        {"case": one.promise.case.id, "reading": one.reading, "there": one.there, "here": one.here}
        for one in other.differences
    ]
    told = {"torch": other.version, "run": other.run, "compared": other.compared}
    apart = {"absent": other.absent, "changed": other.changed, "gone": other.gone}
    return {**told, "differences": differences, **apart, "remarks": other.remarks}


def _answer(answer: Reading) -> Any:
    if answer is None:
        return None
    if isinstance(answer, Array):
        return answer.to_json()
    return {"opaque": answer.kind, "text": answer.text}
