"""Gradescope, "Export submissions": a folder for each submission, and a list in `submission_metadata.yml`."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import replace

from ....text import words
from ..contents import Contents
from ..plan import Student
from .gradescope_list import LIST, entries_of
from .handed import Handed, Layout, within

_FOLDER = re.compile(r"submission_\d+")


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each entry of the list, and for each folder without one.

    UsageError when the list cannot be read.
    """
    entries = entries_of(contents)
    attempts: dict[tuple[tuple[str, str], ...], list[str]] = defaultdict(list)
    for name in sorted(entries, key=lambda name: entries[name].created):
        attempts[_who(entries[name].students) or (("folder", name),)].append(name)
    latest = {names[-1]: len(names) for names in attempts.values()}
    students = [student for entry in entries.values() for student in entry.students]
    short = _shortened({student.ids.get("sis", "") for student in students})
    found = []
    for name, count in latest.items():
        why = f"{name} is the latest of {count}" if count > 1 else ""
        found.append(replace(_listed(name, entries[name].students, contents, short), why=why))
    for name in contents.tops:
        if name in entries or name == LIST:
            continue
        student = Student({"folder": name})
        odd = (f"{words(name)} is not in {LIST}: it does not say whose it is",)
        found.append(Handed(name, name, (student,), within(contents, name), odd=odd))
    return found


def _owned(contents: Contents) -> set[str]:
    if LIST not in contents.files:
        return set()
    entries = entries_of(contents)
    return {top for top in contents.tops if top == LIST or top in entries or _FOLDER.fullmatch(top)}


def _shortened(sids: Set[str]) -> set[str]:
    """Return the ids that are shorter than ids with leading zeros: a spreadsheet may have removed theirs."""
    digits = {sid for sid in sids if sid.isdigit()}
    longest = max((len(sid) for sid in digits if sid.startswith("0")), default=0)
    return {sid for sid in digits if len(sid) < longest}


def _who(students: Sequence[Student]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for student in students for item in student.ids.items()))


def _listed(name: str, listed: Sequence[Student], contents: Contents, short: Set[str]) -> Handed:
    """Return the submission of an entry. Its key is an id of its first student, which stays the same."""
    students = tuple(listed) or (Student({"folder": name}),)
    first = students[0].ids
    odd = [] if listed else [f"{name} has no student in {LIST}"]
    if name not in contents.tops:
        odd.append(f"{name} is in {LIST}, and the export has no folder of it")
    for student in listed:
        sid = student.ids.get("sis", "")
        if not sid:
            odd.append(f"{student.name} has no student id (SID)")
        elif sid in short:
            odd.append(f"the student id {sid} may have lost its leading zeros: a sheet can tell")
    key = first.get("sis") or first.get("email") or name
    return Handed(key, name, students, within(contents, name), odd=tuple(odd))


LAYOUT = Layout("Gradescope", f"are listed in {LIST}, or named like those", _owned, read)
