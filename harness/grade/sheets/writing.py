"""The files that are made from a grading for its course: written in one step, and for this user alone.

- `check_output`, `check_feedback`: where they may be. `write`: writes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ...errors import UsageError
from ...report.results_file import in_one_step, writing
from ...text import words
from ..course.folder import private


def check_output(path: Path, inputs: Sequence[Path], grading: Path) -> None:
    """Raise UsageError when a file at `path` would replace an input, or lie in the folder of the grading."""
    for each in inputs:
        if path.resolve() == each.resolve() or (path.exists() and path.samefile(each)):
            raise UsageError(
                f"{words(str(path))} is {words(str(each))} itself, which stays as it is; name another file"
            )
    if path.resolve().is_relative_to(grading.resolve()):
        raise UsageError(
            f"{words(str(path))} lies in the folder of the grading, which stays as it is; name another place"
        )


def check_feedback(path: Path, filled: Path) -> None:
    """Raise UsageError when a zip is there, which may be the only record of what was uploaded."""
    if path.resolve() == filled.resolve():
        raise UsageError(f"-o and --feedback are the same file: {words(str(path))}")
    if path.exists():
        raise UsageError(
            f"--feedback: {words(str(path))} exists; name another file, and when this one was uploaded, say "
            f"--since {words(str(path))}, too"
        )


def write(path: Path, data: bytes) -> None:
    """Write a file. UsageError when it cannot be written; then an older one stays as it was."""
    with private(), writing(path), in_one_step(path) as partial:
        partial.write_bytes(data)
