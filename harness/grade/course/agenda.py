"""The agenda of a grading: which submissions are run now and why, and which results stay as they are.

- `Agenda`: made from the plan and the results that are there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from ...submission.download.plan import HandIn, Plan
from .basis import Basis, changes
from .result import End, Result

NEW = "not graded yet"
_FAILED = "gradconform or the machine failed before"
_ASKED = "asked for"


@dataclass(frozen=True)
class Agenda:
    """What is to be done.

    `why` maps the key of each submission that is run now to its causes, in the order of the plan. `gone` are
    the keys of results whose submission is not in the plan.
    """

    why: Mapping[str, tuple[str, ...]]
    gone: tuple[str, ...]

    @classmethod
    def of(cls, plan: Plan, results: Mapping[str, Result], basis: Basis, only: str = "") -> Agenda:
        """Return the agenda. With `only` this submission is run, whatever has changed, and no other."""
        why: dict[str, tuple[str, ...]] = {}
        for hand_in in plan.hand_ins:
            if hand_in.path is None or (only and hand_in.key != only):
                continue
            causes = _causes(hand_in, results.get(hand_in.key), basis)
            if only:
                causes = causes or (_ASKED,)
            if causes:
                why[hand_in.key] = causes
        there = {hand_in.key for hand_in in plan.hand_ins}
        return cls(why, tuple(key for key in results if key not in there))

    def counts(self) -> Counter[str]:
        """Return for each cause how many submissions are run for it."""
        return Counter(cause for causes in self.why.values() for cause in causes)


def _causes(hand_in: HandIn, result: Result | None, basis: Basis) -> tuple[str, ...]:
    if result is None:
        return (NEW,)
    found = tuple(changes(result.basis, basis.with_submission(hand_in.fingerprint)))
    if result.end is End.GRADER_ERROR:
        return (_FAILED, *found)
    return found
