"""The evidence about one engine: the readings that failed, with the answers that came, and those that passed.

- `Evidence`: made from the outcomes of one run of one engine.
- `Place`, `Answer`: a reading of a case, and the engine's answer there. `answer_of`: that of an outcome.
- `agree`: compares two answers.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace

from ..judge.outcome import PASSED, AtStep, CaseRun, Outcome, Reason, Verdict
from ..program.arrays import WEAK, Array, Opaque
from ..program.transcript import Reading, Stop
from ..report.failures import FAILURES

# The id of a case, and the label of a reading or of the step where the engine stopped.
Place = tuple[str, str]
Answer = Reading | Stop
# A prediction and an answer of float64 come from the same formula, and differ in the order of operations.
_RELATIVE = {"float64": 1e-9}
_RELATIVE_OTHERS = 1e-4
_ABSOLUTE = 1e-12


@dataclass(frozen=True)
class Evidence:
    """The outcomes of one engine with one seed and one dtype.

    `failing` is the number of all readings that failed. `failed` holds those of them whose answer is known,
    and `runs` the cases. `arrays` is False when the engine computes with numbers only.
    """

    failed: Mapping[Place, Answer]
    passed: frozenset[Place]
    runs: Mapping[str, CaseRun]
    failing: int
    arrays: bool

    @classmethod
    def of(cls, outcomes: Iterable[Outcome]) -> Evidence:
        """Return the evidence in the outcomes of one engine."""
        failed: dict[Place, Answer] = {}
        passed: set[Place] = set()
        runs: dict[str, CaseRun] = {}
        failing, arrays = 0, True
        for outcome in outcomes:
            run = outcome.case_run
            arrays = arrays and outcome.reason is not Reason.ARRAYS
            if not run.digest or outcome.reading is None:
                continue
            runs[run.case] = run
            place = run.case, str(outcome.reading)
            if outcome.verdict in PASSED:
                passed.add(place)
            elif outcome.verdict in FAILURES:
                failing += 1
                answer = answer_of(outcome)
                # Of a long array a row has the first elements only.
                if outcome.verdict is Verdict.FAIL and not isinstance(answer, Opaque):
                    failed[place] = answer
        return cls(failed, frozenset(passed), runs, failing, arrays)

    def without(self, explained: Set[Place]) -> Evidence:
        """Return the evidence in which these readings count neither as failed nor as passed."""
        rest = {place: came for place, came in self.failed.items() if place not in explained}
        return replace(self, failed=rest)

    def core(self, places: Iterable[Place]) -> frozenset[Place]:
        """Return those of the places that are mathematics, and no convention of torch."""
        return frozenset(place for place in places if self.runs[place[0]].level == "core")


def answer_of(outcome: Outcome) -> Answer:
    """Return what an engine answered. An exception is a `Stop`, whose category is the name of its class."""
    if isinstance(outcome.reading, AtStep) and outcome.reason is Reason.RAISED:
        last = outcome.traceback.strip().rpartition("\n")[2]
        return Stop("raised", outcome.reading.index, last.partition(":")[0])
    return outcome.actual


def agree(predicted: Answer, answered: Answer) -> bool:
    """True when two answers are the same, up to rounding."""
    if isinstance(predicted, Stop) and isinstance(answered, Stop):
        classes = {predicted.category, answered.category} - {""}
        return predicted.step == answered.step and len(classes) < 2
    if not isinstance(predicted, Array) or not isinstance(answered, Array):
        return predicted == answered
    if predicted.shape != answered.shape:
        return False
    dtypes = {predicted.dtype, answered.dtype} - {WEAK}
    if len(dtypes) > 1:
        return False
    relative = _RELATIVE.get(min(dtypes, default="float64"), _RELATIVE_OTHERS)
    return all(
        a == b
        or math.isclose(a, b, rel_tol=relative, abs_tol=_ABSOLUTE)
        or (math.isnan(a) and math.isnan(b))
        for a, b in zip(predicted.data, answered.data, strict=True)
    )
