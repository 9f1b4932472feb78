"""The files that are made from a grading for its course: written in one step, and for this user alone.

- `check_output`: where they may be. `write`: writes one.
"""

from __future__ import annotations

from pathlib import Path

from ...errors import UsageError
from ...report.results_file import in_one_step, writing
from ...text import words
from ..course.folder import private


def check_output(path: Path, sheet: Path, grading: Path) -> None:
    """Raise UsageError when a file at `path` would replace the sheet, or lie in the folder of the grading."""
    if path.resolve() == sheet.resolve() or (path.exists() and path.samefile(sheet)):
        raise UsageError(
            f"-o: {words(str(path))} is the sheet itself, which stays as it is; name another file"
        )
    if path.resolve().is_relative_to(grading.resolve()):
        raise UsageError(
            f"{words(str(path))} lies in the folder of the grading, which stays as it is; name another place"
        )


def write(path: Path, data: bytes) -> None:
    """Write a file. UsageError when it cannot be written; then an older one stays as it was."""
    with private(), writing(path), in_one_step(path) as partial:
        partial.write_bytes(data)
