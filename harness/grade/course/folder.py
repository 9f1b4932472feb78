"""The folder of a grading: each submission's result in a file of its own, which only this user may read.

- `GradingFolder`: reads and writes the results. `private`: a context in which all new files are private.
- `write_whole`: a file in one step. `FEEDBACK`: the folder in it with the pages of the students.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from ...catalogue.case_lists import text_of
from ...errors import UsageError
from ...report.results_file import PARTIAL, RESULTS, in_one_step, reading, writing
from ...report.rows import decoded
from ...text import words
from ..twins import twin_id
from .grading_file import GRADING
from .result import Result

_RESULTS, _REASONS, _SECRET = "submissions", "reasons", "secret"
_SUFFIX = ".jsonl"
SCORES, CLASS = "scores.csv", "class.html"
FEEDBACK = "feedback"  # the pages of the students
_HELD = {_RESULTS: _SUFFIX, _REASONS: ".txt", FEEDBACK: ".html"}
KEY = "key.csv"  # whose the tokens of an anonymous grading are
_WRITTEN = (SCORES, GRADING, RESULTS, CLASS, KEY)
_COUNT = "rows"  # how many rows follow, so that a file that was cut off is known


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
    with private(), writing(path), in_one_step(path) as partial:
        partial.write_text(text, encoding="utf-8")


class GradingFolder:
    """The folder `path`. Its methods raise UsageError when it cannot be read or written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raise UsageError when the folder holds files that a grading would replace or remove."""
        with reading(self.path):
            found = next(self._of_others(), None)
        if found is not None:
            raise UsageError(
                f"{words(str(self.path))} holds {words(found)}, which no grading wrote and this one would "
                "replace; name another folder with --out"
            )

    def _of_others(self) -> Iterator[str]:
        for name, suffix in _HELD.items():
            folder = self.path / name
            for path in folder.iterdir() if folder.is_dir() else ():
                own = path.name.removesuffix(PARTIAL).endswith(suffix)
                if not own and not path.name.startswith(".") and not path.name.endswith("~"):
                    yield f"{name}/{path.name}"
        if not any((self.path / name).is_dir() for name in _HELD):
            yield from (name for name in _WRITTEN if (self.path / name).exists())

    def make(self) -> None:
        """Make the folder and those in it."""
        with private(), writing(self.path):
            for folder in (self.path, *(self.path / name for name in _HELD)):
                folder.mkdir(parents=True, exist_ok=True)

    def clean(self) -> None:
        """Remove what an earlier process left half written. Another one must not write here now."""
        with writing(self.path):
            for name in _HELD:
                for left in (self.path / name).glob(f"*{PARTIAL}"):
                    left.unlink()
            for name in (*_WRITTEN, _SECRET):
                (self.path / f"{name}{PARTIAL}").unlink(missing_ok=True)

    def secret(self) -> str:
        """Return the secret that an earlier grading has kept here, or "" when there is none."""
        path = self.path / _SECRET
        return text_of(path) if path.exists() else ""

    def keep_secret(self, secret: str) -> None:
        """Keep the secret of an assignment whose rubric has none, for the next grading."""
        write_whole(self.path / _SECRET, secret)

    def keep(self, result: Result, rows: Iterable[str]) -> None:
        """Write the result of a submission and its rows, which are lines of `results.jsonl`."""
        text = "".join(rows)
        head = json.dumps({_COUNT: text.count("\n"), **result.to_json()}, allow_nan=False)
        write_whole(self._place(result.key), f"{head}\n{text}")

    def results(self) -> dict[str, Result]:
        """Return all results that are there, by the key of the submission.

        A file that was cut off, or has another form, counts as none: its submission is graded anew.
        """
        found = {}
        for path in sorted((self.path / _RESULTS).glob(f"*{_SUFFIX}")):
            with reading(path), suppress(*_OTHER_FORM):
                head, _, text = path.read_bytes().partition(b"\n")
                values = json.loads(head)
                if values.pop(_COUNT) == text.count(b"\n"):
                    result = Result.from_json(values)
                    if result.key == path.name.removesuffix(_SUFFIX):
                        found[result.key] = result
        return found

    def rows(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of a submission. UsageError when somebody changed them to what is no row."""
        return self._decoded(key, lambda lines: lines)

    def failing_rows(self, key: str) -> list[dict[str, Any]]:
        """Return the rows of the cases that fail, or whose twins do, without those of twins.

        UsageError as for `rows`.
        """
        return self._decoded(key, _failing)

    def _decoded(
        self, key: str, choose: Callable[[Iterable[bytes]], Iterable[bytes]]
    ) -> list[dict[str, Any]]:
        path = self._place(key)
        with reading(path), path.open("rb") as file:
            file.readline()
            try:
                return [decoded(line) for line in choose(file)]
            except (ValueError, RecursionError) as problem:
                raise UsageError(
                    f"{words(str(path))} cannot be understood: {words(str(problem))}; remove it, and the "
                    "same command grades this submission anew"
                ) from None

    def join(self, keys: Iterable[str]) -> None:
        """Write `results.jsonl`: the rows of these submissions, one after the other."""
        path = self.path / RESULTS
        with private(), writing(path), in_one_step(path) as partial, partial.open("wb") as joined:
            for key in keys:
                with self._place(key).open("rb") as rows:
                    rows.readline()
                    shutil.copyfileobj(rows, joined)

    def explain(self, key: str, text: str) -> None:
        """Write the reasons of a submission."""
        self._renew(self.path / _REASONS / f"{key}.txt", text)

    def give_back(self, pages: Iterable[tuple[str, str]]) -> None:
        """Write the pages of the students, and remove all others. A page that is the same is left alone."""
        names = set()
        for name, text in pages:
            self._renew(self.path / name, text)
            names.add(name)
        with writing(self.path / FEEDBACK):
            for path in (self.path / FEEDBACK).glob(f"*{_HELD[FEEDBACK]}"):
                if f"{FEEDBACK}/{path.name}" not in names:
                    path.unlink()

    def _renew(self, path: Path, text: str) -> None:
        with suppress(OSError):
            if path.read_text(encoding="utf-8") == text:
                return
        write_whole(path, text)

    def _place(self, key: str) -> Path:
        return self.path / _RESULTS / f"{key}{_SUFFIX}"


# To decode all lines of a class takes longer than to write its pages. A quote in a text is escaped, so that
# these bytes stand in a line for nothing else.
_BEHIND_CASE, _PASSES = b'", "reading": ', b'"verdict": "pass"'
_TWIN = twin_id("").encode()


def _failing(lines: Iterable[bytes]) -> Iterator[bytes]:
    pairs = ((line.partition(_BEHIND_CASE)[0], line) for line in lines)
    # A twin comes behind its case.
    for case, of_case in groupby(pairs, lambda pair: pair[0].removesuffix(_TWIN)):
        rows = list(of_case)
        if not all(_PASSES in line for _, line in rows):
            yield from (line for its_own, line in rows if its_own == case)


# What a file raises that another program wrote.
_OTHER_FORM = (KeyError, TypeError, ValueError, AttributeError, RecursionError)
