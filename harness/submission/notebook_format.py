"""Notebooks and exported texts as cells of Python.

- `of_notebook`: the code cells of an `.ipynb` file, numbered over all cells from 1.
- `code_alone`: an `.ipynb` file reduced to its code cells, without outputs and pictures. `without_outputs`:
  the same for outputs alone, of a file that is too large to be parsed.
- `of_text`: the cells of a printed notebook, a text in which "In [3]:" stands before each cell.
- `of_script`: the parts of a `.py` file in which "# In[3]:" or "# %%" stands before each cell.

Notebook format: nbformat 4 (and 3, with its worksheets).
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .magics import NO_PYTHON, as_python, split, without_magics

if TYPE_CHECKING:
    from mmap import mmap

MARKER = re.compile(r"^In ?\[[ \d]*(?:None)?\]:[ \t]*", re.MULTILINE)
_IN_SCRIPT = re.compile(r"# ?(?:In ?\[[ \d]*\]:|%%)")
_MOST_PARTS = 500
# Sage is Python with more; "ipython" is an old name.
_PYTHON = re.compile("python|sage", re.IGNORECASE)
_LONGEST_NAME = 40
# A string, or a bracket.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[\[\]{}]', re.DOTALL)
_OUTPUTS = b'"outputs"'
_MOST_VALUES, _MOST_CELLS = 4_000_000, 20_000


class Cell(NamedTuple):
    """`number` counts from 1; `magic` is the magic that makes it no Python, without the %%, or empty."""

    number: int
    source: str
    magic: str = ""


def of_notebook(text: str) -> list[Cell]:
    """Return the code cells. ValueError when the text is no notebook."""
    try:
        document = json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply to be a notebook") from None
    except ValueError as problem:
        raise ValueError(f"it is no notebook: {problem}") from None
    found = _cells(document)
    language = _language(document).get("language_info", {}).get("name", "")
    if language and not _PYTHON.search(language):
        raise ValueError(f"its language is {language}, and not Python")
    if found is None:
        raise ValueError("it is no notebook: it has no list of cells")
    kept = []
    for number, cell in enumerate(found, start=1):
        code = _code_of(cell)
        if code is not None:
            magic, python = split(code["source"])
            kept.append(Cell(number, python, magic))
    return kept


def without_outputs(data: bytes | mmap) -> bytes:
    """Return the text of a notebook with an empty list in place of the outputs of each cell.

    It is not parsed, and the outputs are not copied. ValueError when it holds too many values.
    """
    kept: list[bytes] = []
    start = level = 0
    at_outputs = False
    for count, token in enumerate(_TOKEN.finditer(data)):
        if count > _MOST_VALUES:
            raise ValueError(f"it holds more than {_MOST_VALUES:,} values")
        at, end = token.span()
        opens = data[at] in b"[{"
        if level:
            level += 1 if opens else -1 if data[at] in b"]}" else 0
            start = at if not level else start
        elif at_outputs and opens:
            kept.append(data[start:end])
            level = 1
        at_outputs = end - at == len(_OUTPUTS) and data[at:end] == _OUTPUTS
    return b"".join([*kept, data[start:]])


def code_alone(data: bytes) -> bytes:
    """Return a notebook that has the code cells of another one, and an empty object for each other cell.

    The parent calls this, so a text that would take many times its size in memory is not parsed. ValueError
    when it is no notebook, holds too many values or too many cells.
    """
    if sum(map(data.count, (b",", b"[", b"{"))) > _MOST_VALUES:
        raise ValueError(f"it holds more than {_MOST_VALUES:,} values")
    try:
        # Numbers stay texts, because they are not needed, and converting long ones takes long.
        document = json.loads(data, parse_int=str, parse_float=str)
        found = _cells(document) or []
    except (RecursionError, MemoryError, ValueError):
        raise ValueError("it is no notebook") from None
    if not 0 < len(found) <= _MOST_CELLS:
        raise ValueError(f"it has {len(found):,} cells")
    elsewhere: dict[str, str] = {}
    kept = [_code_of(cell) or elsewhere for cell in found]
    return json.dumps({"cells": kept, "metadata": _language(document)}).encode()


def _language(document: Any) -> dict[str, dict[str, str]]:
    """Return the metadata of a notebook, reduced to the name of its language, if that is known."""
    metadata = document.get("metadata") if isinstance(document, dict) else None
    for part, key in (("language_info", "name"), ("kernelspec", "language")):
        said = metadata.get(part) if isinstance(metadata, dict) else None
        name = said.get(key) if isinstance(said, dict) else None
        if name and isinstance(name, str):
            return {"language_info": {"name": name[:_LONGEST_NAME]}}
    return {}


def _code_of(cell: Any) -> dict[str, str] | None:
    if not isinstance(cell, dict) or cell.get("cell_type") != "code":
        return None
    source = cell.get("source", cell.get("input", ""))
    lines = source if isinstance(source, list) else [source]
    written = "".join(line for line in lines if isinstance(line, str))
    return {"cell_type": "code", "source": written}


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
    """Return the cells behind the markers, each with as many of its lines as are Python."""
    starts = list(MARKER.finditer(text))
    ends = [*(mark.start() for mark in starts[1:]), len(text)]
    found = []
    for number, (mark, end) in enumerate(zip(starts, ends, strict=True), start=1):
        magic, python = split(text[mark.end() : end])
        found.append(Cell(number, python if magic else _longest_python(python), magic))
    return found


def of_script(text: str) -> Iterator[str]:
    """Yield the parts between the markers, each on the lines where it stands; without markers the whole."""
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if _IN_SCRIPT.match(line)]
    if len(starts) > _MOST_PARTS:
        starts = []
    # A marker inside of a statement, such as a class, is only a comment. This is known only if all is Python.
    inside = [range(s.lineno, s.end_lineno or 0) for s in _statements(text)] if starts else []
    starts = [at for at in starts if at and not any(at in lines_of for lines_of in inside)]
    for start, end in zip([0, *starts], [*starts, len(lines)], strict=True):
        yield "\n" * start + "\n".join(lines[start:end])


def _statements(text: str) -> list[ast.stmt]:
    try:
        return ast.parse(as_python(text)).body
    except NO_PYTHON:
        return []


def _longest_python(source: str) -> str:
    """Return the lines from the start that compile: prose may follow a cell without a marker."""
    if _compiles(source):
        return source
    source = without_magics(source)
    lines = source.split("\n")
    for end in range(len(lines), 0, -1):
        if end < len(lines) and not lines[end - 1].strip():
            continue
        candidate = "\n".join(lines[:end])
        if _compiles(candidate):
            return candidate
    # No line of it is Python. Running it will show the error.
    return source


def _compiles(source: str) -> bool:
    try:
        compile(source, "cell", "exec", dont_inherit=True)
    except NO_PYTHON:
        return False
    return True
