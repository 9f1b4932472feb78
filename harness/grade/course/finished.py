"""A finished grading, read from its folder: the same marks that `grade_course` had when it wrote it.

- `Finished`: rubric, marks and files. `read_finished`: from a folder to it. `with_names`: with the students
  of an anonymous grading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from ...errors import UsageError
from ...submission.download.plan import Student
from ...text import words
from ..item_result import ItemResult, State
from ..rubric import Rubric
from .folder import KEY
from .grading_file import ANEW, GRADING, read_grading
from .key_file import TOKEN, Key
from .marks import Mark, Status
from .overrides import Override


@dataclass(frozen=True)
class Finished:
    """A grading. `files` has the name in the download of the file that was graded, by submission.

    The marks have no `result`. `pages` has the page of each mark, relative to the folder, and `findings` the
    mistakes.
    """

    folder: Path
    rubric: Rubric
    marks: tuple[Mark, ...]
    pages: tuple[str, ...]
    findings: tuple[Sequence[Mapping[str, Any]], ...]
    files: Mapping[str, str]


def read_finished(folder: Path) -> Finished:
    """Return the grading in a folder.

    Raises UsageError when there is none, or `grading.json` was changed to something else.
    """
    found = read_grading(folder)
    try:
        rubric = Rubric.model_validate(found["rubric"])
        marks = tuple(_mark(each, rubric) for each in found["students"])
        pages = tuple(each["feedback"] for each in found["students"])
        findings = tuple(each["findings"] for each in found["students"])
        files = {each["submission"]: each["file"] for each in found["plan"]["submissions"]}
    except (KeyError, TypeError, ValueError, ValidationError) as problem:
        missing = " is missing" if isinstance(problem, KeyError) else ""
        why = words(str(problem).splitlines()[0]) + missing
        raise UsageError(
            f"{words(str(folder / GRADING))} cannot be understood: {why}; {ANEW}"
        ) from None
    return Finished(folder, rubric, marks, pages, findings, files)


def with_names(grading: Finished) -> Finished:
    """Return the grading with names, ids and files in place of tokens, when it is anonymous.

    Raises UsageError when its key cannot be read, or lacks a token.
    """
    if not any(TOKEN in mark.student.ids for mark in grading.marks):
        return grading
    key = Key(grading.folder)
    owners = key.owners()
    tokens = [mark.student.ids.get(TOKEN, "") for mark in grading.marks]
    if lost := next((token for token in tokens if token not in owners), None):
        raise UsageError(
            f"{words(str(grading.folder / KEY))} does not say whose the token {words(lost)} is; put back the "
            "file that gradconform wrote"
        )
    named = zip(grading.marks, tokens, strict=True)
    marks = tuple(replace(mark, student=owners[token]) for mark, token in named)
    return replace(grading, marks=marks, files=key.files())


def _mark(found: Mapping[str, Any], rubric: Rubric) -> Mark:
    hidden = {item.name for item in rubric.items if item.hidden}
    bonus = {item.name for item in rubric.items if item.bonus}
    return Mark(
        found["submission"],
        Student(found["ids"], found["name"]),
        Status(found["status"]),
        tuple(_item(each, hidden, bonus) for each in found["items"]),
        frozenset(each["item"] for each in found["items"] if not each["points"]),
        late=found["late"],
        gone=found["gone"],
        why=found["why"],
        given=tuple(map(Override.model_validate, found["overrides"])),
        comments=tuple(map(Override.model_validate, found["comments"])),
        stale=tuple(map(Override.model_validate, found["stale_overrides"])),
    )


def _item(found: Mapping[str, Any], hidden: set[str], bonus: set[str]) -> ItemResult:
    name = found["item"]
    return ItemResult(
        name,
        Fraction(found["points"] or 0),
        Fraction(found["most"]),
        State(found["state"]),
        found["passed"],
        found["asked"],
        tuple(found["reasons"]),
        tuple(found["failing"]),
        tuple(found["wrong"]),
        found["at_fault"],
        hidden=name in hidden,
        bonus=name in bonus,
    )
