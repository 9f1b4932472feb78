"""The result of a run, and how to show it.

- `FinishedRun`: both.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..report.absent import interruption
from ..report.files import Report
from ..report.progress import say
from ..report.score import MOST_ON_TERMINAL, Shown

# A column of `summary.csv` that the document of a run does not have.
_AVERAGE = "family_average"


@dataclass
class FinishedRun:
    """A finished or interrupted run and its report.

    `failed` is True when a case failed or an engine was left out, `ran` when at least one engine ran a case,
    and `not_run_by_machine` when an engine was left out because this machine could not run any.
    """

    report: Report
    failed: bool
    ran: bool
    not_run_by_machine: bool

    @property
    def folder(self) -> Path:
        """The folder of the report."""
        return self.report.folder

    @property
    def facts(self) -> Mapping[str, Any]:
        """The content of `run.json`."""
        return self.report.facts

    @property
    def interrupted(self) -> bool:
        """True when the run was ended before all cases had run."""
        return bool(self.facts["interrupted"])

    def document(self) -> dict[str, Any]:
        """Return the run as JSON values; `summary` has the rows of `summary.csv` but no `family_average`."""
        return {
            "schema": 1,
            "folder": str(self.folder),
            "failed": self.failed,
            "interrupted": self.interrupted,
            "engines": self.facts["engines"],
            "left_out": self.facts["left_out"],
            "summary": [
                {name: _finite(value) for name, value in row._asdict().items() if name != _AVERAGE}
                for row in self.report.scores
            ],
        }

    def remarks(self, *, table: bool) -> Iterator[str]:
        """Yield sentences about what did not run, and about engines that do not always answer in one way.

        The engines that were left out have been named already. When a `table` is shown, it is headed by the
        sentence about an interruption. Of very many engines those with the lowest scores are remarked on.
        """
        scores, facts = self.report.scores, self.facts
        shown = Shown(scores, MOST_ON_TERMINAL)
        if self.interrupted and not (table and facts["engines"]):
            yield f"{interruption(facts, scores)}; what was finished is kept in {self.folder}"
        elif not self.ran and not self.interrupted and facts["engines"]:
            yield "no engine ran a case"
        left_out = {engine["name"] for engine in facts["left_out"]}
        remarked = [row for row in scores if row.reason and row.engine not in left_out]
        if not self.interrupted:
            told = [row for row in remarked if row.engine in shown.engines]
            yield from (f"{row.engine}: {row.reason}" for row in told)
            if more := len(remarked) - len(told):
                yield f"{more} more engines have a remark: see summary.csv"
        for name, again in facts.get("asked_again", {}).items():
            if name in shown.engines:
                yield from (f"{name}: {sentence}" for sentence in again["said"])

    def show(self, verbose: bool) -> None:
        """Print the table, when `verbose` the mistakes and the failures, and the paths of the files."""
        from ..report.terminal import print_failures, print_mistakes, print_summary

        report = self.report
        if self.facts["engines"]:
            print_summary(report.scores, interruption(self.facts, report.scores))
        if verbose:
            print_mistakes(report)
            print_failures(report)
        elif report.found.failures.engines:
            named = "the mistakes and the failures" if report.diagnosis else "the failures"
            say(f"-v shows {named}; so does summary.md")
        for path in report.paths:
            print(path)


def _finite(value: object) -> object:
    """JSON has no number for NaN and the infinities."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    return value
