"""Cases x engines -> a stream of results.

- `run`: a `Result` for each case and engine, as it happens. `results_of`: for one engine; `run_case`: the
  result of one case.
- `transcript_of`: the answer of an engine to one case.

Torch and an engine in a process of its own are asked ahead, so that neither waits for the other, nor for this
process. `harness.judge.verdict` judges the transcripts when both have answered.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference, dtype_for, question, quietly
from ..engine import garbage
from ..engine.builtin import ReferenceEngine
from ..engine.contract import Engine, EngineInfo, Question
from ..errors import MachineError, NoReference
from ..judge.outcome import CaseRun, Outcome, Reason, Verdict, worst
from ..judge.verdict import judge_case
from ..program.transcript import Stop, Transcript
from ..text import described

# So many cases are traced, and torch is asked for them, before the first is judged.
_AHEAD = 64


@dataclass(frozen=True)
class Result:
    """One case on one engine: the outcome of each reading."""

    case: Case
    engine: Engine
    outcomes: Sequence[Outcome]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the readings."""
        return worst(outcome.verdict for outcome in self.outcomes)

    @property
    def traceback(self) -> str:
        """The traceback of an exception of the engine; empty when no reading has one."""
        return next((outcome.traceback for outcome in self.outcomes if outcome.traceback), "")

    def as_asked(self) -> Result:
        """Return the result of a case that was asked for: what is unsupported is missing."""
        if self.verdict is not Verdict.UNSUPPORTED:
            return self
        outcomes = [
            replace(each, verdict=Verdict.MISSING) if each.verdict is Verdict.UNSUPPORTED else each
            for each in self.outcomes
        ]
        return replace(self, outcomes=outcomes)


def run(
    cases: Iterable[Case],
    engines: Iterable[Engine],
    reference: Reference,
    *,
    seed: int = 0,
    dtype: str | None = None,
) -> Iterator[Result]:
    """Yield the result of every case on every engine, engine by engine.

    `dtype` is that of the inputs; without it each engine has the one that it prefers. A mistake of the
    harness itself becomes a `harness-error` row and does not end the run. NoReference when torch cannot be
    imported.
    """
    for engine in engines:
        try:
            yield from results_of(cases, engine, reference, seed, dtype_for(engine, dtype))
        finally:
            engine.close()


def results_of(
    cases: Iterable[Case], engine: Engine, reference: Reference, seed: int, dtype: str
) -> Generator[Result]:
    """Yield the result of every case on one engine, which stays open. Raises as `run` does."""
    one = _OneEngine(engine, reference, seed, dtype)
    for result in one.ahead(cases) if engine.out_of_process else one.in_turn(cases):
        yield result
        garbage.free()


def run_case(case: Case, engine: Engine, reference: Reference, seed: int, dtype: str) -> Result:
    """Return the judged result of one case on one engine. An exception becomes a `harness-error` outcome.

    A case with arrays does not apply to an engine of numbers: it is not even traced, and has no digest.
    Raises NoReference when torch cannot be imported.
    """
    (result,) = _OneEngine(engine, reference, seed, dtype).in_turn([case])
    return result


def transcript_of(engine: Engine, instance: Instance) -> Transcript:
    """Return the engine's answer. An engine that declares a gap which the case needs is not asked."""
    return _declared(engine, instance) or quietly(engine, instance)


def _declared(engine: Engine, instance: Instance) -> Transcript | None:
    """Return the transcript of a case that needs what the engine says that it lacks, else None."""
    info = engine.info
    if instance.dtype not in info.dtypes:
        return Transcript((), Stop("unsupported", 0, message=f"{instance.dtype} data"))
    for tag in instance.case.tags:
        if tag in info.lacks:
            return Transcript((), Stop("unsupported", 0, message=f"{tag}, its adapter says"))
    return None


@dataclass
class _Asked:
    """A case under way. `result` is there at once when nothing is asked, `declared` when only torch is.

    `since` is the time at which it was asked.
    """

    case: Case
    instance: Instance | None = None
    declared: Transcript | None = None
    result: Result | None = None
    since: float = 0.0

    @property
    def is_asked(self) -> bool:
        """True when the engine is asked."""
        return self.result is None and self.declared is None


def _questions(coming: Iterable[_Asked], under_way: deque[_Asked]) -> Iterator[Question]:
    """Yield the questions of the cases, which are under way from then on."""
    for one in coming:
        under_way.append(one)
        if one.is_asked and one.instance is not None:
            one.since = time.perf_counter()
            yield question(one.instance)


class _OneEngine:
    """The cases of one engine, in one dtype."""

    def __init__(self, engine: Engine, reference: Reference, seed: int, dtype: str) -> None:
        self._engine, self._reference, self._seed, self._dtype = engine, reference, seed, dtype

    def in_turn(self, cases: Iterable[Case]) -> Iterator[Result]:
        """Yield the result of each case. Only torch is asked ahead."""
        under_way = deque[_Asked]()
        for case in cases:
            under_way.append(self._asked(case))
            if len(under_way) > _AHEAD:
                yield self._finished(under_way.popleft())
        while under_way:
            yield self._finished(under_way.popleft())

    def ahead(self, cases: Iterable[Case]) -> Iterator[Result]:
        """Yield the result of each case. The engine takes questions ahead, as many as it likes."""
        coming: Iterator[_Asked] = map(self._asked, cases)
        under_way, arrived = deque[_Asked](), 0.0
        while True:
            try:
                for transcript in self._engine.run_all(_questions(coming, under_way)):
                    yield from self._without_question(under_way)
                    one = under_way.popleft()
                    since, arrived = max(one.since, arrived), time.perf_counter()
                    yield self._judged(one, transcript, arrived - since)
                yield from self._without_question(under_way)
                return
            except Exception as problem:  # the machine's, or a mistake of the harness
                yield from self._without_question(under_way)
                if not under_way:
                    raise
                yield self._not_run(under_way.popleft(), problem)
                coming = chain(tuple(under_way), coming)
                under_way.clear()

    def _without_question(self, under_way: deque[_Asked]) -> Iterator[Result]:
        while under_way and not under_way[0].is_asked:
            yield self._finished(under_way.popleft())

    def _asked(self, case: Case) -> _Asked:
        """Trace the case and ask torch."""
        if case.has_arrays and not self._engine.info.arrays:
            gap = "tensors (it computes with numbers only)"
            lacking = Outcome(
                self._case_run(case), None, Verdict.UNSUPPORTED, Reason.ARRAYS, message=gap
            )
            return _Asked(case, result=Result(case, self._engine, [lacking]))
        one = _Asked(case)
        try:
            one.instance = case.instance(self._seed, self._dtype)
            one.declared = _declared(self._engine, one.instance)
            self._reference.expect(one.instance)
        except Exception as problem:
            one.instance = None  # perhaps it has no digest
            one.result = self._not_run(one, problem)
        return one

    def _finished(self, one: _Asked) -> Result:
        """Return the result of a case for which this process asks the engine, if anybody does."""
        if one.result is not None:
            return one.result
        assert one.instance is not None, "only a mistake or a gap leaves a case without an instance"
        if one.declared is not None:
            return self._judged(one, one.declared, 0.0)
        started = time.perf_counter()
        try:
            garbage.keep()
            # As an engine under test, torch gives the answer that it gave as the reference.
            of_torch = isinstance(self._engine, ReferenceEngine)
            ask = self._reference if of_torch else lambda each: quietly(self._engine, each)
            actual = ask(one.instance)
        except Exception as problem:
            return self._not_run(one, problem)
        return self._judged(one, actual, time.perf_counter() - started)

    def _judged(self, one: _Asked, actual: Transcript, seconds: float) -> Result:
        assert one.instance is not None, "only a case that was traced is judged"
        try:
            known = self._case_run(one.case, one.instance, seconds)
            outcomes = judge_case(one.instance, self._reference, actual, known)
        except Exception as problem:
            return self._not_run(one, problem)
        return Result(one.case, self._engine, outcomes)

    def _not_run(self, one: _Asked, problem: Exception) -> Result:
        if isinstance(problem, NoReference):
            raise problem
        # A MachineError is a sentence already.
        message = str(problem) if isinstance(problem, MachineError) else described(problem)
        known = self._case_run(one.case, one.instance)
        wrong = Outcome(known, None, Verdict.HARNESS_ERROR, message=message)
        return Result(one.case, self._engine, [wrong])

    def _case_run(
        self, case: Case, instance: Instance | None = None, seconds: float = 0.0
    ) -> CaseRun:
        known = case_run(
            case, self._engine.info, self._reference.torch_version, self._seed, self._dtype
        )
        if instance is None:
            return known
        steps = len(instance.program)
        return replace(known, digest=instance.digest, steps=steps, seconds=round(seconds, 6))


def case_run(case: Case, info: EngineInfo, torch_version: str, seed: int, dtype: str) -> CaseRun:
    """Return what every outcome of a case that has no program yet says."""
    return CaseRun(
        engine=info.name,
        family=case.family,
        level=case.level,
        case=case.id,
        dtype=dtype,
        digest="",
        steps=0,
        seed=seed,
        seconds=0.0,
        engine_version=info.version,
        torch_version=torch_version,
        title=case.title,
        tags=case.tags,
    )
