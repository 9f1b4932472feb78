"""The answers that a student may see: no case of a hidden item, and no twin.

- `OpenCases`: the rows of one submission, without what is hidden.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....judge.outcome import PASSED
from ...answers import Answers
from ...graded_cases import plan_of
from ...rubric import Rubric

_Row = Mapping[str, Any]


class OpenCases:
    """The rows of one submission that a student may see, by the id of their case.

    A case may be of two items, one of which is hidden: then only the readings of the other one are here.
    `failing` has the ids of the cases that fail, item by item, those of hidden items among them.
    """

    def __init__(self, rubric: Rubric, rows: Sequence[_Row], *, open_hidden: bool) -> None:
        answers = Answers(rows, twins=False)
        ran = {row["case"] for row in rows}
        self._rows: dict[str, dict[str, _Row]] = {}
        self._ops: dict[str, frozenset[str]] = {}
        self.failing: dict[str, set[str]] = {item.name: set() for item in rubric.items}
        seen: set[str] = set()
        for question in plan_of(rubric):
            item = question.item
            for graded in question.cases:
                id = graded.case.id
                if id not in ran:
                    continue
                counting = answers.counting(id, graded, item.readings)
                if any(row["verdict"] not in PASSED for row in counting):
                    self.failing[item.name].add(id)
                if open_hidden or not item.hidden:
                    self._rows.setdefault(id, {}).update((row["reading"], row) for row in counting)
                    self._ops[id] = graded.words
                    seen.add(item.name)
        shown = [self.failing[name] for name in seen]
        self._failing = frozenset[str]().union(*shown)

    def of(self, case: str) -> list[_Row]:
        """Return the rows of a case; none when it is hidden or did not run."""
        return [*self._rows.get(case, {}).values()]

    def smallest_failing(self, cases: Iterable[str], op: str = "") -> str:
        """Return the case among these that shows a mistake best: it has the op, and few steps.

        Only cases that fail where a student may see it count; "" when there is none.
        """
        found = [case for case in cases if case in self._failing]
        return min(found, key=lambda case: self._size(case, op), default="")

    def _size(self, case: str, op: str) -> tuple[bool, int]:
        return bool(op) and op not in self._ops[case], self.of(case)[0]["steps"]
