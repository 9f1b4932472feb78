"""All cases on all engines of a run: each outcome is written to disk at once, and progress is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ..catalogue.case import Case
from ..catalogue.reference import Reference, dtype_for
from ..catalogue.tolerance import Tolerances
from ..judge.outcome import FAILS_RUN, LACKING, Verdict
from ..report.progress import Progress, progress
from ..report.results_file import lines
from .ask_again import ask_again
from .engine_output import Tracebacks
from .report_folder import ReportFolder, engines_of
from .roster import Entry, Roster
from .runner import Result, run
from .second_opinion import SecondOpinion
from .two_processes import Shared, worth_sharing

# The heading of an engine, the id of a case, its verdict, its rows in `results.jsonl`, and its traceback.
_Finished = tuple[str, str, Verdict, str, str]


class ConformanceRun:
    """The cases on the engines of the roster. With `asked_for` a case that an engine lacks is missing."""

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
        self._verdicts: dict[tuple[str, str], Verdict] = {}
        self._opinions: dict[str, SecondOpinion] = {}
        self._shown = Progress()

    @property
    def ran(self) -> int:
        """The number of cases on engines that were neither unsupported nor missing."""
        return sum(verdict not in LACKING for verdict in self._verdicts.values())

    @property
    def failed(self) -> bool:
        """True when one of the verdicts fails the run."""
        return not FAILS_RUN.isdisjoint(self._verdicts.values())

    def execute(self, folder: ReportFolder, quiet: bool) -> None:
        """Run every case on every engine that can be used. Raises UsageError as `Roster.open` does."""
        bar = progress(len(self._roster.names), len(self._cases), quiet)
        if self._roster.builtin and worth_sharing(self._cases):
            # The second process starts before the bar, because a fork does not copy the thread of the bar.
            entries = list(self._opened(folder, Progress()))
            with Shared(self._cases, entries, self._finish) as results, bar as shown:
                self._keep(results, folder, shown)
            return
        with bar as shown:
            self._shown = shown
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
                for note in entry.engine.info.notes:
                    shown.noticed(f"{entry.column}: {note}")
                yield entry

    def _finish(self, entry: Entry, cases: Iterable[Case]) -> Iterator[_Finished]:
        """Yield each case of an engine when it has run, and once more when a second opinion revises it."""
        asked = run(cases, [entry.engine], self._reference, seed=self._seed, dtype=self._dtype)
        results = []
        for result in asked:
            results.append(result)
            yield self._finished(entry, result)
        self._shown.asking_again(entry.column)
        opinion = ask_again(
            entry.engine,
            results,
            self._reference,
            seed=self._seed,
            dtype=dtype_for(entry.engine, self._dtype),
            expected={each.case.id for each in results if entry.xfails.find(each.case.id)},
        )
        if opinion is not None:
            self._opinions[entry.column] = opinion
            for result in opinion.revised:
                yield self._finished(entry, result)

    def _finished(self, entry: Entry, result: Result) -> _Finished:
        judged = entry.xfails.apply(result.as_asked() if self._asked_for else result)
        rows = lines(judged.outcomes)
        return entry.column, result.case.id, judged.verdict, rows, judged.traceback

    def _keep(self, results: Iterable[_Finished], folder: ReportFolder, shown: Progress) -> None:
        tracebacks = Tracebacks(folder.path)
        try:
            for column, case_id, verdict, text, traceback in results:
                revised = (column, case_id) in self._verdicts
                self._verdicts[column, case_id] = verdict
                folder.append((column, case_id), text)
                if revised:
                    continue
                if traceback:
                    tracebacks.keep(column, case_id, traceback)
                shown.finished(column, verdict)
        finally:
            if self._opinions:
                facts = {column: opinion.facts() for column, opinion in self._opinions.items()}
                folder.note(asked_again=facts)
