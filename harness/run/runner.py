"""Cases x engines -> a stream of outcomes.

- `run`: a `Result` for each case and engine, as it happens. `run_case`: the result of one case.
- `transcript_of`: the answer of an engine to one case.

`harness.judge.verdict` judges the transcripts.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..catalogue.case import Case, Instance
from ..catalogue.reference import Reference, dtype_for, quietly
from ..engine import garbage
from ..engine.builtin import ReferenceEngine
from ..engine.contract import Engine
from ..errors import MachineError
from ..judge.outcome import CaseRun, Outcome, Reason, Verdict, worst
from ..judge.verdict import judge_case
from ..program.transcript import Stop, Transcript
from ..text import described
from .overlap import BackgroundWork


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
    harness itself becomes a `harness-error` row and does not end the run.
    """
    for engine in engines:
        try:
            for case in cases:
                yield run_case(case, engine, reference, seed, dtype_for(engine, dtype))
                garbage.free()
        finally:
            engine.close()


def run_case(case: Case, engine: Engine, reference: Reference, seed: int, dtype: str) -> Result:
    """Return the judged result of one case on one engine. An exception becomes a `harness-error` outcome.

    A case with arrays does not apply to an engine of numbers: it is not even traced, and has no digest.
    """
    digest, steps, seconds = "", 0, 0.0

    def case_run() -> CaseRun:
        return CaseRun(
            engine=engine.info.name,
            family=case.family,
            level=case.level,
            case=case.id,
            dtype=dtype,
            digest=digest,
            steps=steps,
            seed=seed,
            seconds=round(seconds, 6),
            engine_version=engine.info.version,
            torch_version=reference.torch_version,
            title=case.title,
            tags=case.tags,
        )

    try:
        if case.has_arrays and not engine.info.arrays:
            gap = "tensors (it computes with numbers only)"
            lacking = Outcome(case_run(), None, Verdict.UNSUPPORTED, Reason.ARRAYS, message=gap)
            return Result(case, engine, [lacking])
        instance = case.instance(seed, dtype)
        digest, steps = instance.digest, len(instance.program)
        actual, seconds = _answer(engine, instance, reference)
        return Result(case, engine, judge_case(instance, reference, actual, case_run()))
    except Exception as problem:
        # A MachineError is a sentence already.
        message = str(problem) if isinstance(problem, MachineError) else described(problem)
        wrong = Outcome(case_run(), None, Verdict.HARNESS_ERROR, message=message)
        return Result(case, engine, [wrong])


def transcript_of(engine: Engine, instance: Instance) -> Transcript:
    """Return the engine's answer. An engine that declares a gap which the case needs is not asked."""
    info = engine.info
    if instance.dtype not in info.dtypes:
        return Transcript((), Stop("unsupported", 0, message=f"{instance.dtype} data"))
    for tag in instance.case.tags:
        if tag in info.lacks:
            return Transcript((), Stop("unsupported", 0, message=f"{tag}, its adapter says"))
    return quietly(engine, instance)


def _answer(engine: Engine, instance: Instance, reference: Reference) -> tuple[Transcript, float]:
    """Return the engine's transcript, and the seconds that it took.

    Torch is asked before the engine, or while the engine computes in another process.
    """

    def timed() -> tuple[Transcript, float]:
        started = time.perf_counter()
        # Torch is asked once: as an engine under test it gives the answer that it gave as the reference.
        is_reference = isinstance(engine, ReferenceEngine)
        actual = reference(instance) if is_reference else transcript_of(engine, instance)
        return actual, time.perf_counter() - started

    if not engine.out_of_process:
        reference(instance)
        garbage.keep()
        return timed()
    # Torch has answered for an engine before this one: there is no work to do at the same time.
    if reference.knows(instance):
        return timed()
    with BackgroundWork(timed, engine.close) as answer:
        reference(instance)
    return answer.result()
