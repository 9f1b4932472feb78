"""What an engine lacks of what was asked for, and what of it was not tried, in words.

- `Lacks`: counts both, case by case, and says them in a sentence each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from ..isolation.parent.patience import NOT_TRIED
from ..judge.outcome import Verdict
from ..judge.wording import gap
from .rows import Row

_MOST, _LONGEST = 12, 100  # gaps of one engine; characters of one gap


class Lacks:
    """What one engine lacks, and the reasons why cases of it were not tried."""

    __slots__ = ("_gaps", "_untried")

    def __init__(self) -> None:
        self._gaps: Counter[str] = Counter()
        self._untried: Counter[str] = Counter()

    def add(self, rows: Sequence[Row]) -> None:
        """Take the rows of one case."""
        messages = [
            row.values["message"] for row in rows if row.values["verdict"] == Verdict.MISSING
        ]
        # A case stops at the first op that is missing, so it counts once.
        self._gaps.update(map(_short_gap, messages))
        late = (row.values["message"] for row in rows if row.values["verdict"] == Verdict.TIMEOUT)
        self._untried.update(islice((said for said in late if said.startswith(NOT_TRIED)), 1))

    def missing(self) -> str:
        """Return what the engine lacks, and in how many cases, the most frequent first; "" for nothing.

        An example is "exp (7 cases), relu (1 case)".
        """
        return ", ".join(_listed(self._gaps))

    def not_tried(self) -> str:
        """Return how many cases were not tried, with the most frequent reason; "" when all were tried.

        An example is "48 cases not tried: no case with a backward was answered in time (1 tried before)".
        """
        if not self._untried:
            return ""
        count = self._untried.total()
        # Of equally frequent reasons the first in the alphabet.
        said = min(self._untried, key=lambda message: (-self._untried[message], message))
        return f"{count} case{'s' if count > 1 else ''} {said}"


def _short_gap(message: str) -> str:
    found = gap(message)
    return found if len(found) <= _LONGEST else f"{found[: _LONGEST - 3]}..."


def _listed(gaps: Counter[str]) -> Iterator[str]:
    for lacking, count in gaps.most_common(_MOST):
        yield f"{lacking} ({count} case{'s' if count > 1 else ''})"
    if len(gaps) > _MOST:
        yield f"and {len(gaps) - _MOST} more"
