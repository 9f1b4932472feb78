"""A run under way: engines opened in turn, outcomes on disk as they come, progress shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from harness.catalogue.case import Case
from harness.catalogue.reference import Reference
from harness.engine.eager import Engine
from harness.judge.outcome import FAILS_RUN, Verdict
from harness.report.results_file import lines
from harness.report.terminal import Progress, console, progress
from harness.run.engine_name import EngineName
from harness.run.expected_failures import Xfails
from harness.run.record import Record, engines_of
from harness.run.roster import Roster
from harness.run.runner import run
from harness.run.two_processes import in_order

# An engine's name, the verdict of one case on it, and its rows as `results.jsonl` holds them.
_Finished = tuple[str, Verdict, str]


class Course:
    """The cases on the engines of the roster; `expected` are the expected failures by what was asked for.

    `ran` counts cases on engines that were not unsupported; `failed` says whether one was bad.
    """

    def __init__(
        self,
        roster: Roster,
        cases: Sequence[Case],
        expected: Mapping[EngineName, Xfails],
        *,
        seed: int,
        dtype: str | None,
    ) -> None:
        self._roster, self._cases, self._seed, self._dtype = roster, cases, seed, dtype
        self._expected, self._by_name = expected, dict[str, Xfails]()
        self._reference = Reference()
        self._shown = Progress(console(stderr=True))
        self.ran, self.failed = 0, False

    def follow(self, record: Record, quiet: bool) -> None:
        """Run everything."""
        names, count = len(self._roster.names), len(self._cases)
        engines, shared = self._in_turn(record), self._roster.builtin
        with (
            # Where a second process helps it is begun first: a bar has a thread, which no fork survives.
            in_order(self._cases, engines, self._finish, share=shared) as results,
            progress(names, count, quiet) as self._shown,
        ):
            for name, verdict, text in results:
                record.append(text)
                self.ran += verdict is not Verdict.UNSUPPORTED
                self.failed |= verdict in FAILS_RUN
                self._shown.finished(name, verdict)

    def _in_turn(self, record: Record) -> Iterator[Engine]:
        # What is known to be absent is said before anything is waited for.
        roster = self._roster
        for asked in sorted(roster.names, key=lambda asked: asked not in roster.refused):
            self._shown.opening(roster.names[asked])
            engine = roster.open(asked)
            for line in roster.said_of(asked):
                (self._shown.left_out if engine is None else self._shown.found)(line)
            record.note(**engines_of(roster))
            if engine is not None:
                self._by_name[engine.name] = self._expected[asked]
                yield engine

    def _finish(self, engine: Engine, part: Iterable[Case]) -> Iterator[_Finished]:
        expected = self._by_name[engine.name]
        for result in run(part, [engine], self._reference, seed=self._seed, dtype=self._dtype):
            judged = expected.apply(result)
            yield engine.name, judged.verdict, lines(judged.outcomes)
