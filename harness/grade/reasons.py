"""Why points were lost, as sentences.

- `Judged`: what one question of an item came to. `reasons_for`: the sentences of an item.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..text import words
from .answers import Answer
from .graded_cases import Graded
from .stages import Stage

_MOST = 12  # sentences of one item
_LONGEST = 300


@dataclass(frozen=True)
class Judged:
    """The case that decided a question, how it ended, and the item at fault when no case could decide.

    `tells` is False when its twin has the same answers, so that they may have been typed in.
    """

    graded: Graded
    answer: Answer
    message: str = ""
    at_fault: str = ""
    tells: bool = True

    @property
    def counts(self) -> bool:
        """False when no case of the question could be judged."""
        return not self.at_fault

    @property
    def passed(self) -> bool:
        """True when the case and its twin passed."""
        return self.answer is Answer.PASSED


def reasons_for(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Return a sentence for each op that lost points, or one about the item at fault."""
    found = list(_sentences(judged))
    more = len(found) - _MOST
    return (*found[:_MOST], *([f"and {more} more ops"] if more > 0 else []))


def _sentences(judged: Sequence[Judged]) -> Iterator[str]:
    by_op: dict[str, list[Judged]] = {}
    for one in judged:
        if one.counts and not one.passed:
            by_op.setdefault(_sentence(one).partition(":")[0], []).append(one)
    for first, *others in by_op.values():
        missing = first.answer is Answer.LACKING or not others
        yield _sentence(first) + ("" if missing else f"; {len(others)} more of its cases fail")
    if not any(one.counts for one in judged):
        for item in dict.fromkeys(one.at_fault for one in judged):
            yield f"not judged, because each of its cases needs what item {words(item)!r} has lost"


def _sentence(one: Judged) -> str:
    ops = ", ".join(sorted(one.graded.tested))
    what = ops or one.graded.case.title
    match one.answer:
        case Answer.LACKING if one.graded.stage is Stage.LIFE or not ops:
            return words(f"{one.graded.case.id} cannot run: {one.message}", _LONGEST)
        case Answer.LACKING:
            return f"{what} is missing"
        case Answer.TWIN_FAILED:
            return f"{what}: {one.graded.case.id} passes, and fails with other numbers of the same kind"
        case _:
            return words(
                f"{what}: {one.graded.case.id}: {one.message or 'no answer came'}", _LONGEST
            )
