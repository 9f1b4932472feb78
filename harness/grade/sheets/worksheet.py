"""The columns of Moodle's grading worksheet, in any language and order.

- `Worksheet`: where they are. `worksheet_of`: of a sheet.

Headers are translated. They are known in some languages; in others the cells tell: the maximum is the same
number in each row, and the grade stands before it. Source: `mod/assign/gradingtable.php` and the language
packs of Moodle.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from .numbers import style_of
from .sheet import Sheet

# The header of the grade, and the language that it is in.
_GRADE = {
    "grade": "English", "bewertung": "German", "note": "French", "calificación": "Spanish",
    "cijfer": "Dutch", "valutazione": "Italian", "betyg": "Swedish", "ocena": "Polish",
    "qualificació": "Catalan", "arvosana": "Finnish", "známka": "Czech", "оценка": "Russian",
    "nota": "", "karakter": "",
}  # fmt: skip
_MOST = (
    "maximum grade", "bestwertung", "note maximale", "calificación máxima", "maximumcijfer",
    "maximum cijfer", "valutazione massima", "punteggio massimo", "nota máxima", "maximalt betyg",
    "qualificació màxima",
)  # fmt: skip
_SCALE = ("scale", "skala", "barème", "échelle", "escala", "schaal", "scala")
_FEEDBACK = re.compile(
    r"feedback|retroal|retroacc|comentario|comentário|comentari|commentaire|commenti|kommentar|opmerking"
)
_CHANGE = re.compile(
    r"chang|änder|modifi|cambi|canvi|gewijzigd|alterad|ändra|zmieni|spremen|breyta|измен"
)
_YES = ("yes", "ja", "oui", "sí", "si", "sì", "sim", "tak", "kyllä", "ano", "да", "já")
_NO = ("no", "nein", "non", "nee", "não", "nie", "nej", "nei", "ei", "ne", "нет")


@dataclass(frozen=True)
class Worksheet:
    """The columns, each None when it is not there or not known. `scale` is one of words instead of points.

    `changeable` says whether Moodle lets a grade be changed. `language` is "" when it is not known.
    """

    grade: int | None
    most: int | None
    scale: int | None
    changeable: int | None
    feedback: int | None
    language: str

    def locked(self, text: str) -> bool:
        """True when a cell of the column `changeable` says no."""
        return text.casefold() in _NO


def worksheet_of(sheet: Sheet) -> Worksheet:
    """Return the columns of a worksheet."""
    headers = [header.casefold() for header in sheet.headers]
    columns = [sheet.texts(at) for at in range(len(headers))]
    grade = _named(headers, _GRADE)
    most = _named(headers, _MOST)
    if most is None:
        most = _only([at for at, texts in enumerate(columns) if at != grade and _is_maximum(texts)])
    if grade is None and most is not None:
        grade = _grade_beside(columns, most)
    scale = _named(headers, _SCALE)
    if scale is None and grade is not None and _is_scale(columns[grade + 1 : grade + 2]):
        scale = grade + 1
    yes_or_no = [at for at, texts in enumerate(columns) if texts and _all_in(texts, (*_YES, *_NO))]
    feedback = [at for at, header in enumerate(headers) if _FEEDBACK.search(header)]
    return Worksheet(
        grade,
        most,
        scale if most is None else None,
        _of_several(yes_or_no, [at for at in yes_or_no if _CHANGE.search(headers[at])]),
        # Fields of the profile stand before the grade.
        _of_several(feedback, [at for at in feedback if grade is None or at > grade]),
        _GRADE[headers[grade]] if grade is not None and headers[grade] in _GRADE else "",
    )


def _of_several(found: list[int], better: list[int]) -> int | None:
    """Return the only column that was found, or the only better one."""
    return _only(found) if len(found) == 1 else _only(better)


def _is_scale(columns: list[list[str]]) -> bool:
    """True for a column that has the same lines in each row: the words of a scale."""
    return any(len(set(texts)) == 1 and "\n" in texts[0] for texts in columns)


def _named(headers: list[str], names: Collection[str]) -> int | None:
    return _only([at for at, header in enumerate(headers) if header in names])


def _only(found: list[int]) -> int | None:
    return found[0] if len(found) == 1 else None


def _all_in(texts: list[str], known: Collection[str]) -> bool:
    return all(text.casefold() in known for text in texts)


def _is_maximum(texts: list[str]) -> bool:
    """True for a column with the same number in each row, written with digits behind its sign."""
    return len(set(texts)) == 1 and bool(style_of(texts[:1]).shown_by)


def _grade_beside(columns: list[list[str]], most: int) -> int | None:
    """Return the column before the maximum, where Moodle has the grade, or the only one that may hold it."""
    pattern = columns[most][0]
    number = style_of((), pattern).number
    limit = number(pattern) or 0

    def may_be(texts: list[str]) -> bool:
        values = [number(text) for text in texts if text]
        return all(value is not None and value <= limit for value in values)

    found = [at for at, texts in enumerate(columns) if at != most and may_be(texts)]
    return most - 1 if most - 1 in found else _only(found)
