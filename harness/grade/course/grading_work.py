"""What a worker process does for a grading: it runs the cases of a submission, and names its mistakes.

- `GradingWork`: the work. `Looked`: what it says of a submission at its end.
"""

from __future__ import annotations

import copy
import hashlib
import json
import time
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from ...catalogue.case import Case
from ...diagnose.diagnosis import diagnose
from ...diagnose.finding import Kind
from ...diagnose.prediction import Predictions
from ...engine.contract import Engine
from ...errors import EngineError, NoReference
from ...judge.outcome import ERRORED, Verdict
from ...report.failures import FAILURES
from ...report.rows import decoded, outcome_of
from ...run.work import EngineWork, Failed, Finished, Opened
from ...run.worker_process import Task
from ..starts import NOTE, Starts
from ..twins import is_twin, twin_id
from .steady import steady
from .telling import telling, wrong_values

# A row says the same of two submissions that give the same answers, apart from these columns.
_OWN = ("engine", "engine_version", "seconds")
# Mistakes as JSON values; None when they could not be named.
Findings = list[dict[str, Any]] | None
# So few wrong numbers are equal by chance, where a gradient is 0 or 1.
_TELLING = 5


@dataclass(frozen=True)
class Looked:
    """A worker process has finished with a submission.

    `findings` are its mistakes as JSON values, None when they could not be named. `wrong` is a digest of the
    wrong numbers that they do not explain, "" where these are few. `problem` is the traceback
    of a mistake in gradconform because of which its cases did not all run, or "".
    """

    engine: int
    findings: Sequence[Mapping[str, Any]] | None
    seconds: float
    wrong: str = ""
    problem: str = ""


class GradingWork:
    """Performs tasks as `EngineWork` does, each of one submission, and yields `Looked` behind the others.

    The mistakes are held against predictions that all submissions of the process share. Submissions that
    answer alike have the same mistakes, which are named once.
    """

    def __init__(self, work: EngineWork, cases: Sequence[Case]) -> None:
        self._work, self._cases, self._starts = work, cases, Starts(cases)
        self._known: Predictions | None = None
        self._named: dict[bytes, list[dict[str, Any]]] = {}

    def for_fork(self) -> GradingWork:
        """Return the same work for a fork of this process."""
        found = copy.copy(self)
        found._work = self._work.for_fork()
        found._named = {}
        return found

    def handed_over(self) -> None:
        """Close in this process what only the fork uses."""
        self._work.handed_over()

    def perform(self, task: Task) -> Generator[Any]:
        """Yield what is found. The rest of `Looked` comes as the last event of the submission."""
        (number,) = task.engines
        started = time.monotonic()
        rows: dict[int, str] = {}
        kept: dict[int, str] = {}  # the same in each run
        problem = ""

        def noted(event: Any) -> Any:
            if not isinstance(event, Finished):
                return event
            rows[event.case], kept[event.case] = event.rows, steady(event.rows)
            return replace(event, rows=kept[event.case])

        for event in self._work.perform(task):
            if isinstance(event, Failed) and event.problem is None:
                problem = event.trace  # of this submission alone: the others are graded
                continue
            yield noted(event)
        engine = self._work.engine(number)
        findings = self._findings(rows, engine)
        by_hand = self._started_by_hand(engine, rows)
        if by_hand is not None and (again := self._again(by_hand, task)):
            yield from map(noted, again)
            findings = self._with_those_behind(findings, rows, by_hand)
        wrong = _unexplained(_rows(kept), findings or ())
        seconds = round(time.monotonic() - started, 3)
        yield Looked(number, findings, seconds, wrong, problem)

    def _started_by_hand(self, engine: Engine | None, rows: Mapping[int, str]) -> Engine | None:
        if engine is None or not self._starts.are_wrong(_rows(rows)):
            return None
        with suppress(EngineError):  # it cannot be started again: what was judged before counts
            return engine.started_by_hand()
        return None

    def _again(self, by_hand: Engine, task: Task) -> list[Any]:
        """Return what is found when 1 is written to the gradient of each result; [] where it does not help.

        The cases that tell how a backward starts by itself are not among them.
        """
        found = list(self._work.again(by_hand, task))
        finished = {each.case: each for each in found if isinstance(each, Finished)}
        if not self._starts.are_right(_rows({case: e.rows for case, e in finished.items()})):
            return []
        alone = {case for case in finished if self._starts.is_alone(self._cases[case].id)}
        return [
            replace(each, info=replace(each.info, notes=(*each.info.notes, NOTE)))
            if isinstance(each, Opened)
            else each
            for each in found
            if not (isinstance(each, Finished) and each.case in alone)
        ]

    def _with_those_behind(
        self, findings: Findings, rows: Mapping[int, str], by_hand: Engine
    ) -> Findings:
        """Return the mistakes of the start, and those that the rows show which were started by hand.

        The first ones are shown by the cases without ops alone, now that the others have a right start.
        """
        alone = self._starts.is_alone
        rest = {case: text for case, text in rows.items() if not alone(self._cases[case].id)}
        behind = self._findings(rest, by_hand)
        if findings is None or behind is None:
            return None
        of_start = [
            {**each, "cases": list(filter(alone, each["cases"]))}
            for each in findings
            if each["kind"] == Kind.START
        ]
        return of_start + behind

    def _findings(self, texts: Mapping[int, str], engine: Engine | None) -> Findings:
        # A twin has the program of its case: the same mistakes would be predicted once more.
        rows = [row for row in _rows(texts) if not is_twin(row["case"])]
        if not any(row["verdict"] in FAILURES and row["level"] == "core" for row in rows):
            return []
        key = _alike(rows)
        if key not in self._named:
            try:
                self._named[key] = self._diagnosed(rows, engine)
            except Exception:  # a mistake in gradconform; the points do not hang on it
                return None
        return self._named[key]

    def _diagnosed(
        self, rows: Sequence[Mapping[str, Any]], engine: Engine | None
    ) -> list[dict[str, Any]]:
        if any(row["verdict"] in ERRORED for row in rows):
            engine = None  # each question could hang, or end its process, once more
        reference = self._work.reference
        if self._known is None:
            self._known = Predictions(self._cases, reference)
        try:
            # Another submission with these answers has the same findings, in another file.
            found = diagnose(map(outcome_of, rows), engine, reference, self._known, shows=False)
        except NoReference:  # a frozen rubric has torch's answers to its cases alone
            found = diagnose(map(outcome_of, rows), None, reference, self._known)
        finally:
            if engine is not None:
                engine.close()
        programs = {case.id: case.program for case in self._cases}
        return [finding.to_json() for finding in telling(found, wrong_values(rows, programs))]


def _rows(texts: Mapping[int, str]) -> Iterator[dict[str, Any]]:
    for case in sorted(texts):
        for line in texts[case].splitlines():
            yield decoded(line.encode())


def _unexplained(rows: Iterable[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> str:
    """Return a digest of the wrong numbers of mathematics in cases that no finding names."""
    named = {
        id for finding in findings for case in finding["cases"] for id in (case, twin_id(case))
    }
    wrong = [
        (row["case"], row["reading"], row["actual"])
        for row in rows
        if row["verdict"] == Verdict.FAIL and row["level"] == "core" and row["case"] not in named
    ]
    return _digest(wrong).hex() if len(wrong) >= _TELLING else ""


def _alike(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return a digest that two submissions share when all their answers are the same."""
    shared = [{name: row[name] for name in row if name not in _OWN} for row in rows]
    return _digest(shared)


def _digest(values: Any) -> bytes:
    return hashlib.sha256(json.dumps(values).encode()).digest()
