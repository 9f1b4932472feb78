"""`grading.json` as it is read again, without the libraries that a grading needs.

- `GRADING`: the name of the file. `read_grading`: what views of finished gradings need of it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...report.description_file import read_json
from ...text import several_lines, words

GRADING = "grading.json"
_ITEM = {"item": str, "points": str, "most": str, "state": str, "reasons": [str]}
_MARK = {
    "submission": str,
    "ids": {str: str},
    "name": str,
    "status": str,
    "score": (str, type(None)),
    "items": [_ITEM],
}
_FORM = {"students": [_MARK]}


def read_grading(folder: Path) -> dict[str, Any]:
    """Return what `diff` needs of `grading.json`.

    Raises UsageError when there is no such file, it cannot be read, or it has another form.
    """
    found = read_json(folder / GRADING, _FORM, several_lines)
    if not found:
        raise UsageError(f"{words(str(folder))} holds no {GRADING}; `gradconform grade` makes it")
    return found
