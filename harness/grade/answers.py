"""What an engine answered to each case, from its rows: whether its values and its gradients passed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

from ..judge.outcome import LACKING, PASSED, SEVERITY
from .graded_cases import Graded
from .twins import is_twin, twin_id


class Answer(Enum):
    """How a case, or its values or gradients alone, ended."""

    PASSED = "passed"
    FAILED = "failed"
    LACKING = "lacking"  # the engine does not have what the case needs
    TWIN_FAILED = "twin failed"  # the case passed, and failed with other numbers
    NOT_ASKED = "not asked"  # the grading was cut off before this case or its twin


class Answers:
    """The rows of one engine, case by case. With `twins` a case passes only when its twin does."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], *, twins: bool) -> None:
        self._twins = twins
        self._rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            self._rows[row["case"]].append(row)

    def of(self, graded: Graded, readings: str) -> Answer:
        """Return how the case ended; `readings` is that of an `Item`."""
        if not self._rows[graded.case.id]:
            return Answer.NOT_ASKED
        own = self._of(graded.case.id, graded, readings)
        if own is not Answer.PASSED or not self._twins or is_twin(graded.case.id):
            return own
        # A gradient may be 1 for any numbers, and then only the value tells whether it was computed.
        due = "values" if readings == "values" else "all"
        if not self._rows[twin_id(graded.case.id)]:
            return Answer.NOT_ASKED
        other = self._of(twin_id(graded.case.id), graded, due)
        return Answer.PASSED if other is Answer.PASSED else Answer.TWIN_FAILED

    def tells(self, graded: Graded) -> bool:
        """True when the twin has other answers than the case, so that an engine has to compute them."""
        id = graded.case.id
        own, other = ([row["expected"] for row in self._rows[each]] for each in (id, twin_id(id)))
        return not self._twins or own != other

    def message(self, graded: Graded, readings: str) -> str:
        """Return the sentence of the worst of the rows that count, or "" when there is none."""
        rows = self.counting(graded.case.id, graded, readings)
        worst = max(rows, key=lambda row: SEVERITY[row["verdict"]], default=None)
        return str(worst["message"]) if worst and worst["verdict"] not in PASSED else ""

    def _of(self, id: str, graded: Graded, readings: str) -> Answer:
        if any(row["verdict"] in LACKING for row in self._rows[id]):
            return Answer.LACKING
        due = _labels(graded, readings)
        rows = self.counting(id, graded, readings)
        right = {row["reading"] for row in rows if row["verdict"] in PASSED}
        passed = bool(rows) and len(right) == len(rows) and due <= right
        return Answer.PASSED if passed else Answer.FAILED

    def counting(self, id: str, graded: Graded, readings: str) -> list[Mapping[str, Any]]:
        """Return the rows of these readings. A row about a step or the case counts where one is missing.

        `id` is that of the case or of its twin; `readings` is that of an `Item`.
        """
        due = _labels(graded, readings)
        rows = [row for row in self._rows[id] if row["reading"] in due]
        if readings == "all" or len(rows) < len(due):
            known = set(graded.case.program.labels)
            rows += [row for row in self._rows[id] if row["reading"] not in known]
        return rows


def _labels(graded: Graded, readings: str) -> set[str]:
    program = graded.case.program
    if "error" in graded.case.tags:
        return set()
    wanted = {"values": ("value",), "gradients": ("grad",)}.get(readings)
    return {
        label
        for label, read in zip(program.labels, program.reads, strict=True)
        if wanted is None or read.what in wanted
    }
