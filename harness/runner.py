"""Cases x engines -> a stream of outcomes.

- `Reference`: torch's transcripts, asked for once per digest.
- `run`: one `Result` per case and engine, as it happens.
- `judge_case`: two transcripts -> the rows of a report.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from harness import explain, subgradient
from harness.array import FLOAT_DTYPES, Array
from harness.case import Case, Instance
from harness.compare import Tolerance, judge, tolerance_for
from harness.engine import Engine
from harness.interpret import described
from harness.outcome import Outcome, Reason, Verdict, worst
from harness.program import Backward, NoGrad, Program, Read, Update, ZeroGrad
from harness.registry import load
from harness.transcript import Reading, Stop, Transcript


class Reference:
    """The oracle: torch runs the same program, in the same dtype, once per digest."""

    def __init__(self) -> None:
        self.engine: Engine = load("torch")
        self._known: dict[str, Transcript] = {}

    def __call__(self, instance: Instance) -> Transcript:
        """Torch's transcript of the instance."""
        if instance.digest not in self._known:
            self._known[instance.digest] = self.ask(instance)
        return self._known[instance.digest]

    def ask(self, instance: Instance) -> Transcript:
        """The same without remembering it, for an instance that will not come again."""
        return _quietly(self.engine, instance)


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


def dtype_for(engine: Engine, asked: str | None) -> str:
    """The dtype asked for, else the one that the engine prefers."""
    return asked or next(dtype for dtype in engine.dtypes if dtype in FLOAT_DTYPES)


def run(
    cases: Sequence[Case],
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
        for case in cases:
            yield run_case(case, engine, reference, seed, dtype_for(engine, dtype))


def run_case(case: Case, engine: Engine, reference: Reference, seed: int, dtype: str) -> Result:
    """Run one case on one engine and judge it."""
    row = Outcome(
        engine.name,
        case.family,
        case.level,
        case.id,
        "",
        Verdict.HARNESS_ERROR,
        dtype=dtype,
        seed=seed,
        engine_version=engine.version,
        torch_version=reference.engine.version,
        title=case.title,
        tags=case.tags,
    )
    try:
        instance = case.instance(seed, dtype)
        row = replace(row, digest=instance.digest)
        reference(instance)  # asked first, so that a case that torch refuses is not timed
        started = time.perf_counter()
        actual = _run_engine(engine, instance, reference)
        row = replace(row, seconds=round(time.perf_counter() - started, 6))
        return Result(case, engine, judge_case(instance, reference, actual, row))
    except Exception as problem:
        return Result(case, engine, [replace(row, message=described(problem))])


def _run_engine(engine: Engine, instance: Instance, reference: Reference) -> Transcript:
    if instance.dtype not in engine.dtypes:
        return Transcript((), Stop("unsupported", 0, message=f"{instance.dtype} data"))
    for tag in instance.case.tags:
        if tag in engine.lacks:
            return Transcript((), Stop("unsupported", 0, message=f"{tag}, its adapter says"))
    if type(engine) is type(reference.engine):
        # Torch is asked once: as an engine under test it gives what it gave as the reference.
        return reference(instance)
    return _quietly(engine, instance)


def _quietly(engine: Engine, instance: Instance) -> Transcript:
    # What an engine warns of (NumPy: overflow; torch: one degree of freedom) shows in its numbers.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return engine.run(instance.program, instance.inputs)


def judge_case(
    instance: Instance, reference: Reference, actual: Transcript, row: Outcome
) -> list[Outcome]:
    """The rows of one case: each reading that came, then the stop, if there was one.

    `row` holds what is the same in all of them.
    """
    expected = reference(instance)
    wrong = _wrong_case(instance.case, expected.stop)
    if wrong:
        return [replace(row, message=f"the case is wrong: {wrong}")]
    elements = max(
        [a.size for a in instance.inputs.values()]
        + [r.size for r in expected.readings if isinstance(r, Array)],
        default=1,
    )
    tolerance = instance.case.tolerance or tolerance_for(instance.program, elements, instance.dtype)
    rows = [
        _judge_reading(instance, index, want, got, tolerance, row)
        for index, (want, got) in enumerate(zip(expected.readings, actual.readings, strict=False))
    ]
    if instance.case.convention in ("implementation-defined", "questionable"):
        rows = [
            replace(one, verdict=Verdict.PASS_ALT, reason=Reason.NONE)
            if one.verdict is Verdict.FAIL and _legal(instance, index, expected, actual, reference)
            else one
            for index, one in enumerate(rows)
        ]
    if expected.stop or actual.stop:
        rows.append(_judge_stop(instance, expected, actual, row))
    return rows


def _wrong_case(case: Case, stop: Stop | None) -> str:
    """Why the case does not say what torch does, or nothing: `error` means that torch raises."""
    if stop is None:
        return "it is tagged error, and torch does not raise" if "error" in case.tags else ""
    if stop.kind == "raised" and "error" in case.tags:
        return ""
    return f"torch stops at step {stop.step}: {stop.message}"


def _judge_reading(
    instance: Instance,
    index: int,
    expected: Reading,
    actual: Reading,
    tolerance: Tolerance,
    row: Outcome,
) -> Outcome:
    read, label = instance.program.reads[index], instance.program.labels[index]
    found = judge(read.what, expected, actual, tolerance)
    row = replace(
        row,
        reading=label,
        verdict=Verdict.PASS,
        max_abs=found.difference.max_abs,
        max_rel=found.difference.max_rel,
        max_ulp=found.difference.max_ulp,
        decided_by=found.difference.decided_by,
        expected=_for_record(expected),
        actual=_for_record(actual),
    )
    if not found.reason:
        return row
    message = explain.mismatch(label, expected, actual, found)
    reason = found.reason
    if reason in (Reason.GRADIENT, Reason.VALUE) and _state_changed(instance.program, index):
        reason = Reason.STATE
    if instance.case.explanation:
        message += f". {instance.case.explanation}"
    return replace(row, verdict=Verdict.FAIL, reason=reason, message=message)


def _legal(
    instance: Instance, index: int, expected: Transcript, actual: Transcript, reference: Reference
) -> bool:
    """Whether a gradient that differs is a legal choice of an implementation.

    Where torch's own answer is questionable, any gradient is: it is reported and not held against
    an engine, which may well be right.
    """
    want, got = expected.readings[index], actual.readings[index]
    if instance.program.reads[index].what != "grad" or not isinstance(got, Array):
        return False
    if instance.case.convention == "questionable":
        return True
    if want is None:
        # Torch tells "no gradient" from "a gradient of zero"; mathematics does not.
        return not any(got.data)
    return isinstance(want, Array) and subgradient.legal(instance, index, got, reference.ask)


def _state_changed(program: Program, reading: int) -> bool:
    """Whether more than one plain backward lies before the reading: then state is what it tests."""
    before, seen = [], -1
    for step in program.steps:
        seen += isinstance(step, Read)
        if seen == reading:
            break
        before.append(type(step))
    if Update in before:
        return False
    return before.count(Backward) > 1 or ZeroGrad in before or NoGrad in before


def _judge_stop(
    instance: Instance, expected: Transcript, actual: Transcript, row: Outcome
) -> Outcome:
    want, got = expected.stop, actual.stop
    if got is None:
        assert want is not None
        message = explain.not_raised(instance, want)
        row = replace(row, reading=f"step {want.step}", message=message)
        return replace(row, verdict=Verdict.FAIL, reason=Reason.NOT_RAISED)
    row = replace(row, reading=f"step {got.step}")
    if got.kind != "raised":
        return replace(row, verdict=Verdict(got.kind), message=got.message)
    if want is not None and want.step == got.step and got.category not in _NEVER_MEANT:
        return replace(row, verdict=Verdict.PASS, decided_by="raised", actual=got.message)
    message = explain.raised(instance, got, expected)
    return replace(row, verdict=Verdict.FAIL, reason=Reason.RAISED, message=message)


# Nobody refuses an argument by running out of stack or memory, or by a misspelt name.
_NEVER_MEANT = frozenset({"recursion", "memory", "name"})


def _for_record(reading: Reading) -> object:
    """A reading as results.jsonl holds it: whole when small, else its first elements."""
    if isinstance(reading, Array):
        kept = Array(reading.dtype, reading.shape, reading.data[:16])
        return kept.to_json()
    return None if reading is None else {"opaque": reading.kind, "text": reading.text}
