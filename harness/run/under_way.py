"""All cases on all engines of a run: each outcome is written to disk at once, and progress is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..catalogue.case import Case
from ..catalogue.reference import Reference
from ..catalogue.tolerance import Tolerances
from ..judge.outcome import FAILS_RUN, LACKING, Verdict
from ..report.results_file import lines
from ..report.terminal import Progress, console, progress
from .engine_output import Tracebacks, traceback_of
from .report_folder import ReportFolder, engines_of
from .roster import Entry, Roster
from .runner import run
from .two_processes import Shared, worth_sharing

# The heading of an engine, the verdict of one case on it, the rows of the case in `results.jsonl`, and its
# traceback.
_Finished = tuple[str, Verdict, str, str]


class ConformanceRun:
    """The cases on the engines of the roster.

    `ran` counts the cases on engines that were neither unsupported nor missing. With `asked_for` a case that
    an engine does not support is missing. `failed` is True when one of the verdicts fails the run.
    """

    def __init__(
        self,
        roster: Roster,
        cases: Sequence[Case],
        *,
        seed: int,
        dtype: str | None,
        tolerances: Tolerances,
        asked_for: bool = False,
    ) -> None:
        self._roster, self._cases, self._seed, self._dtype = roster, cases, seed, dtype
        self._asked_for = asked_for
        self._reference = Reference(tolerances)
        self.ran, self.failed = 0, False

    def execute(self, folder: ReportFolder, quiet: bool) -> None:
        """Run every case on every engine that can be used. Raises UsageError as `Roster.open` does."""
        bar = progress(len(self._roster.names), len(self._cases), quiet)
        if self._roster.builtin and worth_sharing(self._cases):
            # The second process starts before the bar, because a fork does not copy the thread of the bar.
            entries = list(self._opened(folder, Progress(console(stderr=True))))
            with Shared(self._cases, entries, self._finish) as results, bar as shown:
                self._keep(results, folder, shown)
            return
        with bar as shown:
            opened = self._opened(folder, shown)
            in_turn = (found for entry in opened for found in self._finish(entry, self._cases))
            self._keep(in_turn, folder, shown)

    def _opened(self, folder: ReportFolder, shown: Progress) -> Iterator[Entry]:
        """Yield each engine that can be used, and say what is known of every engine."""
        roster = self._roster
        # The engines that are known to be absent come first, because nothing needs to be waited for.
        for name in sorted(roster.names, key=lambda name: name not in roster.refused):
            shown.opening(roster.column(name))
            entry = roster.open(name)
            for line in roster.said_of(name):
                (shown.left_out if entry is None else shown.found)(line)
            folder.note(**engines_of(roster))
            if entry is not None:
                yield entry

    def _finish(self, entry: Entry, cases: Iterable[Case]) -> Iterator[_Finished]:
        asked = run(cases, [entry.engine], self._reference, seed=self._seed, dtype=self._dtype)
        for result in asked:
            judged = entry.xfails.apply(result.as_asked() if self._asked_for else result)
            yield (
                entry.column,
                judged.verdict,
                lines(judged.outcomes),
                traceback_of(judged.outcomes),
            )

    def _keep(self, results: Iterable[_Finished], folder: ReportFolder, shown: Progress) -> None:
        tracebacks = Tracebacks(folder.path)
        for column, verdict, text, trace in results:
            folder.append(text)
            if trace:
                tracebacks.keep(column, trace)
            self.ran += verdict not in LACKING
            self.failed |= verdict in FAILS_RUN
            shown.finished(column, verdict)
