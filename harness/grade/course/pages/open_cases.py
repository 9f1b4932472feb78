"""The answers that a student may see: no case of a hidden item, and no twin.

- `OpenCases`: the rows of one submission, without what is hidden.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ....judge.outcome import PASSED
from ...answers import Answers
from ...graded_cases import Graded, plan_of
from ...program_line import program_line
from ...rubric import Rubric
from ...stages import BACKWARD, Stage

_Row = Mapping[str, Any]
# By how much a number is off stands in no words that help to mend it.
_OFF = re.compile(r" \(off by [^()]*\)")


class OpenCases:
    """The rows of one submission that a student may see, by the id of their case.

    A case may be of two items, one of which is hidden: then only the readings of the other one are here.
    `failing` has the ids of the cases that fail, item by item, those of hidden items among them.
    """

    def __init__(self, rubric: Rubric, rows: Sequence[_Row], *, open_hidden: bool) -> None:
        answers = Answers(rows, twins=False)
        ran = {row["case"] for row in rows}
        self._rows: dict[str, dict[str, _Row]] = {}
        self._graded: dict[str, Graded] = {}
        self.failing: dict[str, set[str]] = {item.name: set() for item in rubric.items}
        seen: set[str] = set()
        for question in plan_of(rubric):
            item = question.item
            for graded in question.cases:
                id = graded.case.id
                if opened := open_hidden or not item.hidden:
                    self._graded[id] = graded
                    seen.add(item.name)
                if id not in ran:
                    continue
                counting = answers.counting(id, graded, item.readings)
                if any(row["verdict"] not in PASSED for row in counting):
                    self.failing[item.name].add(id)
                if opened:
                    self._rows.setdefault(id, {}).update((row["reading"], row) for row in counting)
        shown = [self.failing[name] for name in seen]
        self._failing = frozenset[str]().union(*shown)

    def of(self, case: str) -> list[_Row]:
        """Return the rows of a case; none when it is hidden or did not run."""
        return [*self._rows.get(case, {}).values()]

    def suspect(self, case: str) -> str | None:
        """Return the op in which the mistake is when nothing else is known of an open case that fails.

        "" means the backward itself. None for several ops.
        """
        graded = self._graded[case]
        if graded.stage is Stage.COMPOSED or len(graded.suspects) != 1:
            return None
        (suspect,) = graded.suspects
        return "" if suspect == BACKWARD else suspect

    def short(self, case: str, reason: str) -> str:
        """Return a reason without the program of the case and its id, which are shown below it."""
        line = program_line(self._graded[case].case)
        shown = f"{case} ({line}): " if line else f"{case}: "
        return _OFF.sub("", reason.replace(shown, "", 1))

    def smallest_failing(self, cases: Iterable[str], op: str = "") -> str:
        """Return the case among these that shows a mistake best: it has the op, of leaves, and few steps.

        Only cases that fail where a student may see it count; "" when there is none.
        """
        found = [case for case in cases if case in self._failing]
        return min(found, key=lambda case: self._size(case, op), default="")

    def _size(self, case: str, op: str) -> tuple[bool, bool, int]:
        graded = self._graded[case]
        elsewhere, absent = op not in graded.tested, op not in graded.words
        return bool(op) and elsewhere, bool(op) and absent, self.of(case)[0]["steps"]
