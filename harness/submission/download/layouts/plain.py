"""Plain: a file, a zip or a folder for each student, named by the student."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import PurePosixPath

from ...files import ARCHIVE, LeftOut, suffix_of
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, within

_CODE = (".py", ".ipynb", ARCHIVE)
_CLASS = re.compile(rb"^(?:In ?\[[ \d]*\]:)?[ \t]*class[ \t]+\w+[ \t]*[(:]", re.MULTILINE)


def owned(contents: Contents) -> set[str]:
    """Return the folders and the files of code at the top; a text is code when it defines a class."""
    tops = contents.tops
    found = {
        top for top in tops if contents.is_folder(top) or suffix_of(PurePosixPath(top)) in _CODE
    }
    texts = (top for top in tops if suffix_of(PurePosixPath(top)) == ".txt")
    return found | {top for top in texts if _defines_a_class(top, contents)}


def _defines_a_class(top: str, contents: Contents) -> bool:
    file = contents.files.get(top)
    try:
        return file is not None and bool(_CLASS.search(file.code()))
    except LeftOut:
        return False


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
        found.append(Handed(key, top, (Student({"folder": stem}),), files, odd=odd))
    return found


def _stem(top: str, contents: Contents) -> str:
    return top if contents.is_folder(top) else PurePosixPath(top).stem


LAYOUT = Layout("plain", "are a file or a folder each", owned, read)
