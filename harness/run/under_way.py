"""A run under way: what the worker processes find is written to disk at once, and progress is shown."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ..catalogue.case import Case
from ..engine.contract import EngineInfo
from ..errors import MachineError
from ..judge.outcome import FAILS_RUN, LACKING, SEVERITY, CaseRun, Outcome, Verdict
from ..report.html.known import Facts, Ran
from ..report.progress import Progress
from ..report.results_file import lines
from .engine_output import Tracebacks
from .report_folder import ReportFolder, engines_of
from .roster import Roster
from .schedule import GivenUp
from .work import AskedAgain, AskingAgain, Failed, Finished, LeftOut, Opened, Opening, Performed

# The least seconds from one `run.json` to the next: it names all engines, which may be thousands.
_PAUSE = 1.0


class UnderWay:
    """Follows the events of a run, see `harness.run.work`.

    `printed` has what each engine has printed, by its heading, as far as it is known, and `told` what the
    catalogue tells of the cases.
    """

    def __init__(
        self,
        roster: Roster,
        cases: Sequence[Case],
        case_run: Callable[[Case, EngineInfo], CaseRun],
    ) -> None:
        self._roster, self._cases, self._case_run = roster, cases, case_run
        self._names = roster.names
        # For each engine a byte for each case: one more than the severity of its verdict, or 0.
        self._verdicts: dict[int, bytearray] = {}
        self._noted_at = 0.0
        self._said: set[int] = set()
        self._printed: dict[int, str] = {}
        self._asked_again: dict[int, dict[str, Any]] = {}
        self._from_cache = 0
        self.told: dict[Ran, Facts] = {}

    @property
    def ran(self) -> int:
        """The number of cases on engines that were neither unsupported nor missing."""
        return sum(self._count(verdict) for verdict in Verdict if verdict not in LACKING)

    @property
    def failed(self) -> bool:
        """True when one of the verdicts fails the run."""
        return any(self._count(verdict) for verdict in FAILS_RUN)

    def _count(self, verdict: Verdict) -> int:
        return sum(verdicts.count(1 + SEVERITY[verdict]) for verdicts in self._verdicts.values())

    @property
    def printed(self) -> dict[str, str]:
        """What the engines have printed, by the headings of their columns, in the order of the columns."""
        return {self._column(number): self._printed[number] for number in sorted(self._printed)}

    def begin(self, events: Iterator[Any]) -> list[Any]:
        """Return the first events: those until one engine takes part, or all have been tried.

        Raises UsageError for an option that is wrong for any engine, NoSuchEngine when no engine of these
        names exists.
        """
        first = []
        for event in events:
            first.append(event)
            self._noted(event)
            if isinstance(event, Opened):
                return first
        self._roster.check()
        return first

    def follow(self, events: Iterable[Any], folder: ReportFolder, shown: Progress) -> None:
        """Write and show what comes. Raises UsageError when the folder cannot be written to."""
        tracebacks = Tracebacks(folder.path)
        try:
            for number, name in enumerate(self._names):
                # These come first, because nothing needs to be waited for.
                if name in self._roster.refused:
                    self._say(number, folder, shown)
            for event in events:
                self._noted(event)
                if isinstance(event, Opening):
                    shown.opening(self._column(event.engine))
                elif isinstance(event, Opened | LeftOut):
                    self._say(event.engine, folder, shown)
                elif isinstance(event, Finished):
                    self._keep(event, folder, tracebacks, shown)
                elif isinstance(event, GivenUp):
                    for finished in self._given_up(event):
                        self._keep(finished, folder, tracebacks, shown)
                    self._say(event.engine, folder, shown)
                elif isinstance(event, AskingAgain):
                    shown.asking_again(self._column(event.engine))
        finally:
            again = sorted(self._asked_again.items())
            folder.note(
                **engines_of(self._roster),
                asked_again={self._column(number): facts for number, facts in again},
                readings_from_cache=self._from_cache,
            )

    def _noted(self, event: Any) -> None:
        """Take note of what the event says of an engine, or of the run."""
        if isinstance(event, Failed):
            if event.problem is not None:
                raise event.problem
            raise RuntimeError(f"a worker process of gradconform failed:\n{event.trace}")
        if isinstance(event, Opened):
            self._roster.take_part(self._names[event.engine], event.info)
        elif isinstance(event, LeftOut):
            self._roster.leave_out(self._names[event.engine], event.problem)
        elif isinstance(event, AskedAgain):
            self._asked_again[event.engine] = event.facts
        elif isinstance(event, Performed):
            self._printed |= event.printed
            self._from_cache += event.from_cache

    def _column(self, number: int) -> str:
        return self._roster.column(self._names[number])

    def _say(self, number: int, folder: ReportFolder, shown: Progress) -> None:
        """Say once what is known of an engine."""
        if number in self._said:
            return
        self._said.add(number)
        name = self._names[number]
        entry = self._roster.entries.get(name)
        for line in self._roster.said_of(name):
            (shown.left_out if entry is None else shown.found)(line)
        if time.monotonic() - self._noted_at > _PAUSE:
            folder.note(**engines_of(self._roster))
            self._noted_at = time.monotonic()
        for note in entry.info.notes if entry is not None else ():
            shown.noticed(f"{self._column(number)}: {note}")

    def _given_up(self, event: GivenUp) -> Iterator[Finished]:
        """Yield what takes the place of cases with which gradconform's own processes died.

        An engine that no process could open is left out.
        """
        name = self._names[event.engine]
        entry = self._roster.entries.get(name)
        if entry is None:
            why = f"{self._column(event.engine)}: grader-error: {event.why}"
            self._roster.leave_out(name, MachineError(why))
            return
        for place in range(event.begin, event.end):
            known = self._case_run(self._cases[place], entry.info)
            rows = lines([Outcome(known, None, Verdict.HARNESS_ERROR, message=event.why)])
            yield Finished(event.engine, place, Verdict.HARNESS_ERROR, rows, "")

    def _keep(
        self, found: Finished, folder: ReportFolder, tracebacks: Tracebacks, shown: Progress
    ) -> None:
        verdicts = self._verdicts.setdefault(found.engine, bytearray(len(self._cases)))
        revised = verdicts[found.case] > 0
        verdicts[found.case] = 1 + SEVERITY[found.verdict]
        folder.append((found.engine, found.case), found.rows)
        if revised:
            return
        self.told |= found.told
        column = self._column(found.engine)
        if found.traceback:
            tracebacks.keep(column, self._cases[found.case].id, found.traceback)
        shown.finished(column, found.verdict)
