"""Results are handed in to a platform: each file in one step, so that there is never half of one.

- `HandsIn`: writes the files of a platform. `replace_whole`: writes one file.

The folder may be that of the student, who may have put a file, a folder or a link of the same name there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from ...report.results_file import writing
from .platform import Located, Outcome, Platform

_MODE = 0o644  # the platform may read the files as another user


class HandsIn:
    """Writes what a platform wants to have of a submission. The newest outcome replaces the earlier one.

    `located` says where the platform has put things.
    """

    def __init__(self, platform: Platform, located: Located) -> None:
        self._platform, self.located = platform, located

    def write(self, outcome: Outcome) -> None:
        """Write the files of the outcome. Raises UsageError when a file cannot be written."""
        for name, content in self._platform.files(outcome, self.located).items():
            path = self.located.out / name
            with writing(path):
                path.parent.mkdir(parents=True, exist_ok=True)
                replace_whole(path, content)


def replace_whole(path: Path, content: bytes) -> None:
    """Write a file under a name that nobody can have foreseen, and rename it. Raises OSError."""
    number, partial = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(number, "wb") as file:
            os.fchmod(number, _MODE)
            file.write(content)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        os.replace(partial, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(partial)
        raise
