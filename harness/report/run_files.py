"""The files of one run, as a person names them: a folder, or a file of results.

- `RunFiles`: where they are, and the content of `run.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import UsageError
from ..text import words
from .description_file import DESCRIPTION, read_description
from .results_file import RESULTS
from .rows import Row, cases_of, is_cut_off


@dataclass(frozen=True)
class RunFiles:
    """One run: `shown` is its name as it was typed, `results` its file, `facts` the content of `run.json`.

    `facts` is empty when there is no `run.json`. `complete` is False when the run was interrupted or killed,
    and `cut_off` is True when the last line of the results is not whole.
    """

    shown: str
    results: Path
    facts: Mapping[str, Any]
    complete: bool
    cut_off: bool

    @classmethod
    def of(cls, path: Path) -> RunFiles:
        """Return the run in a folder, or that of a file of results; `run.json` is looked for beside it.

        Raises UsageError when there is no run, or its `run.json` cannot be used.
        """
        shown = words(str(path))
        results = path / RESULTS if path.is_dir() else path
        if not results.is_file():
            held = f"no {RESULTS} in it" if path.is_dir() else "no such file or folder"
            raise UsageError(
                f"{shown} is no run: there is {held}. A run is a folder that `gradconform run` or pytest "
                f"has written, or its {RESULTS}"
            )
        facts = read_description(results.parent) if results.name == RESULTS else {}
        if not facts and not results.stat().st_size:
            raise UsageError(
                f"{words(str(results))} is empty, and there is no {DESCRIPTION} beside it"
            )
        killed = "start" in facts and "end" not in facts
        cut_off = is_cut_off(results)
        broken = killed or facts.get("interrupted", False) or cut_off
        return cls(shown, results, facts, complete=not broken, cut_off=cut_off)

    @property
    def folder(self) -> Path:
        """The folder of the run."""
        return self.results.parent

    def cases(self) -> Iterator[list[Row]]:
        """Yield the rows of each case on each engine, as `harness.report.rows.cases_of` does."""
        return cases_of(self.results)

    def remarks(self) -> Iterator[str]:
        """Yield a sentence for each thing that is missing in the files."""
        if self.cut_off:
            yield f"{words(str(self.results))} is cut off in its last line, which is left out"
        if not self.facts:
            yield (
                f"{self.shown} has no {DESCRIPTION}: tolerances, cases that were not reached and engines "
                "that were left out are not known"
            )
