"""The points of one submission, item by item, and why each lost point was lost.

- `ItemResult`: one item. `State`: how its points came about, and `STATES` what is said of it.
- `most_of`: the maximum of several items.

Every view of a grade is made from these: `scores.csv`, the file of reasons, pages, sheets of platforms.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class State(StrEnum):
    """How the points of an item came about. The comment behind each says it."""

    JUDGED = "judged"  # counted from the cases that ran
    NOT_JUDGED = "not-judged"  # no case was left, because another item is at fault
    BY_HAND = "by-hand"  # a person gives these points, and has not yet given them
    OVERRIDDEN = "overridden"  # a person gave these points instead


STATES = {State.BY_HAND: "a person gives these points", State.NOT_JUDGED: "not judged"}


@dataclass(frozen=True)
class ItemResult:
    """One item of the rubric for one submission.

    `points` of `most` are exact; they are rounded once, where they are shown. `passed` of `asked` cases
    passed. `reasons` has one sentence for each cause of lost points, and `failing` the id of the first case
    that fails for each; `wrong` are the ops in these cases. `at_fault` names the item because of
    which this one was not judged, or "". With `hidden` a student sees the points and the wrong ops alone;
    the points of a `bonus` add to the score and not to the maximum.
    """

    item: str
    points: Fraction
    most: Fraction
    state: State
    passed: int = 0
    asked: int = 0
    reasons: tuple[str, ...] = ()
    failing: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    at_fault: str = ""
    hidden: bool = False
    bonus: bool = False

    @property
    def tally(self) -> str:
        """How many of the cases pass, in words."""
        return f"{self.passed} of {self.asked} {'case passes' if self.asked == 1 else 'cases pass'}"


def most_of(items: Iterable[ItemResult]) -> Fraction:
    """Return the points that all items give, without those of a bonus."""
    return sum((item.most for item in items if not item.bonus), Fraction())
