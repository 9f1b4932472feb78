"""What a worker process does: it opens engines, runs their cases, and asks again what is doubtful.

- `EngineWork`: performs a task, and yields the events below, which are sent to the process that writes.
"""

from __future__ import annotations

import copy
import traceback
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ..catalogue.case import Case
from ..catalogue.reference import Reference, dtype_for, dtype_of
from ..engine.contract import Engine, EngineInfo
from ..errors import EngineError, GradconformError, NoSuchEngine
from ..judge.outcome import CaseRun, Verdict
from ..report.html.known import Ran, Ready, ready
from ..report.results_file import lines
from .ask_again import ask_again
from .roster import Entry, Roster
from .runner import Result, case_run, run
from .worker_process import Task


@dataclass(frozen=True)
class Opening:
    """The engine is about to be loaded."""

    engine: int


@dataclass(frozen=True)
class Opened:
    """The engine takes part."""

    engine: int
    info: EngineInfo


@dataclass(frozen=True)
class LeftOut:
    """The engine cannot be used."""

    engine: int
    problem: EngineError | NoSuchEngine


@dataclass(frozen=True)
class Finished:
    """A case has run, or was judged anew: its verdict, its rows in `results.jsonl`, and its traceback.

    `told` is what the catalogue tells of the case, the first time that this process has run it.
    """

    engine: int
    case: int
    verdict: Verdict
    rows: str
    traceback: str
    told: Ready = field(default_factory=dict)


@dataclass(frozen=True)
class AskingAgain:
    """All cases of the engine are finished, and what is doubtful is asked again."""

    engine: int


@dataclass(frozen=True)
class AskedAgain:
    """What came of it, for `run.json`."""

    engine: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class Performed:
    """A task has ended: what its engines have printed, and how many readings of torch came from the cache."""

    printed: dict[int, str]
    from_cache: int


@dataclass(frozen=True)
class Failed:
    """The run cannot go on: an option is wrong for every engine, or the harness is (then with `trace`)."""

    problem: GradconformError | None
    trace: str = ""


class EngineWork:
    """Runs the cases on the engines of the roster.

    With `asked_for` a case that an engine lacks is missing. With `tells` the events also have what the
    catalogue tells of the cases: the program is at hand here, and would be traced again for the report.
    With `thorough` False fewer processes are spent on what is doubtful (see `ask_again`).
    """

    def __init__(
        self,
        roster: Roster,
        cases: Sequence[Case],
        reference: Reference,
        *,
        seed: int,
        dtype: str | None,
        asked_for: bool,
        tells: bool = False,
        thorough: bool = True,
    ) -> None:
        self._roster, self._cases, self._reference = roster, cases, reference
        self._seed, self._dtype, self._asked_for = seed, dtype, asked_for
        self._tells, self._told, self._thorough = tells, set[int](), thorough

    @property
    def reference(self) -> Reference:
        """Torch, as this process asks it."""
        return self._reference

    def for_fork(self) -> EngineWork:
        """Return the same work for a fork of this process."""
        found = copy.copy(self)
        found._reference = self._reference.branch()
        return found

    def handed_over(self) -> None:
        """Close in this process the line to torch that only the fork uses."""
        self._reference.close()

    def case_run(self, case: Case, info: EngineInfo) -> CaseRun:
        """Return what every outcome of a case says that could not be run."""
        dtype = dtype_of(info, self._dtype)
        return case_run(case, info, self._reference.torch_version, self._seed, dtype)

    def perform(self, task: Task) -> Generator[Any]:
        """Yield what is found, and at the end, after an interruption too, what is to be said of the task."""
        opened: dict[int, Entry] = {}
        before = self._reference.from_cache

        def performed() -> Performed:
            printed = {number: entry.engine.printed() for number, entry in opened.items()}
            return Performed(printed, self._reference.from_cache - before)

        try:
            yield from self._performed(task, opened)
        except KeyboardInterrupt:
            yield performed()
            raise
        except GradconformError as problem:
            yield Failed(problem)
        except Exception:
            yield Failed(None, traceback.format_exc())
        else:
            yield performed()

    def engine(self, number: int) -> Engine | None:
        """Return an engine that took part, which this process may ask again; None when it was left out."""
        entry = self._roster.entries.get(self._roster.names[number])
        return entry.engine if entry else None

    def again(self, engine: Engine, task: Task) -> Generator[Any]:
        """Yield what is found when this one takes the place of the only engine of a task, which took part."""
        (number,) = task.engines
        entry = self._roster.entries[self._roster.names[number]]
        yield Opened(number, engine.info)
        yield from self._finished(number, replace(entry, opened=engine), task)

    def _performed(self, task: Task, opened: dict[int, Entry]) -> Generator[Any]:
        for number in task.engines:
            name = self._roster.names[number]
            yield Opening(number)
            entry = self._roster.open(name)
            if entry is None:
                yield LeftOut(number, self._roster.problem(name))
                continue
            opened[number] = entry
            yield Opened(number, entry.info)
            yield from self._finished(number, entry, task)

    def _finished(self, number: int, entry: Entry, task: Task) -> Generator[Any]:
        cases = self._cases[task.begin : task.end]
        places = {case.id: task.begin + k for k, case in enumerate(cases)}
        results = []
        for result in run(
            cases, [entry.engine], self._reference, seed=self._seed, dtype=self._dtype
        ):
            results.append(result)
            yield self._event(number, entry, places, result)
        yield AskingAgain(number)
        opinion = ask_again(
            entry.engine,
            results,
            self._reference,
            seed=self._seed,
            dtype=dtype_for(entry.engine, self._dtype),
            expected={each.case.id for each in results if entry.xfails.find(each.case.id)},
            thorough=self._thorough,
        )
        if opinion is not None:
            yield AskedAgain(number, opinion.facts())
            for result in opinion.revised:
                yield self._event(number, entry, places, result)

    def _event(self, number: int, entry: Entry, places: dict[str, int], result: Result) -> Finished:
        judged = entry.xfails.apply(result.as_asked() if self._asked_for else result)
        rows, place = lines(judged.outcomes), places[result.case.id]
        told = self._of_case(place, judged.outcomes[0].case_run) if self._tells else {}
        return Finished(number, place, judged.verdict, rows, judged.traceback, told)

    def _of_case(self, place: int, ran: CaseRun) -> Ready:
        if not ran.digest or place in self._told:
            return {}
        self._told.add(place)
        return ready([Ran(ran.case, ran.digest, ran.steps, ran.seed, ran.dtype)])
