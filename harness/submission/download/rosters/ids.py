"""Which row of a roster is a student's: by ids alone.

- `Index`: the rows of a roster by their ids.

A name joins only where no kind of id is on both sides, and only when it occurs once on each; then it is said.
Ids are text: a join that works without leading zeros alone is proposed, and not done.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable

from ..plan import Student
from .roster import Roster, Row, same


class Index:
    """The rows of a roster by their ids. `proposed` has a sentence for each join that needs a person.

    `students` are all those who are looked for.
    """

    def __init__(self, students: Iterable[Student], roster: Roster) -> None:
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
        self._names = Counter(_name(_named(student)) for student in students)

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


def _named(student: Student) -> str:
    """Return the name of a student; a folder may be named so too."""
    return student.name or student.ids.get("folder", "")


def _name(text: str) -> tuple[str, ...]:
    """Return the words of a name in no order: sheets write "Beispiel, Ada", downloads "Ada Beispiel"."""
    return tuple(sorted(re.findall(r"\w+", unicodedata.normalize("NFC", text).casefold())))
