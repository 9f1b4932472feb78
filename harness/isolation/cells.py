"""Notebooks and exported texts as cells of Python.

- `of_notebook`: the code cells of an `.ipynb` file, numbered over all cells from 1.
- `of_text`: those of a text in which "In [3]:" stands before each cell, as a notebook is printed.

Notebook format: nbformat 4 (and 3, with its worksheets). What only IPython understands (`%magic`, `!command`,
`name?`) becomes `pass`, on the same line and with the same indentation.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

MARKER = re.compile(r"^In ?\[[ \d]*(?:None)?\]:[ \t]*", re.MULTILINE)
_MAGIC = re.compile(r"^(\s*)(?:[%!].*|\?{1,2}[\w.*]+|[\w.]+\?{1,2})\s*$")
_ASSIGNED = re.compile(r"^(\s*[\w,][\w, ]*=\s*)[%!].*$")
# Cells whose magic only times or silences them; any other one makes them no Python.
_HARMLESS = re.compile(r"^%%(?:time|timeit|capture|prun)\b")


@dataclass(frozen=True)
class Cell:
    """`number` counts from 1."""

    number: int
    source: str


def of_notebook(text: str) -> list[Cell]:
    """The code cells. ValueError when it is no notebook."""
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply to be a notebook") from None
    except ValueError as problem:
        raise ValueError(f"it is no notebook: {problem}") from None
    found = _cells(document)
    if found is None:
        raise ValueError("it is no notebook: it has no list of cells")
    kept = []
    for number, cell in enumerate(found, start=1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            source = cell.get("source", cell.get("input", ""))
            lines = source if isinstance(source, list) else [source]
            written = "".join(line for line in lines if isinstance(line, str))
            kept.append(Cell(number, plain(written)))
    return kept


def _cells(document: Any) -> list[Any] | None:
    if not isinstance(document, dict):
        return None
    if isinstance(document.get("cells"), list):
        return list(document["cells"])
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        return None
    found = [sheet.get("cells") for sheet in sheets if isinstance(sheet, dict)]
    return [cell for group in found if isinstance(group, list) for cell in group]


def of_text(text: str) -> list[Cell]:
    """The cells behind the markers: of each stretch as many lines as are Python."""
    starts = list(MARKER.finditer(text))
    ends = [*(mark.start() for mark in starts[1:]), len(text)]
    return [
        Cell(number, _longest_python(plain(text[mark.end() : end])))
        for number, (mark, end) in enumerate(zip(starts, ends, strict=True), start=1)
    ]


def plain(source: str) -> str:
    """The cell without what only IPython understands."""
    if source.lstrip().startswith("%%"):
        first, _, rest = source.lstrip().partition("\n")
        return "\n" + plain(rest) if _HARMLESS.match(first) else ""
    return "\n".join(map(_plain_line, source.split("\n")))


def _plain_line(line: str) -> str:
    magic = _MAGIC.match(line)
    if magic:
        return f"{magic[1]}pass"
    assigned = _ASSIGNED.match(line)
    return f"{assigned[1]}None" if assigned else line


def _longest_python(source: str) -> str:
    """Prose follows a cell without a mark: drop lines from the end until the rest compiles."""
    lines = source.split("\n")
    for end in range(len(lines), 0, -1):
        if end < len(lines) and not lines[end - 1].strip():
            continue
        candidate = "\n".join(lines[:end])
        try:
            compile(candidate, "cell", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        return candidate
    # Nothing of it is: let its own error be seen when it is run.
    return source
