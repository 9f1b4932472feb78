"""Gradescope, "Export submissions": a folder for each submission, and `submission_metadata.yml` with a list.

Keys of the list begin with a colon, as Ruby writes symbols; some tools leave it out. Ids are read as text:
YAML would read an unquoted 0012345 as an octal number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import replace
from datetime import datetime
from typing import Any

from ....errors import UsageError
from ....text import words
from ...files import LeftOut
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, within

_LIST = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+")
_LARGEST_LIST = 256 << 20  # with the results of all earlier attempts
_IDS = {"sid": "sis", "email": "email"}


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each entry of the list, and for each folder without one.

    UsageError when the list cannot be read.
    """
    entries = _entries(contents)
    attempts: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for name in sorted(entries, key=lambda name: _created(entries[name])):
        attempts[_who(entries[name]) or (("folder", name),)].append(name)
    latest = {names[-1]: len(names) for names in attempts.values()}
    tops = contents.tops()
    students = [student for entry in entries.values() for student in _students(entry)]
    short = _shortened({student.ids.get("sis", "") for student in students})
    found = []
    for name, count in latest.items():
        why = f"{name} is the latest of {count}" if count > 1 else ""
        found.append(replace(_listed(name, entries[name], contents, short), why=why))
    for name in tops:
        if name in entries or name == _LIST:
            continue
        student = Student({"folder": name})
        odd = (f"{words(name)} is not in {_LIST}: it does not say whose it is",)
        found.append(Handed(name, name, (student,), within(contents, name), odd=odd))
    return found


def _owned(contents: Contents) -> set[str]:
    tops = contents.tops()
    if _LIST not in tops:
        return set()
    entries = _entries(contents)
    return {top for top in tops if top == _LIST or top in entries or _FOLDER.fullmatch(top)}


def _entries(contents: Contents) -> dict[str, Mapping[str, Any]]:
    """Return the list as it is, all scalars as text."""
    import yaml

    try:
        text = contents.files[_LIST].raw(_LARGEST_LIST)
        found = yaml.load(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except (LeftOut, KeyError) as why:
        raise UsageError(f"{_LIST} {why}") from None
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(
            f"{_LIST} cannot be read as YAML{where}: export the submissions again"
        ) from None
    if not isinstance(found, dict):
        raise UsageError(f"{_LIST} has no list of submissions: export the submissions again")
    return {str(name): entry if isinstance(entry, dict) else {} for name, entry in found.items()}


def _value(entry: Mapping[str, Any], key: str) -> Any:
    return entry.get(f":{key}", entry.get(key))


def _students(entry: Mapping[str, Any]) -> tuple[Student, ...]:
    listed = _value(entry, "submitters")
    found = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            said = {kind: _value(each, key) for key, kind in _IDS.items()}
            ids = {kind: text.strip() for kind, text in said.items() if isinstance(text, str)}
            name = _value(each, "name")
            student = {kind: text for kind, text in ids.items() if text}
            found.append(Student(student, words(name) if isinstance(name, str) else ""))
    return tuple(found)


def _shortened(sids: Set[str]) -> set[str]:
    """Return the ids that are shorter than ids with leading zeros: a spreadsheet may have removed theirs."""
    digits = {sid for sid in sids if sid.isdigit()}
    longest = max((len(sid) for sid in digits if sid.startswith("0")), default=0)
    return {sid for sid in digits if len(sid) < longest}


def _who(entry: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for student in _students(entry) for item in student.ids.items()))


def _created(entry: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(_value(entry, "created_at"))).timestamp()
    except ValueError:
        return 0.0


def _listed(name: str, entry: Mapping[str, Any], contents: Contents, short: Set[str]) -> Handed:
    """Return the submission of an entry. Its key is an id of its first student, which stays the same."""
    students = _students(entry) or (Student({"folder": name}),)
    first = students[0].ids
    key = first.get("sis") or first.get("email") or name
    odd = [] if _students(entry) else [f"{name} has no student in {_LIST}"]
    if name not in contents.tops():
        odd.append(f"{name} is in {_LIST}, and the export has no folder of it")
    odd += [
        f"{student.name} has no student id (SID)"
        for student in students
        if "sis" not in student.ids
    ]
    odd += [
        f"the student id {sid} may have lost its leading zeros: a sheet can tell"
        for sid in (student.ids.get("sis", "") for student in students)
        if sid in short
    ]
    files = within(contents, name)
    return Handed(key, name, students, files, odd=tuple(odd))


LAYOUT = Layout("Gradescope", f"are listed in {_LIST}, or named like those", _owned, read)
