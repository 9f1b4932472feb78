"""What came out: verdicts, reasons, the size of a difference, and one row per reading.

- `Verdict`, `Reason`: the closed vocabularies of every report.
- `Difference`: how far apart two arrays are.
- `Outcome`: one case, engine and reading; `COLUMNS` are its fields in `results.csv`.
- `worst`: the verdict of a case from those of its readings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Verdict(StrEnum):
    """What became of a reading, from best to worst; the order decides a case's verdict."""

    PASS = "pass"
    PASS_ALT = "pass-alt"
    UNSUPPORTED = "unsupported"
    XFAIL = "xfail"
    XPASS = "xpass"
    FAIL = "fail"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out-of-memory"
    CRASH = "crash"
    HARNESS_ERROR = "harness-error"


PASSED = frozenset({Verdict.PASS, Verdict.PASS_ALT})
FAILED = frozenset({Verdict.FAIL, Verdict.XPASS})
# The engine, or the harness, came to no answer at all.
ERRORED = frozenset({Verdict.TIMEOUT, Verdict.OUT_OF_MEMORY, Verdict.CRASH, Verdict.HARNESS_ERROR})
_SEVERITY = {verdict: rank for rank, verdict in enumerate(Verdict)}


class Reason(StrEnum):
    """Why a reading failed."""

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


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest differences over all elements, and the bound that decided.

    `max_abs` is in the reading's own unit, `max_rel` is relative to the expected value, `max_ulp`
    counts representable numbers in between. None where a difference has no meaning.
    """

    max_abs: float | None = None
    max_rel: float | None = None
    max_ulp: int | None = None
    decided_by: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, engine and reading, judged. `tags`, `title`, `expected` and `actual` are for people."""

    engine: str
    family: str
    level: str
    case: str
    reading: str
    verdict: Verdict
    reason: Reason = Reason.NONE
    max_abs: float | None = None
    max_rel: float | None = None
    max_ulp: int | None = None
    decided_by: str = ""
    dtype: str = ""
    digest: str = ""
    seed: int = 0
    seconds: float = 0.0
    engine_version: str = ""
    torch_version: str = ""
    message: str = ""
    title: str = ""
    tags: tuple[str, ...] = ()
    expected: Any = None
    actual: Any = None


COLUMNS = tuple(Outcome.__dataclass_fields__)[: tuple(Outcome.__dataclass_fields__).index("title")]


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of a case: the worst of its readings'. ValueError when there are none."""
    return max(verdicts, key=_SEVERITY.__getitem__)
