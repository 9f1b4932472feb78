"""The grading worksheet of Moodle in any language and order of columns, known by what its cells hold.

- `read`: the roster, or None for another sheet.

A column has a word and a number in each row, the same word everywhere: "Participant 123", "Teilnehmer/in123".
Headers and words are translated, so only the number counts. Source: `mod/assign/gradingtable.php` of Moodle.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ....text import words
from ..plan import Student
from .roster import Roster, Row
from .table import Table

_IDENTIFIER = re.compile(r"(?P<word>[^\d\s][^\d]*?)\s*(?P<number>\d+)")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
_FEWEST_COLUMNS = 7
# Headers and words of a status, in as many languages as are known: others say nothing.
_NUMBERS = (
    "id number", "idnumber", "id-nummer", "numéro d'identification", "número de id", "numero id",
)  # fmt: skip
_NAMES = (
    "full name", "vollständiger name", "nom complet", "nombre completo", "volledige naam",
    "nome completo", "nome e cognome", "cognome nome", "fullständigt namn", "pełna nazwa",
)  # fmt: skip
_STATUS = ("status", "statut", "estado", "stato", "estat", "état", "stav", "staða")
_DRAFT = (
    "draft (", "entwurf (", "brouillon (", "borrador (", "concept (", "bozza (", "rascunho (", "utkast (",
)  # fmt: skip
_NONE = (
    "no submission", "keine abgabe", "aucun travail remis", "pas de travail remis", "sin entrega",
    "no entregado", "no hay entrega", "geen inzending", "niets ingezonden", "nessuna consegna", "sem envio",
    "nenhum envio", "não submetido", "ingen inlämning", "no hi ha tramesa", "gönderim yok", "neodesláno",
)  # fmt: skip
_LATE = (
    " late", " zu spät", " verspätet", "en retard", "de retard", "retraso", "atraso", " te laat",
    "ritardo", "för sen",
)  # fmt: skip


def read(table: Table, downloaded: Iterable[Student]) -> Roster | None:
    """Return the roster of a worksheet, or None when no column holds participants.

    Names of accounts may look like participants. So a sheet for a download of another site must be as wide
    as Moodle makes it.
    """
    fewest = 1 if any("moodle" in student.ids for student in downloaded) else _FEWEST_COLUMNS
    at = next((at for at in range(len(table.headers)) if _participants(table, at)), None)
    if at is None or len(table.headers) < fewest:
        return None
    address = next((n for n in range(len(table.headers)) if _addresses(table, n)), None)
    number = next((n for header in _NUMBERS if (n := table.column(header)) is not None), None)
    name = next((n for header in _NAMES if (n := table.column(header)) is not None), None)
    if name is None and address not in (None, at + 1) and at + 1 < len(table.headers):
        name = at + 1  # where Moodle writes it; a blind sheet has neither name nor address
    status = [n for header in _STATUS if (n := table.column(header)) is not None]
    rows = []
    for row, line in zip(table.rows, table.lines, strict=True):
        match = _IDENTIFIER.fullmatch(row[at])
        if not match:
            continue
        others = {"email": address, "sis": number}
        ids = {"moodle": match["number"]}
        ids |= {kind: row[n] for kind, n in others.items() if n is not None and row[n]}
        said = " ".join(row[n] for n in status).casefold()
        odd = ("Moodle has it as a draft that was not submitted",) if _has(said, _DRAFT) else ()
        if _has(said, _NONE):
            odd = ("the sheet says that nothing was handed in: it may be older than the download",)
        student = Student(ids, words(row[name]) if name is not None else "")
        rows.append(Row(student, line, row, late=_has(said, _LATE), odd=odd))
    return Roster("Moodle", tuple(rows))


def _participants(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows if row[at]]
    found = [_IDENTIFIER.fullmatch(cell) for cell in cells]
    return bool(cells) and all(found) and len({match["word"] for match in found if match}) == 1


def _addresses(table: Table, at: int) -> bool:
    cells = [row[at] for row in table.rows if row[at]]
    return bool(cells) and all(map(_ADDRESS.fullmatch, cells))


def _has(said: str, marks: Sequence[str]) -> bool:
    return any(mark in said for mark in marks)
