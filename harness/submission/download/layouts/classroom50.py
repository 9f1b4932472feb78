"""Classroom 50, `gh teacher download`: a repository for each student or group, with a `result.json`.

`{classroom}-{assignment}-{owner}/`. Repositories of other tools have the same shape: a common start of the
names, and a `.git` in each. Source: `schemas/result-v1.schema.json` of foundation50/classroom50.
"""

from __future__ import annotations

import json
import os
from collections.abc import Set
from typing import Any

from ...files import LeftOut
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, within

_RESULT, _SCHEMA = "result.json", "classroom50/result/"
_LARGEST_RESULT = 16 << 20
_MARKS = (".classroom50.yaml", ".git")


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each repository. The owner is in `result.json`, else at the end of the name."""
    folders = sorted(_owned(contents))
    start = _start(folders, contents)
    found = []
    for folder in folders:
        result = _result(contents, folder)
        owner = str(result.get("owner") or "") if folder.endswith(str(result.get("owner"))) else ""
        owner = owner or folder.removeprefix(start)
        group = owner if result.get("assignment_type") == "group" else ""
        files = tuple(file for file in within(contents, folder) if file.name not in (_RESULT,))
        found.append(Handed(owner, folder, (Student({"github": owner}),), files, group=group))
    return found


def _owned(contents: Contents) -> set[str]:
    """Return the repositories; a folder without a mark is one when its name starts as theirs do.

    A student may add a mark to a folder of another layout, so that most folders must have one, and the same
    start of their names unless it is the mark of Classroom 50.
    """
    folders = [top for top in contents.tops if contents.is_folder(top)]
    marked = [each for each in folders if _is_marked(contents, each)]
    start = _start(marked, contents) if marked else ""
    found = {each for each in folders if each in marked or (start and each.startswith(start))}
    sure = bool(start) or any(f"{each}/{_MARKS[0]}" in contents.hidden for each in marked)
    return found if sure and 2 * len(found) > len(folders) else set()


def _is_marked(contents: Contents, folder: str) -> bool:
    marked = any(f"{folder}/{mark}" in contents.hidden for mark in _MARKS)
    return marked or bool(_result(contents, folder))


def _start(folders: list[str], contents: Contents) -> str:
    """Return the part that all names have in common, up to a dash."""
    result = _result(contents, folders[0]) if folders else {}
    if result and folders[0].startswith(
        start := f"{result.get('classroom')}-{result.get('assignment')}-"
    ):
        return start
    common = os.path.commonprefix(folders) if len(folders) > 1 else ""  # noqa: RUF071 - by characters
    return common[: common.rfind("-") + 1]


def _result(contents: Contents, folder: str) -> dict[str, Any]:
    """Return the `result.json` of a repository, or an empty object when it has none. It is not trusted."""
    file = contents.files.get(f"{folder}/{_RESULT}")
    try:
        result = json.loads(file.raw(_LARGEST_RESULT)) if file else {}
    except (LeftOut, ValueError, RecursionError):
        return {}
    known = isinstance(result, dict) and str(result.get("schema")).startswith(_SCHEMA)
    return result if known else {}


LAYOUT = Layout("Classroom 50", "are repositories of one assignment", _owned, read)
