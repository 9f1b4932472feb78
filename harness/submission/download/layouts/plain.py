"""Plain: a file, a zip or a folder for each student, named by the student."""

from __future__ import annotations

from collections.abc import Set
from pathlib import PurePosixPath

from ...files import ARCHIVE, suffix_of
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, within

_CODE = (".py", ".ipynb", ARCHIVE)


def owned(contents: Contents) -> set[str]:
    """Return the folders and the files of code at the top."""
    return {
        top
        for top in contents.tops
        if contents.is_folder(top) or suffix_of(PurePosixPath(top)) in _CODE
    }


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each folder and for each file of code at the top."""
    tops, mine = contents.tops, owned(contents)
    stems = [_stem(top, contents) for top in tops if top in mine]
    found = []
    for top in tops:
        if top not in mine:
            continue
        stem = _stem(top, contents)
        # `ada.py` and `ada.ipynb` beside one another are two submissions, until a person says otherwise.
        key = stem if stems.count(stem) == 1 else top
        files = within(contents, top)
        odd = (
            ()
            if key == stem
            else (f"{stem} occurs as several entries: each is a submission of its own",)
        )
        found.append(Handed(key, top, (Student({"folder": stem}, stem),), files, odd=odd))
    return found


def _stem(top: str, contents: Contents) -> str:
    return top if contents.is_folder(top) else PurePosixPath(top).stem


LAYOUT = Layout("plain", "are a file or a folder each", owned, read)
