"""Two transcripts -> outcomes: the answers of an engine are compared with torch's, reading by reading.

- `judge_case`: the outcomes of one case on one engine.
- `bound`: the tolerance of a case.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.catalogue.case import Case, Instance
from harness.catalogue.tolerance import Tolerance, tolerance_for
from harness.judge import subgradient, wording
from harness.judge.compare import judge
from harness.judge.outcome import (
    NOT_COMPARED,
    AtStep,
    CaseRun,
    Difference,
    Outcome,
    Reason,
    Verdict,
)
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

# An engine that refuses an argument on purpose does not run out of stack or memory, or misspell a name.
_NEVER_MEANT = frozenset({"recursion", "memory", "name"})
_RAISED = Difference(decided_by="raised")


def judge_case(
    instance: Instance, reference: Reference, actual: Transcript, case_run: CaseRun
) -> list[Outcome]:
    """Return the outcomes of one case: one for each reading that came, and one for the stop, if there is one.

    `actual` is the transcript of the engine. When torch itself does not do what the case says, there is
    one outcome with the verdict `harness-error`.
    """
    expected = reference(instance)
    wrong = _wrong_case(instance.case, expected.stop)
    if wrong:
        message = f"the case is wrong: {wrong}"
        return [Outcome(case_run, None, Verdict.HARNESS_ERROR, message=message)]
    tolerance = bound(instance, expected)
    outcomes = [
        _judge_reading(instance, index, want, got, tolerance, case_run)
        for index, (want, got) in enumerate(zip(expected.readings, actual.readings, strict=False))
    ]
    if instance.case.convention in ("implementation-defined", "questionable"):
        outcomes = [
            replace(one, verdict=Verdict.PASS_ALT, reason=Reason.NONE)
            if one.verdict is Verdict.FAIL and _legal(instance, index, expected, actual, reference)
            else one
            for index, one in enumerate(outcomes)
        ]
    if expected.stop or actual.stop:
        outcomes.append(_judge_stop(instance, expected, actual, case_run))
    return outcomes


def bound(instance: Instance, expected: Transcript) -> Tolerance:
    """Return the tolerance of a case: its own, else the one for its program, its dtype and its largest array.

    `expected` is the transcript of torch, whose readings count as arrays of the case.
    """
    elements = max(
        [a.size for a in instance.inputs.values()]
        + [r.size for r in expected.readings if isinstance(r, Array)],
        default=1,
    )
    return instance.case.tolerance or tolerance_for(instance.program, elements, instance.dtype)


def _wrong_case(case: Case, stop: Stop | None) -> str:
    """Return why the case is wrong about torch, else "". The tag `error` says that torch raises."""
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
    case_run: CaseRun,
) -> Outcome:
    read, label = instance.program.reads[index], instance.program.labels[index]
    found = judge(read.what, expected, actual, tolerance)
    if not found.reason:
        return Outcome(
            case_run, label, Verdict.PASS, Reason.NONE, found.difference, "", expected, actual
        )
    reason = found.reason
    message = wording.mismatch(label, expected, actual, found)
    if reason in (Reason.GRADIENT, Reason.VALUE) and _state_changed(instance.program, index):
        reason = Reason.STATE
    if instance.case.explanation:
        message += f". {instance.case.explanation}"
    return Outcome(
        case_run, label, Verdict.FAIL, reason, found.difference, message, expected, actual
    )


def _legal(
    instance: Instance, index: int, expected: Transcript, actual: Transcript, reference: Reference
) -> bool:
    """True when a gradient that differs from torch's is a choice that an implementation may make.

    Where torch's own answer is questionable, every gradient of the right shape and dtype is accepted: the
    engine may be right. The difference is still reported.
    """
    want, got = expected.readings[index], actual.readings[index]
    read = instance.program.reads[index]
    if read.what != "grad" or not isinstance(got, Array) or not _fits(instance, read, want, got):
        return False
    if instance.case.convention == "questionable":
        return True
    if want is None:
        # For torch, "no gradient" and "a gradient of zero" are two answers; in mathematics they are one.
        return not any(got.data)
    return isinstance(want, Array) and subgradient.legal(instance, index, got, reference.ask)


def _fits(instance: Instance, read: Read, want: Reading, got: Array) -> bool:
    """True when a gradient has the shape and the dtype of torch's, or of its leaf where torch has none."""
    inputs = {ref: instance.inputs[name] for name, ref in instance.program.inputs.items()}
    like = want if isinstance(want, Array) else inputs.get(read.of)
    if like is None:
        return got.size > 0 and got.dtype in (instance.dtype, WEAK)
    return got.shape == like.shape and got.dtype in (like.dtype, WEAK)


def _state_changed(program: Program, reading: int) -> bool:
    """True when more happens before the reading than one plain backward: then the case tests the state."""
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


def _judge_stop(
    instance: Instance, expected: Transcript, actual: Transcript, case_run: CaseRun
) -> Outcome:
    want, got = expected.stop, actual.stop
    if got is None:
        assert want is not None
        verdict, reason = Verdict.FAIL, Reason.NOT_RAISED
        message = wording.not_raised(instance, want)
        return Outcome(case_run, AtStep(want.step), verdict, reason, NOT_COMPARED, message)
    place = AtStep(got.step)
    if got.kind != "raised":
        return Outcome(case_run, place, Verdict(got.kind), message=got.message)
    if want is not None and want.step == got.step and got.category not in _NEVER_MEANT:
        return Outcome(case_run, place, Verdict.PASS, difference=_RAISED, actual=got)
    message = wording.raised(instance, got, expected)
    return Outcome(
        case_run,
        place,
        Verdict.FAIL,
        Reason.RAISED,
        NOT_COMPARED,
        message,
        traceback=got.traceback,
    )
