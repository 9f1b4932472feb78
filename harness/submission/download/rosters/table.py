"""A file of comma-separated values as rows of text, as sites and spreadsheets write it.

- `Table`: the headers and the rows. `read_table`: from a file to it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from pathlib import Path

from ....errors import UsageError
from ....text import words

_LARGEST = 32 << 20
_SEPARATORS = ",;\t"
_NO_CSV = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how files of spreadsheets begin
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
# Canvas writes a cell that begins with = as a formula whose value is the text.
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


@dataclass(frozen=True)
class Table:
    """The headers in lower case, and the rows, all as wide as the headers.

    `lines` has the line of the file on which each row ends. `odd` has sentences about the file.
    """

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    odd: tuple[str, ...] = ()

    def column(self, header: str) -> int | None:
        """Return the index of a column, or None."""
        return self.headers.index(header) if header in self.headers else None


def read_table(path: Path) -> Table:
    """Return a sheet as text, without blank rows. UsageError when it cannot be read."""
    shown = words(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as problem:
        raise UsageError(f"the sheet {shown} cannot be read: {problem.strerror}") from None
    if len(data) > _LARGEST:
        raise UsageError(f"the sheet {shown} is larger than {_LARGEST >> 20} MiB")
    if data.startswith(_NO_CSV):
        raise UsageError(f"the sheet {shown} is no CSV file: save it as CSV, or download it as CSV")
    text, odd = _decoded(data)
    first, _, rest = text.partition("\n")
    separator = first.strip()[4:5] if first.startswith("sep=") else ""  # for Excel
    text = rest if separator else text
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text))
        read = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as problem:
        raise UsageError(f"the sheet {shown} cannot be read as CSV: {problem}") from None
    if not read:
        raise UsageError(f"the sheet {shown} is empty")
    headers = tuple(_clean(cell).casefold() for cell in read[0][1])
    width = len(headers)
    rows = tuple(tuple(map(_clean, (row + [""] * width)[:width])) for _, row in read[1:])
    return Table(headers, rows, tuple(line for line, _ in read[1:]), tuple(odd))


def _decoded(data: bytes) -> tuple[str, list[str]]:
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError:
        said = (
            "the sheet is not UTF-8 and was read as Windows-1252: names may look wrong, ids do not"
        )
        return data.decode("cp1252", "replace"), [said]


def _separator(text: str) -> str:
    """Return the separator that occurs most often on the first line, outside of quotes."""
    first = _QUOTED.sub("", text[:100_000]).partition("\n")[0]
    return max(_SEPARATORS, key=first.count)


def _clean(cell: str) -> str:
    match = _FORMULA.fullmatch(cell.strip())
    return match[1].replace('""', '"') if match else cell.strip()
