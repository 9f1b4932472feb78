"""Outcomes: the verdict on each reading of a case, why it was given, and how far apart the numbers are.

- `Verdict`, `Reason`: the closed vocabularies of every report.
- `Difference`: how far apart two arrays are.
- `CaseRun`: one case on one engine. `Outcome`: the judgement on one reading of it, or on one step (`AtStep`).
- `worst`: the verdict of a case from the verdicts of its readings. `telling`: the outcome that stands for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..program.transcript import Reading, Stop


class Verdict(StrEnum):
    """The result of judging a reading. The order is from best to worst; it decides a case's verdict."""

    PASS = "pass"
    PASS_ALT = "pass-alt"
    UNSUPPORTED = "unsupported"
    XFAIL = "xfail"
    MISSING = "missing"
    XPASS = "xpass"
    UNSTABLE = "unstable"
    FAIL = "fail"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    CRASH = "crash"
    HARNESS_ERROR = "harness-error"


PASSED = frozenset({Verdict.PASS, Verdict.PASS_ALT})
FAILED = frozenset({Verdict.FAIL, Verdict.XPASS, Verdict.UNSTABLE})
# A second process may give another answer. A time-out is not asked again, because each costs the whole limit.
DOUBTFUL = frozenset({Verdict.FAIL, Verdict.OUT_OF_MEMORY, Verdict.CRASH})
# There is no answer to judge: the engine did not finish, or the harness made a mistake.
ERRORED = frozenset({Verdict.TIMEOUT, Verdict.OUT_OF_MEMORY, Verdict.CRASH, Verdict.HARNESS_ERROR})
# The engine does not have what the case needs. It is missing when the case was asked for.
LACKING = frozenset({Verdict.UNSUPPORTED, Verdict.MISSING})
# One such verdict makes a run fail.
FAILS_RUN = FAILED | ERRORED | {Verdict.MISSING}
SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Reason(StrEnum):
    """The reason why a reading failed. ARRAYS: a case does not apply to an engine of numbers."""

    NONE = ""
    VALUE = "value"
    GRADIENT = "gradient"
    SHAPE = "shape"
    DTYPE = "dtype"
    MISSING_GRADIENT = "missing-gradient"
    NAN = "nan"
    STATE = "state"
    NOT_RAISED = "not-raised"
    RAISED = "raised"
    ARRAYS = "arrays"
    AFTER_OTHERS = "after-others"


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest differences over all elements, and the bound that decided.

    `max_abs` is in the unit of the reading. `max_rel` is relative to the expected value. `max_ulp` is the
    number of steps from one representable number to the next between the two values. Each is None where
    it has no meaning.

    `decided_by` is "atol" or "rtol" (the larger part of the bound at the worst element), "exact" (no
    tolerance), "nan" (NaN or an infinity), "shape", "dtype", "none" (no array on one side), "raised" (the
    engine raises where torch raises), or "" where nothing was compared.
    """

    max_abs: float | None = None
    max_rel: float | None = None
    max_ulp: int | None = None
    decided_by: str = ""


NOT_COMPARED = Difference()


@dataclass(frozen=True, slots=True)
class CaseRun:
    """One case on one engine: all that its outcomes have in common.

    `digest` names program and inputs; it is empty when they were not made, and then `steps`, the
    length of the program, is 0. `seconds` is the time in which the engine answered.
    """

    engine: str
    family: str
    level: str
    case: str
    dtype: str = ""
    digest: str = ""
    steps: int = 0
    seed: int = 0
    seconds: float = 0.0
    engine_version: str = ""
    torch_version: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AtStep:
    """The place of an outcome that is about a step of the program and not about a reading."""

    index: int

    def __str__(self) -> str:
        return f"step {self.index}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The judgement on one reading of a case on an engine.

    `reading` is the label of the reading; a step where the engine, or torch, stopped; or None when the
    outcome is about the whole case. `expected` and `actual` are the answers of torch and of the engine;
    `actual` is a `Stop` where the engine raised as torch does. `message` says in a sentence what is wrong.
    `traceback` is that of an exception of the engine where torch does not raise.
    """

    case_run: CaseRun
    reading: str | AtStep | None
    verdict: Verdict
    reason: Reason = Reason.NONE
    difference: Difference = NOT_COMPARED
    message: str = ""
    expected: Reading = None
    actual: Reading | Stop = None
    traceback: str = ""


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the verdict of a case: the worst of its readings. ValueError when there are none."""
    return max(verdicts, key=SEVERITY.__getitem__)


def telling(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome that every report names for a case: the first that has the verdict of the case.

    A wrong value is read before the gradients that follow from it. ValueError when there are no outcomes.
    """
    return max(outcomes, key=lambda each: SEVERITY[each.verdict])
