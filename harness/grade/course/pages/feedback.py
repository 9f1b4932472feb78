"""`pages`: the pages of all students."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from ...rubric import Rubric
from ..marks import Mark
from ..page_names import page_names
from .student import student_page


def pages(
    marks: Sequence[Mark],
    rubric: Rubric,
    rows: Callable[[str], Sequence[Mapping[str, Any]]],
    *,
    open_hidden: bool,
) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each page.

    `rows` gives the rows of the cases in which a submission fails, by its key.
    """
    of_page: dict[str, list[Mark]] = {}
    for name, mark in zip(page_names(marks), marks, strict=True):
        of_page.setdefault(name, []).append(mark)
    for name, several in of_page.items():
        first = several[0]
        ran = rows(first.key) if first.result is not None else ()
        yield name, student_page(several, rubric, ran, open_hidden=open_hidden)
