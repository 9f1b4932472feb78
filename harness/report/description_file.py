"""`run.json`, the description of a run, and how every JSON file of a report is read and written.

- `DESCRIPTION`: the name of the file. `read_description`: its content.
- `read_json`, `write_json`: a whole file of JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..text import words
from .results_file import in_one_step, reading, writing
from .shape import fault

DESCRIPTION = "run.json"
# The newest form of the files of a run that this gradconform reads, and the one that it writes.
SCHEMA = 1
_NULL = type(None)
_COUNTS = {str: {str: int}}
_ENGINE = {
    "name": str,
    "spec?": str,
    "version?": str,
    "arrays?": bool,
    "found?": str,
    "notes?": [str],
    "wall?": str,
    "planned?": _COUNTS,
    "planned_arrays?": _COUNTS,
}
_FORM = {
    "engines?": [_ENGINE],
    "left_out?": [{"name": str, "spec": str, "reason": str, "cases?": int}],
    "selection?": {"count?": int, "dtype?": (str, _NULL), "tolerance?": str},
    "seed?": int,
    "start?": str,
    "end?": str,
    "remarks?": [str],
    "planned?": _COUNTS,
    "planned_arrays?": _COUNTS,
    "asked_again?": {str: {"said": [str]}},
    "tolerances?": {str: {"rtol": float, "atol": float}},
    "versions?": {str: str},
    "finished?": int,
    "interrupted?": bool,
}


def read_description(folder: Path) -> dict[str, Any]:
    """Return the content of `run.json`; an empty dict when there is no such file.

    Raises UsageError when the file cannot be read, or has another form or a newer schema.
    """
    return read_json(folder / DESCRIPTION, _FORM)


_SAYS_LESS = "it can be removed, and then the views say less"


def read_json(
    path: Path,
    form: Mapping[str, Any],
    harmless: Callable[[str], str] = words,
    remedy: str = _SAYS_LESS,
) -> dict[str, Any]:
    """Return the object in a file, each text of it as `harmless` gives it; {} when there is no such file.

    `remedy` says what can be done about a file that cannot be used.

    Raises UsageError, which says what is wrong, when the file cannot be read, is not JSON, is of a newer
    schema, or has not the form (see `harness.report.shape`).
    """
    if not path.exists():
        return {}
    shown = words(str(path))
    with reading(path):
        text = path.read_bytes()
    try:
        found = _cleaned(json.loads(text), harmless)
    except (ValueError, RecursionError):
        raise UsageError(f"{shown} is not JSON: {remedy}") from None
    wrong = fault(found, {"schema?": int})
    if not wrong and (schema := found.get("schema", SCHEMA)) > SCHEMA:
        raise UsageError(
            f"{shown} has the schema {schema}, and this gradconform reads schema {SCHEMA} and older ones: "
            "read it with a newer gradconform"
        )
    if wrong := wrong or fault(found, form):
        raise UsageError(f"{shown} cannot be used: {words(wrong)}. Mend it: {remedy}")
    return dict(found)


def _cleaned(value: Any, harmless: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return value if value.isprintable() else harmless(value)
    if isinstance(value, list):
        return [_cleaned(each, harmless) for each in value]
    if isinstance(value, dict):
        return {_cleaned(k, harmless): _cleaned(each, harmless) for k, each in value.items()}
    return value


def write_json(path: Path, document: Mapping[str, Any]) -> None:
    """Write JSON in one step, so that an interruption never leaves half a file.

    Raises UsageError when the folder cannot be written to.
    """
    with writing(path.parent), in_one_step(path) as partial:
        partial.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
