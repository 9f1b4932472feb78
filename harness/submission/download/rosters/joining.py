"""Whose each submission is, by the roster: by ids alone.

- `join`: the submissions with their students, and those who are absent. `Joined`: both.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ....errors import UsageError
from ..layouts.handed import Handed
from ..plan import Student
from .groups import members
from .ids import Index
from .roster import Roster, Row, same

_MOST_NAMED = 4


@dataclass(frozen=True)
class Joined:
    """The submissions with the ids and names of the roster, those who are absent, and what is odd."""

    handed: tuple[Handed, ...]
    absent: tuple[Student, ...]
    odd: tuple[str, ...]


def join(handed: Sequence[Handed], roster: Roster) -> Joined:
    """Return the submissions with their students. UsageError when none is of a student on the roster."""
    index = Index([student for each in handed for student in each.students], roster)
    own = {at: row for at, each in enumerate(handed) if (row := index.row(each.students[0]))}
    teams = members(handed, roster, own)
    joined: list[Handed] = []
    present: Counter[int] = Counter()
    for at, each in enumerate(handed):
        found: list[tuple[Row | None, str]] = [(row, "") for row in teams.get(at, ())]
        if at not in teams:
            found = [index.found(student) for student in each.students]
        present.update(row.line for row, _ in found if row)
        joined.append(_with(each, found, at in teams))
    if not present and not index.proposed:
        raise UsageError(_no_match(handed, roster))
    again = {row.line for row in roster.rows if present[row.line] > 1}
    twice = {key for row in roster.rows if row.line in again for key in _keys(row.student)}
    joined = [_in_several(each, twice) for each in joined]
    absent = tuple(row.student for row in roster.rows if not present[row.line] and not row.test)
    unknown = [] if teams else _teams(handed, own, roster)
    return Joined(tuple(joined), absent, (*roster.odd, *index.proposed, *unknown))


def _keys(student: Student) -> Set[tuple[str, str]]:
    return {same(kind, text) for kind, text in student.ids.items()}


def _with(each: Handed, found: Sequence[tuple[Row | None, str]], is_group: bool) -> Handed:
    """Return a submission with its students as the roster has them."""
    students: list[Student] = []
    odd = list(each.odd)
    if is_group and found:
        students = [_merged(Student({}), row) for row, _ in found if row]
    elif is_group:
        students = [Student({}, each.group)]
        odd.append(f"the group {each.group} is not on the sheet")
    else:
        for student, (row, said) in zip(each.students, found, strict=True):
            students.append(_merged(student, row) if row else student)
            odd += [said] if said else []
            if row and row.test:
                odd.append("this is the test student of the course")
    rows = [row for row, _ in found if row]
    odd += dict.fromkeys(text for row in rows for text in row.odd)
    return replace(
        each,
        students=tuple(students),
        late=each.late or any(row.late for row in rows),
        odd=tuple(odd),
    )


def _teams(handed: Sequence[Handed], own: Mapping[int, Row], roster: Roster) -> list[str]:
    """Return a sentence when Canvas has named submissions by groups, whose members the sheet has not.

    Canvas writes a name without other characters than letters and digits; the order depends on the sheet.
    """
    if roster.site != "Canvas":
        return []
    found = []
    for at, row in own.items():
        name = re.sub(r"[\W_]", "", row.student.name).casefold()
        written = handed[at].group.replace("_", "").casefold()
        if written and sorted(name) != sorted(written):
            found.append(handed[at].group)
    if not found:
        return []
    more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
    return [
        f"submissions of groups ({', '.join(found[:_MOST_NAMED])}{more}): each stands for one member, and "
        "the sheet does not say who the others are, so they count as absent; take the sheet of the groups, "
        "which Canvas exports under People"
    ]


def _merged(student: Student, row: Row) -> Student:
    return Student({**student.ids, **row.student.ids}, row.student.name or student.name)


def _in_several(each: Handed, twice: Set[tuple[str, str]]) -> Handed:
    """Add an oddity when an id of a student of this submission is among those of another one too."""
    names = [student.name for student in each.students if _keys(student) & twice]
    odd = tuple(
        f"{name} is in several submissions: a person must say which one counts" for name in names
    )
    return replace(each, odd=(*each.odd, *odd))


def _no_match(handed: Sequence[Handed], roster: Roster) -> str:
    kinds = {kind for each in handed for student in each.students for kind in student.ids}
    theirs = ", ".join(sorted(roster.kinds()))
    example = next((student for each in handed for student in each.students if student.ids), None)
    shown = f", such as {next(iter(example.ids.values()))}" if example else ""
    is_moodle = roster.site == "Moodle" and "moodle" in kinds
    hint = "; the worksheet of an assignment for groups has a column of groups" if is_moodle else ""
    return (
        "no submission is of a student on the sheet: the download has ids of the kind "
        f"{', '.join(sorted(kinds)) or 'none'}{shown}, the sheet ({roster.site}) those of the kind {theirs}; "
        f"use the sheet of this course, or none{hint}"
    )
