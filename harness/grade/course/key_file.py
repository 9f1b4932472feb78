"""`key.csv`: whose the random tokens of an anonymous grading are. No other file holds a name or an id.

- `Key`: gives tokens, the same ones at every further command.
"""

from __future__ import annotations

import csv
import io
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import UsageError
from ...report.results_file import reading
from ...submission.download.plan import HandIn, Student
from ...text import for_spreadsheet, words
from .folder import KEY, write_whole

TOKEN = "token"
_FIRST = ("submission", TOKEN, "original", "file", "name")
# Without vowels no token is a word, and without digits no spreadsheet takes one for a number.
_LETTERS = "bcdfghjkmnpqrstvwxz"
_TOKEN = re.compile(rf"[{_LETTERS}]{{3}}-[{_LETTERS}]{{3}}")


@dataclass(frozen=True)
class _Row:
    """One student in one submission. All texts but the tokens are as the file has them.

    `submission` is the token of the submission, "" without one. `original` is its key in the download, and
    `file` the name there of the file that is graded.
    """

    submission: str
    token: str
    original: str
    file: str
    name: str
    ids: Mapping[str, str]

    @property
    def known_by(self) -> Iterator[tuple[str, str]]:
        """What tells this student from others: the ids, or the name where there is none."""
        yield from self.ids.items() or [("name", self.name)]


class Key:
    """The tokens of a grading in `folder`. Nothing is written before `keep`."""

    def __init__(self, folder: Path) -> None:
        """Read the file, if there is one. UsageError when it cannot be read or is no such file."""
        self._path = folder / KEY
        self._text = self._read()
        self._rows = {(row.submission, row.token): row for row in self._parsed()}
        self._students = {id: r.token for r in self._rows.values() for id in r.known_by}
        self._submissions = {r.original: r.submission for r in self._rows.values() if r.submission}
        self._taken = {token for pair in self._rows for token in pair}
        self.is_new = False  # a token was given that the file has not

    def of(self, hand_in: HandIn) -> tuple[str, tuple[str, ...]]:
        """Return the token of a submission, and those of its students.

        The only student of a submission has the same token as the submission, where that is possible.
        """
        rows = [_row(student) for student in hand_in.students]
        students = tuple(map(self._student, rows))
        original, file = for_spreadsheet(hand_in.key), for_spreadsheet(hand_in.taken)
        if original not in self._submissions:
            own = students[0] if len(students) == 1 else ""
            elsewhere = any(token == own and other for other, token in self._rows)
            self._submissions[original] = self._new() if elsewhere or not own else own
        submission = self._submissions[original]
        for row, token in zip(rows, students, strict=True):
            self._rows.pop(("", token), None)
            found = replace(row, submission=submission, token=token, original=original, file=file)
            self._rows[submission, token] = found
        return submission, students

    def of_absent(self, student: Student) -> str:
        """Return the token of a student without a submission."""
        row = _row(student)
        token = self._student(row)
        if not any(other == token for _, other in self._rows):
            self._rows["", token] = replace(row, token=token)
        return token

    def token_of(self, name: str) -> str:
        """Return the token for the key of a submission or an id, or the text itself where there is none."""
        cell = for_spreadsheet(name)
        found = {token for (_, id), token in self._students.items() if id == cell}
        return self._submissions.get(cell) or (found.pop() if len(found) == 1 else name)

    def owners(self) -> dict[str, Student]:
        """Return whose each token is."""
        return {
            row.token: Student({kind: _plain(id) for kind, id in row.ids.items()}, _plain(row.name))
            for row in self._rows.values()
        }

    def files(self) -> dict[str, str]:
        """Return the name in the download of the file that is graded, by the token of the submission."""
        return {row.submission: _plain(row.file) for row in self._rows.values() if row.submission}

    def keep(self) -> None:
        """Write the file. UsageError when it cannot be written, or another command has changed it."""
        if self._read() != self._text:
            raise UsageError(
                f"{words(str(self._path))} was changed while the download was read; say the command again"
            )
        rows = sorted(self._rows.values(), key=lambda row: (row.submission or row.token, row.token))
        kinds = list(dict.fromkeys(kind for row in rows for kind in row.ids))
        text = io.StringIO()
        line = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL).writerow
        line([*_FIRST, *kinds])
        for row in rows:
            ids = [row.ids.get(kind, "") for kind in kinds]
            line([row.submission, row.token, row.original, row.file, row.name, *ids])
        write_whole(self._path, text.getvalue())

    def _student(self, row: _Row) -> str:
        known = (self._students[id] for id in row.known_by if id in self._students)
        token = next(known, "") or self._new()
        self._students |= dict.fromkeys(row.known_by, token)
        return token

    def _new(self) -> str:
        self.is_new = True
        while True:
            drawn = "".join(secrets.choice(_LETTERS) for _ in range(6))
            token = f"{drawn[:3]}-{drawn[3:]}"
            if token not in self._taken:
                self._taken.add(token)
                return token

    def _read(self) -> str:
        if not self._path.exists():
            return ""
        with reading(self._path):
            return self._path.read_bytes().decode(errors="replace")

    def _parsed(self) -> Iterator[_Row]:
        for number, cells in enumerate(csv.DictReader(io.StringIO(self._text)), 2):
            tokens = [cells.get("submission"), cells.get(TOKEN)]
            shaped = all(each is not None for each in cells.values()) and None not in cells
            fits = shaped and set(_FIRST) <= cells.keys()
            if not fits or not all(_TOKEN.fullmatch(each) for each in tokens if each):
                raise UsageError(
                    f"{words(str(self._path))}, line {number}: a row of a key with tokens such as bcd-fgh "
                    "was expected; something else came; put back the file that gradconform wrote"
                )
            ids = {kind: id for kind, id in cells.items() if kind not in _FIRST and id}
            submission, token, original, file, name = (cells[each] for each in _FIRST)
            yield _Row(submission, token, original, file, name, ids)


def _plain(cell: str) -> str:
    """Return the text of which `for_spreadsheet` made the cell."""
    bare = cell.removeprefix("'")
    return bare if for_spreadsheet(bare) == cell else cell


def _row(student: Student) -> _Row:
    ids = {kind: for_spreadsheet(id) for kind, id in student.ids.items()}
    return _Row("", "", "", "", for_spreadsheet(student.name), ids)
