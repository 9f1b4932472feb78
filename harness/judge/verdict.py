"""Two transcripts -> the rows of a report.

- `judge_case`: what an engine answered against what torch answered, reading by reading.
- `bound`: the tolerance of a case.
- `Row`: makes a row, given what differs between the rows of a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from harness.catalogue.case import Case, Instance
from harness.catalogue.tolerance import Tolerance, tolerance_for
from harness.judge import subgradient, wording
from harness.judge.compare import judge
from harness.judge.outcome import Outcome, Reason, Verdict
from harness.program import (
    Apply,
    Backward,
    Grad,
    Input,
    NoGrad,
    Program,
    Read,
    SetGrad,
    UnknownStep,
    Update,
    ZeroGrad,
)
from harness.program.arrays import WEAK, Array
from harness.program.transcript import Reading, Stop, Transcript

if TYPE_CHECKING:
    from harness.catalogue.reference import Reference

# `Outcome` with the engine, the case and the rest of what is the same in all rows filled in.
Row = Callable[..., Outcome]


def judge_case(
    instance: Instance, reference: Reference, actual: Transcript, row: Row
) -> list[Outcome]:
    """The rows of one case: each reading that came, then the stop, if there was one."""
    expected = reference(instance)
    wrong = _wrong_case(instance.case, expected.stop)
    if wrong:
        message = f"the case is wrong: {wrong}"
        return [row(reading="", verdict=Verdict.HARNESS_ERROR, message=message)]
    tolerance = bound(instance, expected)
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


def bound(instance: Instance, expected: Transcript) -> Tolerance:
    """The tolerance of a case: its own, else that of its program, dtype and largest array."""
    elements = max(
        [a.size for a in instance.inputs.values()]
        + [r.size for r in expected.readings if isinstance(r, Array)],
        default=1,
    )
    return instance.case.tolerance or tolerance_for(instance.program, elements, instance.dtype)


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
    row: Row,
) -> Outcome:
    read, label = instance.program.reads[index], instance.program.labels[index]
    found = judge(read.what, expected, actual, tolerance)
    verdict, reason, message = Verdict.PASS, found.reason, ""
    if reason:
        verdict = Verdict.FAIL
        message = wording.mismatch(label, expected, actual, found)
        if reason in (Reason.GRADIENT, Reason.VALUE) and _state_changed(instance.program, index):
            reason = Reason.STATE
        if instance.case.explanation:
            message += f". {instance.case.explanation}"
    return row(
        reading=label,
        verdict=verdict,
        reason=reason,
        max_abs=found.difference.max_abs,
        max_rel=found.difference.max_rel,
        max_ulp=found.difference.max_ulp,
        decided_by=found.difference.decided_by,
        message=message,
        expected=_for_record(expected),
        actual=_for_record(actual),
    )


def _legal(
    instance: Instance, index: int, expected: Transcript, actual: Transcript, reference: Reference
) -> bool:
    """Whether a gradient that differs is a legal choice of an implementation.

    Where torch's own answer is questionable, any gradient is that fits: it is reported and not held
    against an engine, which may well be right.
    """
    want, got = expected.readings[index], actual.readings[index]
    read = instance.program.reads[index]
    if read.what != "grad" or not isinstance(got, Array) or not _fits(instance, read, want, got):
        return False
    if instance.case.convention == "questionable":
        return True
    if want is None:
        # Torch tells "no gradient" from "a gradient of zero"; mathematics does not.
        return not any(got.data)
    return isinstance(want, Array) and subgradient.legal(instance, index, got, reference.ask)


def _fits(instance: Instance, read: Read, want: Reading, got: Array) -> bool:
    """Whether a gradient has the shape and the dtype of torch's, or else of its leaf."""
    inputs = {ref: instance.inputs[name] for name, ref in instance.program.inputs.items()}
    like = want if isinstance(want, Array) else inputs.get(read.of)
    if like is None:
        return got.size > 0 and got.dtype in (instance.dtype, WEAK)
    return got.shape == like.shape and got.dtype in (like.dtype, WEAK)


def _state_changed(program: Program, reading: int) -> bool:
    """Whether more than one plain backward lies before the reading: then state is what it tests."""
    reads = backwards = 0
    changed = False
    for step in program.steps:
        match step:
            case Read() if reads == reading:
                break
            case Read():
                reads += 1
            case Backward():
                backwards += 1
            case SetGrad() | ZeroGrad() | NoGrad():
                changed = True
            case Update():
                return False
            case Input() | Apply() | Grad():
                pass
            case _:
                raise UnknownStep(step)
    return changed or backwards > 1


def _judge_stop(instance: Instance, expected: Transcript, actual: Transcript, row: Row) -> Outcome:
    want, got = expected.stop, actual.stop
    if got is None:
        assert want is not None
        message = wording.not_raised(instance, want)
        reading = f"step {want.step}"
        return row(reading=reading, verdict=Verdict.FAIL, reason=Reason.NOT_RAISED, message=message)
    reading = f"step {got.step}"
    if got.kind != "raised":
        return row(reading=reading, verdict=Verdict(got.kind), message=got.message)
    if want is not None and want.step == got.step and got.category not in _NEVER_MEANT:
        return row(reading=reading, verdict=Verdict.PASS, decided_by="raised", actual=got.message)
    message = wording.raised(instance, got, expected)
    return row(reading=reading, verdict=Verdict.FAIL, reason=Reason.RAISED, message=message)


# Nobody refuses an argument by running out of stack or memory, or by a misspelt name.
_NEVER_MEANT = frozenset({"recursion", "memory", "name"})


def _for_record(reading: Reading) -> object:
    """A reading as results.jsonl holds it: whole when small, else its first elements."""
    if isinstance(reading, Array):
        kept = reading if reading.size <= 16 else replace(reading, data=reading.data[:16])
        return kept.to_json()
    return None if reading is None else {"opaque": reading.kind, "text": reading.text}
