"""From a sheet that a course's site gives to a roster.

- `read_roster`: the roster of a file; `roster_of`: that of a table. The kinds of sheets are a table: the
  headers by which each is known.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ....errors import UsageError
from ....text import words
from ..plan import Student
from . import any_sheet, moodle_sheet
from .cells import read_cells
from .roster import LOST, Roster, Row, without_duplicates
from .table import Table, table_of


@dataclass(frozen=True)
class _Kind:
    """A kind of sheet: its headers are in lower case. `marks` are those by which it is known."""

    site: str
    marks: frozenset[str]
    ids: Mapping[str, str]
    names: tuple[str, ...]
    group: str = ""


_CANVAS = {
    "id": "canvas",
    "sis user id": "sis",
    "sis login id": "login",
    "integration id": "integration",
}
_KINDS = (
    _Kind("Canvas (groups)", frozenset({"canvas_user_id", "group_name"}),
          {"canvas_user_id": "canvas", "user_id": "sis", "login_id": "login"}, ("name",), "group_name"),
    _Kind("Canvas", frozenset({"student", "id"}), _CANVAS, ("student",)),
    _Kind("Canvas", frozenset({"lastname", "firstname", "id"}), _CANVAS, ("firstname", "lastname")),
    _Kind("Gradescope", frozenset({"sid", "email"}), {"sid": "sis", "email": "email"},
          ("name", "first name", "last name")),
    _Kind("Classroom 50", frozenset({"username", "first_name", "last_name"}),
          {"username": "github", "email": "email"}, ("first_name", "last_name")),
    _Kind(
        "GitHub Classroom",
        frozenset({"identifier", "github_username"}),
        {"identifier": "sis", "github_username": "github"},
        ("name",),
    ),
    _Kind("Brightspace", frozenset({"orgdefinedid"}),
          {"orgdefinedid": "sis", "username": "login", "email": "email"}, ("first name", "last name")),
    _Kind("Blackboard", frozenset({"last name", "first name", "username"}),
          {"username": "login", "student id": "sis"}, ("first name", "last name")),
)  # fmt: skip
_NO_ID = ("", "-", "n/a", "#n/a", "none", "null")
_LATENESS = ("lateness (h:m:s)", "lateness")
_ON_TIME = re.compile(r"[0:]*")
_TEST_LOGIN = re.compile(r"[0-9a-f]{40}")
_TEST_NAMES = frozenset({"student, test", "test student", "studenttest", "teststudent"})


def read_roster(path: Path, downloaded: Collection[Student]) -> Roster:
    """Return the roster of a sheet. UsageError when it cannot be read, and as `roster_of`."""
    return roster_of(table_of(read_cells(path)), downloaded, words(str(path)))


def roster_of(table: Table, downloaded: Collection[Student], shown: str) -> Roster:
    """Return the roster of the sheet that is called `shown`.

    The ids in the download tell which column of an unknown sheet holds ids. UsageError when the sheet has no
    such column, no student, or a student twice.
    """
    kind = next((each for each in _KINDS if each.marks <= set(table.headers)), None)
    if kind:
        roster = Roster(kind.site, tuple(_rows(table, kind)))
    else:
        roster = moodle_sheet.read(table, downloaded) or any_sheet.read(table, downloaded, shown)
    rows, lost = _without_lost(roster.rows)
    if roster.site == "Classroom 50":
        rows = _latest(rows, table)
    rows = without_duplicates(rows, shown)
    if not rows:
        raise UsageError(f"the sheet {shown} has no students")
    return replace(roster, rows=rows, odd=(*table.odd, *roster.odd, *lost))


def _rows(table: Table, kind: _Kind) -> Iterable[Row]:
    """Yield the students: a row without the first id is the one for points, or blank."""
    columns = {table.column(header): name for header, name in kind.ids.items()}
    names = [at for header in kind.names if (at := table.column(header)) is not None]
    group = table.column(kind.group) if kind.group else None
    for row, line in zip(table.rows, table.lines, strict=True):
        ids = {name: row[at].removeprefix("#") for at, name in columns.items() if at is not None}
        ids = {name: text for name, text in ids.items() if text.casefold() not in _NO_ID}
        if "@" in ids.get("login", ""):
            ids.setdefault("email", ids["login"])
        if not ids or (kind.site == "Canvas" and "canvas" not in ids) or _is_staff(row, table):
            continue
        name = " ".join(dict.fromkeys(row[at] for at in names if row[at]))
        yield Row(
            Student(ids, words(name)),
            line,
            row,
            row[group] if group is not None else "",
            late=_is_late(row, table),
            test=kind.site == "Canvas" and _is_test(name, ids, table, line == table.lines[-1]),
        )


def _is_staff(row: Sequence[str], table: Table) -> bool:
    at = table.column("role")
    return at is not None and row[at].casefold() not in ("", "student")


def _is_late(row: Sequence[str], table: Table) -> bool:
    at = next((at for header in _LATENESS if (at := table.column(header)) is not None), None)
    late = table.column("late")
    said = at is not None and not _ON_TIME.fullmatch(row[at])
    return said or (late is not None and row[late].casefold() == "true")


def _is_test(name: str, ids: Mapping[str, str], table: Table, is_last: bool) -> bool:
    """True for the test student of Canvas: its name is translated, it has no SIS id, and is the last row.

    A spreadsheet may have sorted the rows, so its login, a digest, and its name count elsewhere too.
    """
    if "sis" in ids:
        return False
    if name.casefold() in _TEST_NAMES or _TEST_LOGIN.fullmatch(ids.get("login", "")):
        return True
    return is_last and "login" not in ids and "sis user id" in table.headers


def _without_lost(rows: Iterable[Row]) -> tuple[tuple[Row, ...], list[str]]:
    """Remove ids that a spreadsheet has made a rounded number, with a sentence for each."""
    kept, odd = [], []
    for row in rows:
        lost = {kind: text for kind, text in row.student.ids.items() if LOST.fullmatch(text)}
        if lost:
            ids = {kind: text for kind, text in row.student.ids.items() if kind not in lost}
            row = replace(row, student=replace(row.student, ids=ids))
            said = ", ".join(f"{kind} id {text}" for kind, text in lost.items())
            odd.append(f"line {row.line} of the sheet: a spreadsheet has rounded the {said}")
        kept.append(row)
    return tuple(kept), odd


def _latest(rows: Iterable[Row], table: Table) -> tuple[Row, ...]:
    """Return the row of the latest attempt of each student: `scores.csv` has one for each attempt."""
    tag, time = table.column("submission_tag"), table.column("datetime")
    if tag is None or time is None:
        return tuple(rows)
    latest: dict[str, Row] = {}
    for row in rows:
        user = row.student.ids.get("github", "")
        if user not in latest or latest[user].cells[time] < row.cells[time]:
            latest[user] = row
    return tuple(latest.values())
