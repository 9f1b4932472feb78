"""A file of comma-separated values as its cells, each with its place in the text.

- `Cells`: all of it. `Cell`, `Record`: a cell and a row. `read_cells`: from a file to them. `clean`: the
  text that a cell means.

The library `csv` forgets where a cell was, how it was quoted and how its line ended. A command that fills a
sheet must leave all of this as it is, so the reader is our own. It reads a file as `csv.reader` does, but
refuses a quote that is never closed. The encoded text is the bytes of the file again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ....errors import UsageError
from ....text import words

_LARGEST = 32 << 20
_SEPARATORS = ",;\t"
_NO_CSV = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # how files of spreadsheets begin
# Each mark of the order of bytes, and the encoding of the text behind it.
_MARKS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}
# The last one has a character for every byte.
_UNMARKED = ("utf-8", "cp1252", "latin-1")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')
_LINE_END = re.compile(r"\r\n|\r|\n")
# A file that begins with such a line tells Excel its separator.
_TOLD = re.compile(r"sep=(.)(?:\r\n|\r|\n)")
# Canvas writes a cell that begins with = as a formula whose value is the text.
_FORMULA = re.compile(r'="(.*)"', re.DOTALL)


@dataclass(frozen=True)
class Cell:
    """The characters from `start` to `end` of the text, quotes included, and what they say."""

    start: int
    end: int
    says: str


@dataclass(frozen=True)
class Record:
    """A row, and the line of the file on which it ends."""

    cells: tuple[Cell, ...]
    line: int

    def says(self, at: int) -> str:
        """Return what a cell says: "" for a cell that the row does not have."""
        return self.cells[at].says if at < len(self.cells) else ""


@dataclass(frozen=True)
class Cells:
    """A sheet. `mark` are the bytes before the text, and `records` the rows that are not blank."""

    text: str
    mark: bytes
    encoding: str
    separator: str
    records: tuple[Record, ...]

    @property
    def odd(self) -> tuple[str, ...]:
        """Return a sentence when the file has no encoding that it should have."""
        if self.encoding.startswith("utf"):
            return ()
        return (
            "the sheet is not UTF-8 and was read as Windows-1252: names may look wrong, ids do not",
        )


def read_cells(path: Path) -> Cells:
    """Return the cells of a sheet. UsageError when it cannot be read."""
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
    try:
        return _cells(data)
    except ValueError as problem:
        raise UsageError(f"the sheet {shown} cannot be read as CSV: {problem}") from None


def _cells(data: bytes) -> Cells:
    """Return the cells of the bytes. ValueError when they are no table."""
    mark = next((mark for mark in _MARKS if data.startswith(mark)), b"")
    text, encoding = _decoded(data.removeprefix(mark), [_MARKS[mark]] if mark else _UNMARKED)
    if "\0" in text:
        raise ValueError("it holds zero bytes; save it as CSV in UTF-8")
    told = _TOLD.match(text)
    separator = told[1] if told else _separator(text)
    records = tuple(_records(text, separator, told.end() if told else 0))
    if not records:
        raise ValueError("it is empty")
    return Cells(text, mark, encoding, separator, records)


def _decoded(data: bytes, encodings: Sequence[str]) -> tuple[str, str]:
    why = ""
    for encoding in encodings:
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError as problem:
            why = f"byte {problem.start} of the text is not {encoding}"
    raise ValueError(f"{why}; save it as CSV in UTF-8")


def _separator(text: str) -> str:
    """Return the separator that occurs most often on the first line, outside of quotes."""
    first = _QUOTED.sub("", text[:100_000]).lstrip("\r\n").partition("\n")[0]
    return max(_SEPARATORS, key=first.count)


def _records(text: str, separator: str, start: int) -> Iterator[Record]:
    between = re.escape(separator)
    cell = re.compile(rf'("(?:[^"]++|"")*+")?([^{between}\r\n]*+)({between}|\r\n|\r|\n|\Z)')
    line, cells = len(_LINE_END.findall(text, 0, start)), list[Cell]()
    for match in cell.finditer(text, start):
        quoted, plain, end = match.groups()
        if quoted is None and plain.startswith('"'):
            raise ValueError(f"the quote that begins on line {line + 1} is never closed")
        says = plain if quoted is None else quoted[1:-1].replace('""', '"') + plain
        cells.append(Cell(match.start(), match.end(2), says))
        line += len(_LINE_END.findall(quoted or ""))
        if end != separator:
            line += 1
            if any(each.says.strip() for each in cells):
                yield Record(tuple(cells), line)
            cells = []


def clean(says: str) -> str:
    """Return what a cell says without blanks around it, and without the formula that Canvas makes of it."""
    match = _FORMULA.fullmatch(says.strip())
    return match[1].replace('""', '"') if match else says.strip()
