"""The folder of a grading: each submission's result in a file of its own, which only this user may read.

- `GradingFolder`: reads and writes the results. `private`: a context in which all new files are private.
- `write_whole`: a file in one step.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ...report.results_file import RESULTS, reading, writing
from ...report.rows import decoded
from .result import Result

_RESULTS, _REASONS, _SECRET = "submissions", "reasons", "secret"
_SUFFIX, _PARTIAL = ".jsonl", ".partial"


@contextmanager
def private() -> Iterator[None]:
    """Make files that only this user may read: 0600, and folders 0700."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


def write_whole(path: Path, text: str) -> None:
    """Write a file in one step, so that a full disk or the end of this process never leaves half of it.

    Raises UsageError when it cannot be written.
    """
    partial = path.with_name(path.name + _PARTIAL)
    with private(), writing(path):
        try:
            partial.write_text(text, encoding="utf-8")
            os.replace(partial, path)
        except BaseException:
            with suppress(OSError):
                partial.unlink()
            raise


class GradingFolder:
    """The folder `path`. Its methods raise UsageError when it cannot be read or written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder and what is in it, and remove what an earlier process left half written."""
        with private(), writing(self.path):
            for folder in (self.path, self.path / _RESULTS, self.path / _REASONS):
                folder.mkdir(parents=True, exist_ok=True)
                for left in folder.glob(f"*{_PARTIAL}"):
                    left.unlink()

    def secret(self) -> str:
        """Return the secret that an earlier grading has kept here, or "" when there is none."""
        path = self.path / _SECRET
        with reading(path):
            return path.read_text(encoding="utf-8") if path.exists() else ""

    def keep_secret(self, secret: str) -> None:
        """Keep the secret of an assignment whose rubric has none, for the next grading."""
        write_whole(self.path / _SECRET, secret)

    def keep(self, result: Result, rows: Iterable[str]) -> None:
        """Write the result of a submission and its rows, which are lines of `results.jsonl`."""
        head = json.dumps(result.to_json(), allow_nan=False)
        write_whole(self._place(result.key), f"{head}\n{''.join(rows)}")

    def results(self) -> dict[str, Result]:
        """Return all results that are there, by the key of the submission.

        A file that cannot be understood counts as none: its submission is graded anew.
        """
        found = {}
        for path in sorted((self.path / _RESULTS).glob(f"*{_SUFFIX}")):
            with reading(path), path.open(encoding="utf-8") as file, suppress(*_OTHER_FORM):
                result = Result.from_json(json.loads(file.readline()))
                if result.key == path.name.removesuffix(_SUFFIX):
                    found[result.key] = result
        return found

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of a submission."""
        path = self._place(key)
        with reading(path), path.open("rb") as file:
            file.readline()
            return [decoded(line) for line in file]

    def join(self, keys: Iterable[str]) -> None:
        """Write `results.jsonl`: the rows of these submissions, one after the other."""
        path = self.path / RESULTS
        partial = path.with_name(path.name + _PARTIAL)
        with private(), writing(path):
            with partial.open("wb") as joined:
                for key in keys:
                    with self._place(key).open("rb") as rows:
                        rows.readline()
                        shutil.copyfileobj(rows, joined)
            os.replace(partial, path)

    def explain(self, key: str, text: str) -> None:
        """Write the reasons of a submission."""
        path = self.path / _REASONS / f"{key}.txt"
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == text:
                return
        write_whole(path, text)

    def _place(self, key: str) -> Path:
        return self.path / _RESULTS / f"{key}{_SUFFIX}"


# What a file raises that another program wrote.
_OTHER_FORM = (KeyError, TypeError, ValueError, AttributeError)
