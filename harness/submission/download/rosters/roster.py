"""The roster of a course.

- `Roster`: all of it. `Row`: one student. `same`: an id as it is compared.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ....errors import UsageError
from ..plan import Student

# A spreadsheet writes a long number so, and its digits are lost.
LOST = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)
_NO_CASE = frozenset({"email", "login", "github", "folder"})
_MOST_NAMED = 4


@dataclass(frozen=True)
class Row:
    """A student on the sheet, on this line of it.

    `cells` are all cells of the row. `group` is the name of the group, where the sheet has one in a known
    column. `test` marks the test student of Canvas, who is nobody. `odd` are oddities of the submission that
    the sheet knows of.
    """

    student: Student
    line: int
    cells: tuple[str, ...] = ()
    group: str = ""
    late: bool = False
    test: bool = False
    odd: tuple[str, ...] = ()


@dataclass(frozen=True)
class Roster:
    """The students of a course, in the order of the sheet, which is a sheet of `site`."""

    site: str
    rows: tuple[Row, ...]
    odd: tuple[str, ...] = ()

    def kinds(self) -> set[str]:
        """Return the kinds of ids that occur."""
        return {kind for row in self.rows for kind in row.student.ids}

    def known(self) -> frozenset[str]:
        """Return all ids."""
        return frozenset(text for row in self.rows for text in row.student.ids.values())


def same(kind: str, text: str) -> tuple[str, str]:
    """Return an id as it is compared: exactly, but for upper case in addresses and names of accounts."""
    composed = unicodedata.normalize("NFC", text.strip())
    return kind, composed.casefold() if kind in _NO_CASE else composed


def without_duplicates(rows: Iterable[Row], sheet: str) -> tuple[Row, ...]:
    """Return the rows. UsageError when an id occurs in two of them."""
    kept = tuple(rows)
    found: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in kept:
        for kind, text in row.student.ids.items():
            found[same(kind, text)].append(row)
    twice = {key: group for key, group in found.items() if len(group) > 1}
    if not twice:
        return kept
    (kind, text), group = next(iter(twice.items()))
    named = ", ".join(
        f"line {row.line} ({row.student.name or text})" for row in group[:_MOST_NAMED]
    )
    more = f"; {len(twice) - 1} more ids occur twice" if len(twice) > 1 else ""
    raise UsageError(
        f"the sheet {sheet} has the {kind} id {text} on {named}{more}: keep one row of each student"
    )
