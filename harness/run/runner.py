"""Cases x engines -> a stream of outcomes.

- `run`: one `Result` per case and engine, as it happens; `run_case`: one of them.

What a transcript is worth is said in `harness.judge.verdict`.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from harness.catalogue.case import Case, Instance
from harness.catalogue.reference import Reference, dtype_for, quietly
from harness.engine import garbage
from harness.engine.eager import Engine
from harness.judge.outcome import CaseRun, Outcome, Verdict, worst
from harness.judge.verdict import judge_case
from harness.program.transcript import Stop, Transcript
from harness.run.overlap import Meanwhile
from harness.text import described


@dataclass(frozen=True)
class Result:
    """One case on one engine: its outcomes, and its verdict, the worst of theirs."""

    case: Case
    engine: Engine
    outcomes: Sequence[Outcome]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the readings."""
        return worst(outcome.verdict for outcome in self.outcomes)


def run(
    cases: Iterable[Case],
    engines: Iterable[Engine],
    reference: Reference,
    *,
    seed: int = 0,
    dtype: str | None = None,
) -> Iterator[Result]:
    """Run every case on every engine, engine by engine.

    A mistake of the harness itself becomes a `harness-error` row and does not end the run.
    """
    for engine in engines:
        try:
            for case in cases:
                yield run_case(case, engine, reference, seed, dtype_for(engine, dtype))
                garbage.free()
        finally:
            engine.close()


def run_case(case: Case, engine: Engine, reference: Reference, seed: int, dtype: str) -> Result:
    """Run one case on one engine and judge it."""
    digest, seconds = "", 0.0

    def case_run() -> CaseRun:
        return CaseRun(
            engine=engine.name,
            family=case.family,
            level=case.level,
            case=case.id,
            dtype=dtype,
            digest=digest,
            seed=seed,
            seconds=round(seconds, 6),
            engine_version=engine.version,
            torch_version=reference.engine.version,
            title=case.title,
            tags=case.tags,
        )

    try:
        instance = case.instance(seed, dtype)
        digest = instance.digest
        actual, seconds = _answer(engine, instance, reference)
        return Result(case, engine, judge_case(instance, reference, actual, case_run()))
    except Exception as problem:
        message = described(problem)
        wrong = Outcome(case_run(), None, Verdict.HARNESS_ERROR, message=message)
        return Result(case, engine, [wrong])


def _answer(engine: Engine, instance: Instance, reference: Reference) -> tuple[Transcript, float]:
    """What the engine answers, and its seconds. Torch is asked before, or while another process computes."""

    def timed() -> tuple[Transcript, float]:
        started = time.perf_counter()
        actual = _run_engine(engine, instance, reference)
        return actual, time.perf_counter() - started

    if not engine.waiting:
        reference(instance)
        garbage.keep()
        return timed()
    with Meanwhile(timed, engine.close) as answer:
        reference(instance)
    return answer()


def _run_engine(engine: Engine, instance: Instance, reference: Reference) -> Transcript:
    if instance.dtype not in engine.dtypes:
        return Transcript((), Stop("unsupported", 0, message=f"{instance.dtype} data"))
    for tag in instance.case.tags:
        if tag in engine.lacks:
            return Transcript((), Stop("unsupported", 0, message=f"{tag}, its adapter says"))
    if type(engine) is type(reference.engine):
        # Torch is asked once: as an engine under test it gives what it gave as the reference.
        return reference(instance)
    return quietly(engine, instance)
