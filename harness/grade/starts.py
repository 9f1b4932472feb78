"""Engines whose backward does not start with 1: they are asked again, with the 1 written by hand.

- `Starts`: tells from the rows of an engine whether that is so, and which rows count then.

Without this all gradients of such an engine are 0, and nothing could be judged but the start. A person who
tries the engine writes `z.grad = 1.0` before `z.backward()`; `Engine.started_by_hand` does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ..catalogue.case import Case
from ..judge.outcome import PASSED, Reason, Verdict
from .stages import Stage, stage_of

Row = Mapping[str, Any]
NOTE = (
    "backward does not start with 1 by itself. So that the rest could be judged, 1 was written to the "
    "gradient of the result before each backward."
)


class Starts:
    """The cases that tell how a backward starts, among those of a rubric and their twins."""

    def __init__(self, cases: Sequence[Case]) -> None:
        stages = {case.id: stage_of(case.program) for case in cases}
        self._alone = {id for id, stage in stages.items() if stage is Stage.START}
        self._slopes = {id for id, stage in stages.items() if stage is Stage.SLOPE}

    def is_alone(self, id: str) -> bool:
        """True for a case without ops, which counts as the engine answers by itself."""
        return id in self._alone

    def are_wrong(self, rows: Iterable[Row]) -> bool:
        """True when a case without ops has a wrong gradient, and most local derivatives fail by it.

        A backward that raises or hangs cannot be helped so: it may refuse a leaf as a root, and it would
        hang for a second time.
        """
        asked = list(rows)
        slopes = _failed(asked) & self._slopes
        return 2 * len(slopes) > len(self._slopes) and any(
            row["verdict"] == Verdict.FAIL and row["reason"] != Reason.RAISED
            for row in asked
            if self.is_alone(row["case"])
        )

    def are_right(self, rows: Iterable[Row]) -> bool:
        """True when the cases without ops were asked, and pass."""
        asked = list(rows)
        return self._alone <= {row["case"] for row in asked} and not _failed(asked) & self._alone

    def counting(self, rows: Sequence[Row], by_hand: Callable[[], Sequence[Row]]) -> Sequence[Row]:
        """Return the rows that count. `by_hand` runs the cases again, and is called only where it may help.

        These are the rows of `by_hand` where the start is right then, but for the cases without ops.
        """
        if not self.are_wrong(rows):
            return rows
        again = by_hand()
        if not self.are_right(again):
            return rows
        own = [row for row in rows if self.is_alone(row["case"])]
        return own + [row for row in again if not self.is_alone(row["case"])]


def _failed(rows: Iterable[Row]) -> set[str]:
    return {row["case"] for row in rows if row["verdict"] not in PASSED}
