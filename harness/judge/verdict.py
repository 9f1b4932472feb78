"""Two transcripts -> outcomes: the answers of an engine are compared with torch's, reading by reading.

- `judge_case`: the outcomes of one case on one engine.
- `bound`: the tolerance of a case. `WRONG_CASE`: begins the message about a case that torch contradicts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..catalogue.case import Case, Instance
from ..catalogue.tolerance import Tolerance, Tolerances, tolerance_for
from ..program import (
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
from ..program.arrays import FLOAT_DTYPES, Array
from ..program.transcript import Reading, Stop, Transcript
from . import wording
from .alternative import acceptable
from .cause import possible_cause, with_cause
from .compare import judge
from .outcome import (
    NOT_COMPARED,
    AtStep,
    CaseRun,
    Difference,
    Outcome,
    Reason,
    Verdict,
)

if TYPE_CHECKING:
    from ..catalogue.reference import Reference

# An engine that refuses an argument on purpose does not run out of stack or memory, or misspell a name.
_NEVER_MEANT = frozenset({"recursion", "memory", "name"})
# Begins the message of an outcome when torch itself does not do what the case says.
WRONG_CASE = "the case is wrong: "
_RAISED = Difference(decided_by="raised")


def judge_case(
    instance: Instance,
    reference: Reference,
    actual: Transcript,
    case_run: CaseRun,
    *,
    causes: bool = True,
) -> list[Outcome]:
    """Return the outcomes of one case: one for each reading that came, and one for the stop, if there is one.

    `actual` is the transcript of the engine. With `causes` False no message has a possible cause, for which
    torch may have to run another program. When torch itself does not do what the case says, there is
    one outcome with the verdict `harness-error`.
    """
    expected = reference(instance)
    wrong = _wrong_case(instance.case, expected.stop)
    if wrong:
        message = f"{WRONG_CASE}{wrong}"
        return [Outcome(case_run, None, Verdict.HARNESS_ERROR, message=message)]
    missing = _missing(instance.program, actual)
    if missing:
        return [Outcome(case_run, None, Verdict.CRASH, message=missing)]
    tolerance = bound(instance, expected, reference.tolerances)
    outcomes = [
        _judge_reading(instance, index, want, got, tolerance, case_run)
        for index, (want, got) in enumerate(zip(expected.readings, actual.readings, strict=False))
    ]
    if instance.case.convention in ("implementation-defined", "questionable"):
        outcomes = [
            replace(one, verdict=Verdict.PASS_ALT, reason=Reason.NONE)
            if one.verdict is Verdict.FAIL
            and acceptable(instance, index, expected, actual, reference, tolerance)
            else one
            for index, one in enumerate(outcomes)
        ]
    if causes:
        outcomes = _with_causes(instance, outcomes, tolerance, reference)
    if expected.stop or actual.stop:
        outcomes.append(_judge_stop(instance, expected, actual, case_run))
    return outcomes


def _with_causes(
    instance: Instance, outcomes: list[Outcome], tolerance: Tolerance, reference: Reference
) -> list[Outcome]:
    """Add the possible causes. Behind a wrong value no wrong gradient needs a cause of its own."""
    found: list[Outcome] = []
    value_is_wrong = False
    for index, one in enumerate(outcomes):
        of_value = instance.program.reads[index].what == "value"
        if one.verdict is Verdict.FAIL and one.reason is not Reason.DTYPE:
            if of_value or not value_is_wrong:
                actual = one.actual if not isinstance(one.actual, Stop) else None
                cause = possible_cause(instance, index, actual, tolerance, reference.ask)
                one = replace(one, message=with_cause(one.message, cause))
            value_is_wrong |= of_value
        found.append(one)
    return found


def _missing(program: Program, actual: Transcript) -> str:
    """Return the sentence about a transcript that has fewer readings than its run must give, else ""."""
    due = program.due(actual.stop.step if actual.stop else None)
    came = len(actual.readings)
    return (
        "" if came >= due else f"its answer is no transcript: {due} readings were due, {came} came"
    )


def bound(instance: Instance, expected: Transcript, tolerances: Tolerances) -> Tolerance:
    """Return the tolerance of a case for its program, its dtype and its largest array.

    `expected` is the transcript of torch, whose readings count as arrays of the case. The dtype is the
    narrowest float dtype of these arrays: a float64 gradient that comes back through float32 has the digits
    of float32.
    """
    arrays = [*instance.inputs.values(), *(r for r in expected.readings if isinstance(r, Array))]
    elements = max((array.size for array in arrays), default=1)
    dtypes = {array.dtype for array in arrays} | _casts(instance.program)
    narrowest = next((dtype for dtype in reversed(FLOAT_DTYPES) if dtype in dtypes), "")
    own = instance.case.tolerance
    return tolerance_for(instance.program, elements, narrowest, tolerances, own)


def _casts(program: Program) -> set[object]:
    """The dtypes to which the program casts."""
    if "to" not in program.ops:
        return set()
    casts = (step for step in program.steps if isinstance(step, Apply) and step.op == "to")
    return {value for step in casts for _, value in step.attributes}


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
    # A `core` case is mathematics: it asks for a number and not for the type that holds it, and a gradient of
    # zero is no gradient.
    conventions = instance.case.level != "core"
    found = judge(read.what, expected, actual, tolerance, conventions=conventions)
    if not found.reason:
        return Outcome(
            case_run, label, Verdict.PASS, Reason.NONE, found.difference, "", expected, actual
        )
    reason = found.reason
    message = wording.mismatch(label, expected, actual, found)
    if reason in (Reason.GRADIENT, Reason.VALUE) and _state_changed(instance.program, index):
        reason = Reason.STATE
    return Outcome(
        case_run, label, Verdict.FAIL, reason, found.difference, message, expected, actual
    )


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
