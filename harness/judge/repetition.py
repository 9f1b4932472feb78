"""The outcomes of a case that was asked several times and did not end in the same way each time.

- `unstable`: it passes in one fresh process and fails in another.
- `after_others`: it passes alone in a fresh process, and fails after other programs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..program.arrays import Array
from .outcome import DOUBTFUL, Outcome, Reason, Verdict

# A longer array is not shown in a message.
_MOST_ELEMENTS = 4


def unstable(
    failing: Sequence[Outcome], passing: Sequence[Outcome], failed: int, asked: int
) -> list[Outcome]:
    """Return the outcomes `failing` with the verdict `unstable` in place of each failure.

    `passing` are those of the same case where it passed. It failed in `failed` of `asked` processes.
    """
    answers = {str(each.reading): each.actual for each in passing}
    said = f"failed in {failed} of {asked} processes, which differ in the order of hashes and addresses"

    def judged(outcome: Outcome) -> Outcome:
        right = answers.get(str(outcome.reading))
        short = isinstance(right, Array) and right.size <= _MOST_ELEMENTS
        where_it_passes = f"where it passes, {outcome.reading} is {right}; " if short else ""
        message = f"{said}; {where_it_passes}where it fails, {outcome.message}"
        return replace(outcome, verdict=Verdict.UNSTABLE, message=message)

    return [judged(each) if each.verdict in DOUBTFUL else each for each in failing]


def after_others(failing: Sequence[Outcome], before: str) -> list[Outcome]:
    """Return the outcomes `failing` with the reason `after-others` in place of that of each failure.

    `before` names the programs after which the case fails.
    """
    said = f"passes alone in a fresh process, and fails after {before}"
    return [
        replace(each, reason=Reason.AFTER_OTHERS, message=f"{said}: {each.message}")
        if each.verdict in DOUBTFUL
        else each
        for each in failing
    ]
