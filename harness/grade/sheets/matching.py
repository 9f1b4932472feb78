"""Whose each row of a sheet is, by ids alone.

- `Matched`: the marks by the line of their row, and what a person should know. `matched`: of a grading.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ...errors import UsageError
from ...submission.download.rosters.groups import name_of_folder
from ...submission.download.rosters.ids import Index
from ...submission.download.rosters.roster import Row, same
from ...text import words
from ..course.marks import Mark
from .sheet import Sheet


@dataclass(frozen=True)
class Matched:
    """`marks` has the one mark of a row by its line, and `several` those of a row that has more.

    `strangers` are marks that have no row, each with the reason. `said` has a sentence for each join that a
    person should look at.
    """

    marks: Mapping[int, Mark]
    several: Mapping[int, Sequence[Mark]]
    strangers: Sequence[tuple[Mark, str]]
    said: Sequence[str]


def matched(marks: Sequence[Mark], sheet: Sheet) -> Matched:
    """Return whose each row is. UsageError when no row is of a student of the grading."""
    index = Index([mark.student for mark in marks], sheet.roster)
    by_line: dict[int, list[Mark]] = defaultdict(list)
    strangers: list[tuple[Mark, str]] = []
    said: list[str] = []
    for mark in marks:
        row, why = index.found(mark.student)
        if row and (contradiction := _contradiction(mark, row) or _of_a_group(mark, row)):
            row, why = None, contradiction
        if row is None:
            strangers.append((mark, why))
        elif not row.test:
            said += [why] if why else []
            by_line[row.line].append(mark)
    if not by_line:
        raise UsageError(_nobody(marks, strangers, sheet))
    found = {line: _present(those) for line, those in by_line.items()}
    return Matched(
        {line: those[0] for line, those in found.items() if len(those) == 1},
        {line: those for line, those in found.items() if len(those) > 1},
        strangers,
        [*said, *index.proposed],
    )


def shown(mark: Mark) -> str:
    """Return a student in words: the name, and an id or the name of the submission."""
    ids = " ".join(f"{kind} {text}" for kind, text in [*mark.student.ids.items()][:1])
    name = words(mark.student.name)
    return f"{name} ({words(ids or mark.key)})" if name else words(ids or mark.key)


def _present(marks: Sequence[Mark]) -> Sequence[Mark]:
    """Leave out what is not in the download any more, where something newer is."""
    return [mark for mark in marks if not mark.gone] or marks


def _contradiction(mark: Mark, row: Row) -> str:
    """Return a sentence when one id leads to a row and another one is not that of the row.

    The numbers of participants of Moodle begin anew with each assignment; the number of Canvas is a person's
    for good, while a login may change. An id that lacks only its leading zeros was in a spreadsheet.
    """
    if mark.student.ids.get("canvas", "") == row.student.ids.get("canvas"):
        return ""
    for kind, text in mark.student.ids.items():
        there = row.student.ids.get(kind, text)
        if same(kind, there) != same(kind, text) and there.lstrip("0") != text.lstrip("0"):
            return (
                f"its row on line {row.line} has the {kind} {words(there)} instead of {words(text)}: is the "
                "sheet of another assignment?"
            )
    return ""


def _of_a_group(mark: Mark, row: Row) -> str:
    """Return a sentence when the number of a participant alone leads to a row with another name.

    A download for groups has the numbers of groups, and one of them may be that of a participant by chance.
    """
    name, there = mark.student.name, row.student.name
    if [*mark.student.ids] != ["moodle"] or not name or not there:
        return ""
    # A download without names has the word of the sheet's first column in their place.
    if any(_plain(cell).startswith(_plain(name)) for cell in row.cells):
        return ""
    ours, theirs = (set(re.findall(r"\w+", _plain(each))) for each in (name, there))
    if ours <= theirs or theirs <= ours:
        return ""
    return (
        f"its row on line {row.line} has the name {words(there)}: is {words(name)} a group? Give the "
        "worksheet to the grading with --students"
    )


def _plain(name: str) -> str:
    return name_of_folder(name).casefold()


def _nobody(marks: Sequence[Mark], why: Sequence[tuple[Mark, str]], sheet: Sheet) -> str:
    ours = sorted({kind for mark in marks for kind in mark.student.ids})
    theirs = sorted(sheet.roster.kinds())
    return (
        f"the sheet {sheet.shown} has no student of this grading: it has ids of the kind "
        f"{', '.join(theirs) or 'none'}, and the grading those of the kind {', '.join(ours) or 'none'}; "
        "nothing is written. Take the sheet of this course, or give it to the grading with --students first"
        + "".join(f". The first student: {words(said)}" for _, said in why[:1])
    )
