"""`grading.json` as it is read again, without the libraries that a grading needs.

- `GRADING`: the name of the file. `read_grading`: what views of finished gradings need of it.
- `ANEW`: what a person can do about a file that cannot be used.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ...errors import UsageError
from ...report.description_file import read_json
from ...text import several_lines, words

GRADING = "grading.json"
# As `Fraction` writes them.
_POINTS = re.compile(r"[0-9]{1,999}(/[1-9][0-9]{0,999})?")
_ITEM = {"item": str, "points": str, "most": str, "state": str, "reasons": [str]}
_MARK = {
    "submission": str,
    "ids": {str: str},
    "name": str,
    "status": str,
    "score": (str, type(None)),
    "items": [_ITEM],
}
ANEW = "`gradconform grade` with the same --out makes the file anew, and grades nothing twice"
_FORM = {"rubric": {"rounding": (int, str)}, "students": [_MARK]}


def read_grading(folder: Path) -> dict[str, Any]:
    """Return what `diff` needs of `grading.json`.

    Raises UsageError when there is no such file, it cannot be read, or it has another form.
    """
    found = read_json(folder / GRADING, _FORM, several_lines, ANEW)
    if not found:
        raise UsageError(f"{words(str(folder))} holds no {GRADING}; `gradconform grade` makes it")
    for mark in found["students"]:
        scores = [] if mark["score"] is None else [mark["score"]]
        for points in (*scores, *filter(None, (item["points"] for item in mark["items"]))):
            if not _POINTS.fullmatch(points):
                raise UsageError(
                    f"{words(str(folder / GRADING))}: points such as 2 or 3/2 were expected for "
                    f"{words(mark['submission'])}; {words(repr(points), 60)} came; {ANEW}"
                )
    return found
