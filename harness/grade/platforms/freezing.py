"""A rubric is frozen: torch is asked all that a grading with this rubric can ask.

- `frozen`: from a rubric to a `FrozenRubric`. `Recording`: the reference that is asked.

Torch is asked for each case and twin, and again where an answer is wrong: for the cause of a wrong gradient,
and for the legal subgradients at a kink. What is asked then does not depend on the wrong numbers. So one
answer with wrong gradients only leads to all questions. The diagnosis asks for the same cases alone.
"""

from __future__ import annotations

import secrets
from dataclasses import replace
from typing import Any

from ...catalogue.answer_json import answer_as_json
from ...catalogue.case import Instance
from ...catalogue.reference import Reference
from ...catalogue.tolerance import MEASURED, Tolerances
from ...judge.outcome import CaseRun
from ...judge.verdict import judge_case
from ...program.arrays import RUN_DTYPES, Array
from ...program.transcript import Reading, Transcript
from ..graded_cases import graded_cases
from ..rubric import Rubric
from .frozen_rubric import FrozenRubric, digest_of

_NO_RUN = CaseRun("", "", "", "")
_WRONG = 1234.5678  # no gradient of a case


class Recording(Reference):
    """A reference that keeps all answers, by the digests of what was asked, as JSON."""

    def __init__(self, tolerances: Tolerances = MEASURED, **how: Any) -> None:
        super().__init__(tolerances, **how)
        self.asked: dict[str, bytes] = {}

    def ask(self, instance: Instance) -> Transcript:
        """Torch's transcript, which is kept."""
        found = super().ask(instance)
        self.asked[instance.digest] = answer_as_json(found)
        return found


def frozen(rubric: Rubric, reference: Recording) -> FrozenRubric:
    """Return the rubric with all answers. One without a secret gets a secret, from which twins are drawn.

    Raises as `graded_cases` does, and NoReference when torch cannot be imported.
    """
    if not rubric.secret:
        rubric = rubric.model_copy(update={"secret": secrets.token_urlsafe(24)})
    cases = graded_cases(rubric, reference)
    instances = [case.instance(0, dtype) for dtype in RUN_DTYPES for case in cases]
    for instance in instances:
        reference.expect(instance)
    for instance in instances:
        judge_case(instance, reference, _with_wrong_gradients(instance, reference), _NO_RUN)
    return FrozenRubric(
        rubric,
        reference.torch_version,
        reference.tolerances,
        digest_of(cases),
        reference.asked,
    )


def _with_wrong_gradients(instance: Instance, reference: Reference) -> Transcript:
    right = reference(instance)
    reads = instance.program.reads
    readings = [
        _wrong(reading) if read.what == "grad" else reading
        for reading, read in zip(right.readings, reads, strict=False)
    ]
    return replace(right, readings=tuple(readings))


def _wrong(reading: Reading) -> Reading:
    if not isinstance(reading, Array):
        return reading
    return replace(reading, data=tuple([_WRONG] * len(reading.data)))
