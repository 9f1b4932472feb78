"""Moodle, "Download all submissions": a folder for each student, or flat files, named by a number.

`{name}_{number}_assignsubmission_{plugin}[_]/{file}` or flat `..._{file}`. The number is the
participant's, which ends the first column of the grading worksheet, or a group's. Those in no group share one
folder without a number. Source: `mod/assign/classes/downloader.php` of Moodle.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Set
from pathlib import PurePosixPath

from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, Sent, within

_NAMED = re.compile(
    r"(?P<who>.+?)(?:_(?P<id>\d+))?_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<rest>.*))?"
)
_FILE = "file"


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each number; the numbers are in the names alone, so `known` is not needed."""
    tops = contents.tops
    # The number of a group may be the number of a student too.
    found: dict[tuple[str, str], list[tuple[str, re.Match[str]]]] = defaultdict(list)
    for top in tops:
        match = _NAMED.fullmatch(top)
        if match:
            found[match["id"] or match["who"], match["who"]].append((top, match))
    handed = []
    for (key, who), parts in found.items():
        first = parts[0][1]
        files: list[Sent] = []
        odd: list[str] = []
        for top, match in parts:
            if match["plugin"] != _FILE:
                odd += [f"a text was typed in: {name}" for name in tops[top]]
            elif contents.is_folder(top):
                files += within(contents, top)
            else:
                files.append(Sent(top, match["rest"] or PurePosixPath(top).name))
        ids = {"moodle": key} if first["id"] else {}
        student = Student(ids, who)
        label = f"{who}_{key}" if ids else key
        handed.append(Handed(key, label, (student,), tuple(files), group=who, odd=tuple(odd)))
    return handed


def _owned(contents: Contents) -> set[str]:
    return {top for top in contents.tops if _NAMED.fullmatch(top)}


LAYOUT = Layout("Moodle", "are named by a number and assignsubmission", _owned, read)
