"""Whose each submission is, by the roster: by ids alone.

- `join`: the submissions with their students, and those who are absent. `Joined`: both.

A name joins only where no kind of id is on both sides, and only when it occurs once on each; then it is said.
Ids are text: a join that works without leading zeros alone is proposed, and not done.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ....errors import UsageError
from ..layouts.handed import Handed
from ..plan import Student
from .groups import members
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
    index = _Index(handed, roster)
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


class _Index:
    """The rows of a roster by their ids; `proposed` has a sentence for each join that needs a person."""

    def __init__(self, handed: Sequence[Handed], roster: Roster) -> None:
        self.proposed: list[str] = []
        self._kinds = roster.kinds()
        self._by_id = {
            same(k, text): row for row in roster.rows for k, text in row.student.ids.items()
        }
        self._by_text: dict[str, list[Row]] = defaultdict(list)
        self._by_digits: dict[str, list[Row]] = defaultdict(list)
        self._by_name: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        for row in roster.rows:
            for text in set(row.student.ids.values()):
                self._by_text[same("folder", text)[1]].append(row)
                self._by_digits[text.lstrip("0")].append(row)
            self._by_name[_name(row.student.name)].append(row)
        self._names = Counter(
            _name(_named(student)) for each in handed for student in each.students
        )

    def row(self, student: Student) -> Row | None:
        """Return the one row that the ids of a student lead to, or None."""
        rows = self._rows(student)
        return rows[0] if len(rows) == 1 else None

    def found(self, student: Student) -> tuple[Row | None, str]:
        """Return the row of a student, or None, and a sentence when it is odd."""
        rows = self._rows(student)
        name = _named(student)
        said = " ".join(f"{kind} {text}" for kind, text in student.ids.items()) or name
        if len(rows) == 1:
            return rows[0], ""
        if rows:
            who = ", ".join(f"{row.student.name} (line {row.line})" for row in rows)
            return None, f"the ids {said} are those of several students on the sheet: {who}"
        self._propose(student)
        alike = self._by_name[_name(name)] if name and not set(student.ids) & self._kinds else []
        if len(alike) == 1 and self._names[_name(name)] == 1:
            return alike[0], f"joined by the name {name} alone, which occurs once on both sides"
        if alike:
            said += f"; the name {name} occurs several times and joins nothing"
        return None, f"not on the sheet: {said}"

    def _rows(self, student: Student) -> list[Row]:
        """Return the rows that have an id of the student. A folder may be named by an id of any kind."""
        rows: dict[int, Row] = {}
        for kind, text in student.ids.items():
            key = same(kind, text)
            own = [self._by_id[key]] if key in self._by_id else []
            for row in self._by_text.get(key[1], []) if kind == "folder" else own:
                rows[row.line] = row
        return list(rows.values())

    def _propose(self, student: Student) -> None:
        for kind, text in student.ids.items():
            rows = self._by_digits.get(text.lstrip("0"), []) if text.isdigit() else []
            found = [(row, other) for row in rows for other in row.student.ids.values()]
            alike = [(row, other) for row, other in found if other.lstrip("0") == text.lstrip("0")]
            if len(alike) == 1:
                row, other = alike[0]
                who = f"{other} ({row.student.name}, line {row.line})"
                self.proposed.append(
                    f"{kind} {text} is not on the sheet, and {who} differs in leading zeros alone: they are "
                    "not joined; correct the id on the sheet if they are the same"
                )


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


def _named(student: Student) -> str:
    """Return the name of a student; a folder may be named so too."""
    return student.name or student.ids.get("folder", "")


def _name(text: str) -> tuple[str, ...]:
    """Return the words of a name in no order: sheets write "Beispiel, Ada", downloads "Ada Beispiel"."""
    return tuple(sorted(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())))
