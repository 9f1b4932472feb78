"""Submissions through the schedule of `harness.run`: each result is handed over at the moment it is whole.

- `run_submissions`: runs them. `Running`: what is known of those that are not finished.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...catalogue.case import Case
from ...catalogue.reference import Reference
from ...engine.contract import EngineInfo
from ...errors import MachineError
from ...isolation.options import Isolation
from ...isolation.parent.staging import stage_before_forks
from ...judge.outcome import Verdict
from ...report.busy import busy
from ...run.engine_name import EngineName, Kind
from ...run.roster import Roster, check_walls
from ...run.schedule import GivenUp, Schedule, cores
from ...run.work import (
    AskedAgain,
    EngineWork,
    Failed,
    Finished,
    LeftOut,
    Opened,
    Opening,
    Performed,
)
from ...run.worker_process import Task
from ...submission.download.plan import HandIn, Plan
from ...text import several_lines, words
from .grading_work import GradingWork, Looked
from .progress import Pace
from .result import End

# All inputs of cases are drawn with it. Those of twins are drawn from the secret of the rubric before.
SEED = 0
_MOST_PRINTED = 20_000  # characters of one submission
# Takes the key of a submission, what is known of its end, and its rows.
Keep = Callable[[str, "Ended", Sequence[str]], None]


@dataclass
class Ended:
    """How the run of a submission ended, as fields of a `Result`."""

    end: End = End.RAN
    known: dict[str, Any] = field(default_factory=dict)


def run_submissions(
    plan: Plan,
    keys: Collection[str],
    cases: Sequence[Case],
    reference: Reference,
    keep: Keep,
    *,
    how: Isolation,
    wanted: str = "",
    jobs: int | None = None,
) -> Iterator[Running]:
    """Run the cases on the submissions of these keys, `jobs` at once. `keep` gets each at its end.

    Iterating runs them, and gives what is known after each event. `wanted` is the class that is graded, ""
    for the only engine of a submission.

    After Ctrl-C those that were finished have been kept, and KeyboardInterrupt is raised.

    Raises UsageError for an option that is wrong for any submission, and what `keep` raises.
    """
    names = {name_of(plan, one, wanted): one for one in plan.hand_ins if one.key in keys}
    roster = Roster({name: name.shown for name in names}, how, keep_columns=True)
    check_walls(roster.names, how)
    # A case that fails after others alone is lost either way, and a class would start twice the processes.
    engines = EngineWork(
        roster, cases, reference, seed=SEED, dtype=None, asked_for=True, thorough=False
    )
    running = Running(list(names.values()), roster, cases, keep)
    tasks = [Task((k,), 0, len(cases)) for k in range(len(names)) if running.can_begin(k)]
    stage_before_forks()
    work = GradingWork(engines, cases)
    pace = Pace(len(tasks), lambda: running.at_work)
    with busy(pace.told), Schedule(tasks, jobs or cores(), work.for_fork) as events:
        for event in events:
            pace.done += running.note(event)
            yield running
        running.finish_all()


def name_of(plan: Plan, hand_in: HandIn, wanted: str) -> EngineName:
    """Return a submission as the name of an engine, whose column is the key of the submission."""
    assert hand_in.path is not None, "only what has a file is run"
    path = plan.folder / hand_in.path
    text = f"{path}:{wanted}" if wanted else str(path)
    return EngineName(text, Kind.PATH, str(path), hand_in.key, wanted, path)


class Running:
    """Follows the events of a schedule, and hands each submission over at its end.

    `hand_ins` are those of the roster, in its order.
    """

    def __init__(
        self,
        hand_ins: Sequence[HandIn],
        roster: Roster,
        cases: Sequence[Case],
        keep: Keep,
    ) -> None:
        self._hand_ins, self._roster, self._cases = hand_ins, roster, cases
        self._keep = keep
        self._ended: dict[int, Ended] = {}
        self._rows: dict[int, dict[int, str]] = {}
        self._over: set[int] = set()

    @property
    def at_work(self) -> list[str]:
        """The keys of the submissions that have begun and are not finished."""
        return [self._hand_ins[number].key for number in self._ended]

    @property
    def rows(self) -> Mapping[int, Sequence[str]]:
        """The rows of the submissions that are not finished, so far, by the number of the submission."""
        return {
            number: [rows[place] for place in sorted(rows)] for number, rows in self._rows.items()
        }

    def can_begin(self, number: int) -> bool:
        """Return True when a submission can be run; hand it over when it can not even be begun."""
        name = self._roster.names[number]
        why = self._roster.refused.get(name)
        if why is not None:
            self._end(number, End.UNUSABLE, why)
            self._hand_over(number)
        return why is None

    def note(self, event: Any) -> int:
        """Take note of an event. Return 1 when a submission is finished by it, else 0.

        Raises UsageError for an option that is wrong for any submission.
        """
        before = len(self._over)
        match event:
            case Failed(problem=problem) if problem is not None:
                raise problem
            case Opening(engine=number):
                self._ended.setdefault(number, Ended())
            case Opened(engine=number, info=info):
                self._opened(number, info)
            case LeftOut(engine=number, problem=problem):
                self._left_out(number, problem)
            case Finished(engine=number):
                self._finished(event)
            case AskedAgain(engine=number, facts=facts):
                self._learn(number, differs=tuple(facts["said"]))
            case Performed(printed=printed):
                for number, text in printed.items():
                    self._learn(number, printed=several_lines(text[:_MOST_PRINTED]))
            case Looked(engine=number):
                self._looked(event)
            case GivenUp(engine=number):
                self._given_up(event)
        return len(self._over) - before

    def finish_all(self) -> None:
        """Hand over those whose cases have all run, and whose process died before it named the mistakes."""
        for number in list(self._ended):
            self._learn(number, undiagnosed=True)
            self._hand_over(number)

    def _opened(self, number: int, info: EngineInfo) -> None:
        self._end(number, End.RAN)
        spelling = info.spelling and info.spelling.to_json()
        self._learn(
            number, found=info.found, notes=tuple(info.notes), wall=info.wall, spelling=spelling
        )

    def _left_out(self, number: int, problem: Exception) -> None:
        ours = isinstance(problem, MachineError)
        # The folder is another one each time, and no student knows it. The key stands before the sentence.
        why = str(problem).replace(f"{Path(self._roster.names[number].name).parent}/", "")
        why = why.removeprefix(f"{self._hand_ins[number].key}: ")
        self._end(number, End.GRADER_ERROR if ours else End.UNUSABLE, why)

    def _finished(self, event: Finished) -> None:
        self._rows.setdefault(event.engine, {})[event.case] = event.rows
        if event.verdict is Verdict.HARNESS_ERROR:
            message = json.loads(event.rows.splitlines()[-1])["message"]
            case = self._cases[event.case].id
            self._end(event.engine, End.GRADER_ERROR, f"{case} was not run: {words(message)}")

    def _looked(self, event: Looked) -> None:
        number = event.engine
        self._learn(number, seconds=event.seconds, wrong=event.wrong)
        if event.findings is None:
            self._learn(number, undiagnosed=True)
        else:
            self._learn(number, findings=tuple(event.findings))
        if event.problem:
            self._end(number, End.GRADER_ERROR, words(event.problem.strip().rpartition("\n")[2]))
        self._hand_over(number)

    def _given_up(self, event: GivenUp) -> None:
        """The cases that killed two processes of gradconform are its own failure."""
        self._end(event.engine, End.GRADER_ERROR, event.why)
        if event.end == len(self._cases):
            self._hand_over(event.engine)

    def _end(self, number: int, end: End, why: str = "") -> None:
        ended = self._ended.setdefault(number, Ended())
        # A failure of gradconform's own is not forgotten when the other cases run.
        if ended.end is not End.GRADER_ERROR:
            ended.end, ended.known["why"] = end, why

    def _learn(self, number: int, **known: Any) -> None:
        self._ended.setdefault(number, Ended()).known |= known

    def _hand_over(self, number: int) -> None:
        rows = self._rows.pop(number, {})
        ended = self._ended.pop(number)
        self._over.add(number)
        self._keep(self._hand_ins[number].key, ended, [rows[place] for place in sorted(rows)])
