"""One row of the summary, its texts, and the choice of a few rows out of many.

- `Score`: one row of `summary.csv`; `SUMMARY_COLUMNS`: its columns. `TOTALS`: what stands for no family.
- `by_engine`: the rows of a summary by engine. `score_text`, `headline`, `percent`: the text of one cell.
- `Shown`: the engines that a person reads about, in a run that has more of them.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

# Rows of the summary that stand for no family: the two levels, and all cases.
TOTALS = ("core", "torch", "all")
# A person scrolls through so many engines, and a browser shows a page of so many.
MOST_ON_TERMINAL, MOST_IN_MARKDOWN = 100, 500


class Score(NamedTuple):
    """One row of the summary: counts of cases, and rates.

    `applicable` leaves out the cases with arrays for an engine of numbers. `ran` counts every case that ran,
    crashes and timeouts included; an unsupported or missing case did not run, and neither did a case that was
    not reached before an interruption. `pass_rate` is passed / (ran + missing), and `coverage` is
    ran / applicable; both are NaN for 0 / 0. `family_average`, in the rows of `TOTALS`, is the average of the
    families' pass rates: there a large family does not outweigh a small one. `worst_rel` is the largest
    relative difference, NaN when there is none. `reason` says in the row `all` what is missing or was not
    tried, or why an engine ran nothing, or not all, or few cases.
    """

    engine: str
    family: str
    cases: int = 0
    applicable: int = 0
    ran: int = 0
    passed: int = 0
    failed: int = 0
    xfailed: int = 0
    errored: int = 0
    missing: int = 0
    unsupported: int = 0
    pass_rate: float = math.nan
    coverage: float = math.nan
    family_average: float = math.nan
    worst_rel: float = math.nan
    reason: str = ""

    @property
    def counted(self) -> int:
        """The number of cases of which `passed` is a part."""
        return self.ran + self.missing

    @property
    def bad(self) -> int:
        """The number of cases that failed, gave no answer or are missing."""
        return self.failed + self.errored + self.missing


SUMMARY_COLUMNS = Score._fields


def by_engine(scores: Iterable[Score]) -> dict[str, dict[str, Score]]:
    """Return the rows of the summary by engine and family, both in their order."""
    found: dict[str, dict[str, Score]] = {}
    for row in scores:
        found.setdefault(row.engine, {})[row.family] = row
    return found


def score_text(row: Score) -> str:
    """Return `passed/ran` of the row, and the number of cases that apply if not all ran.

    When the run was interrupted before the first of these cases, the row was not reached.
    """
    if not row.applicable:
        return "—"
    if not row.counted:
        return f"0 of {row.applicable}" if row.unsupported else "not reached"
    text = f"{row.passed}/{row.counted}"
    text += f" of {row.applicable}" if row.counted != row.applicable else ""
    return text + _remarks(row)


def headline(row: Score) -> str:
    """Return the score of a row that stands for many families; its two numbers are percentages too."""
    if not row.counted:
        return score_text(row)
    text = f"{row.passed}/{row.counted} {percent(row.passed, row.counted)}"
    if row.counted != row.applicable:
        text += f", ran {percent(row.counted, row.applicable)} of {row.applicable}"
    return text + _remarks(row)


def percent(part: int, whole: int) -> str:
    """Return `part` of `whole` as a percentage. Only none is 0.0%, and only all is 100.0%."""
    share = part / whole
    return f"{share if part in (0, whole) else min(max(share, 0.001), 0.999):.1%}"


def _remarks(row: Score) -> str:
    counts = {"missing": row.missing, "xfail": row.xfailed}
    said = [f"{count} {name}" for name, count in counts.items() if count]
    return f" ({', '.join(said)})" if said else ""


class Shown:
    """At most `most` engines of a run: those with the lowest scores, because a person looks at these first.

    An engine without a score, because it was left out or ran nothing, is lower than any score. `engines`
    has their names, `rows` their rows in the order of the run, and `more` is the number of the other engines.
    `sentence` says how the engines of the whole run are; it is "" when all are shown.
    """

    def __init__(self, scores: Sequence[Score], most: int) -> None:
        totals = [row for row in scores if row.family == TOTALS[-1]]
        self.more = max(0, len(totals) - most)
        lowest = heapq.nsmallest(most, totals, key=_share_passed) if self.more else totals
        self.engines = {row.engine for row in lowest}
        self.rows = [row for row in scores if row.engine in self.engines] if self.more else scores
        self.sentence = _standing(totals, most) if self.more else ""


def _share_passed(row: Score) -> float:
    return row.passed / row.counted if row.counted else -1.0


def _standing(totals: Sequence[Score], most: int) -> str:
    without = sum(not row.counted for row in totals)
    whole = sum(row.counted == row.passed for row in totals) - without
    others = len(totals) - whole - without
    return (
        f"{len(totals)} engines: {whole} passed every case that they ran, {others} did not, and "
        f"{without} ran none. Here are the {most} with the lowest scores; summary.csv has all of them."
    )
