"""Gradescope, "Export submissions": a folder for each submission, and `submission_metadata.yml` with a list.

Keys of the list begin with a colon, as Ruby writes symbols; some tools leave it out. Ids are read as text:
YAML would read an unquoted 0012345 as an octal number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from ....errors import UsageError
from ....text import words
from ...files import LeftOut
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, within

_LIST = "submission_metadata.yml"
_FOLDER = re.compile(r"submission_\d+")
_LARGEST_LIST = 256 << 20  # with the results of all earlier attempts
_DEEPEST = 4  # the document, an entry, its submitters, one of them
_NOTHING = ("", "~", "null")  # each is a way to write nothing in YAML
_IDS = {"sid": "sis", "email": "email"}


class _Entry(NamedTuple):
    """An entry of the list; `created` is an instant in seconds, 0 where it cannot be read."""

    students: tuple[Student, ...]
    created: float


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return a submission for each entry of the list, and for each folder without one.

    UsageError when the list cannot be read.
    """
    entries = _entries(contents)
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
        if name in entries or name == _LIST:
            continue
        student = Student({"folder": name})
        odd = (f"{words(name)} is not in {_LIST}: it does not say whose it is",)
        found.append(Handed(name, name, (student,), within(contents, name), odd=odd))
    return found


def _owned(contents: Contents) -> set[str]:
    if _LIST not in contents.files:
        return set()
    entries = _entries(contents)
    return {
        top for top in contents.tops if top == _LIST or top in entries or _FOLDER.fullmatch(top)
    }


def _entries(contents: Contents) -> Mapping[str, _Entry]:
    try:
        return _parsed(contents.files[_LIST].raw(_LARGEST_LIST))
    except LeftOut as why:
        raise UsageError(f"{_LIST} {why}") from None


@lru_cache(maxsize=1)  # it may have megabytes, and is asked for several times
def _parsed(data: bytes) -> Mapping[str, _Entry]:
    """Return the list, all scalars as text. UsageError when it is no list."""
    import yaml

    try:
        events = yaml.parse(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        found = _tree(events)
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(
            f"{_LIST} cannot be read as YAML{where}: export the submissions again"
        ) from None
    if not isinstance(found, dict):
        raise UsageError(f"{_LIST} has no list of submissions: export the submissions again")
    known = {name: entry if isinstance(entry, dict) else {} for name, entry in found.items()}
    return {name: _Entry(_students(entry), _created(entry)) for name, entry in known.items()}


def _tree(events: Iterable[Any]) -> Any:
    """Return the values of a YAML document as dictionaries, lists and texts.

    What lies deeper than the list needs is left out. Loading would recurse: results that a student has nested
    very deeply would overflow the stack of the C library.
    """
    from yaml import (
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
    )

    pending: list[list[Any]] = [[]]
    for event in events:
        if isinstance(event, ScalarEvent):
            pending[-1].append(event.value)
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            pending.append([])
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            items: Any = pending.pop()
            if isinstance(event, MappingEndEvent):
                pairs = zip(items[::2], items[1::2], strict=False)
                items = {key: value for key, value in pairs if isinstance(key, str)}
            pending[-1].append(items if len(pending) <= _DEEPEST else None)
    return pending[0][0] if pending[0] else None


def _value(entry: Mapping[str, Any], key: str) -> Any:
    return entry.get(f":{key}", entry.get(key))


def _students(entry: Mapping[str, Any]) -> tuple[Student, ...]:
    listed = _value(entry, "submitters")
    found = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, dict):
            said = {kind: _value(each, key) for key, kind in _IDS.items()}
            texts = {kind: text.strip() for kind, text in said.items() if isinstance(text, str)}
            name = _value(each, "name")
            ids = {kind: text for kind, text in texts.items() if text not in _NOTHING}
            found.append(Student(ids, name if isinstance(name, str) else ""))
    return tuple(found)


def _shortened(sids: Set[str]) -> set[str]:
    """Return the ids that are shorter than ids with leading zeros: a spreadsheet may have removed theirs."""
    digits = {sid for sid in sids if sid.isdigit()}
    longest = max((len(sid) for sid in digits if sid.startswith("0")), default=0)
    return {sid for sid in digits if len(sid) < longest}


def _who(students: Sequence[Student]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(item for student in students for item in student.ids.items()))


def _created(entry: Mapping[str, Any]) -> float:
    try:
        return datetime.fromisoformat(str(_value(entry, "created_at"))).timestamp()
    except ValueError:
        return 0.0


def _listed(name: str, listed: Sequence[Student], contents: Contents, short: Set[str]) -> Handed:
    """Return the submission of an entry. Its key is an id of its first student, which stays the same."""
    students = tuple(listed) or (Student({"folder": name}),)
    first = students[0].ids
    odd = [] if listed else [f"{name} has no student in {_LIST}"]
    if name not in contents.tops:
        odd.append(f"{name} is in {_LIST}, and the export has no folder of it")
    for student in listed:
        sid = student.ids.get("sis", "")
        if not sid:
            odd.append(f"{student.name} has no student id (SID)")
        elif sid in short:
            odd.append(f"the student id {sid} may have lost its leading zeros: a sheet can tell")
    key = first.get("sis") or first.get("email") or name
    return Handed(key, name, students, within(contents, name), odd=tuple(odd))


LAYOUT = Layout("Gradescope", f"are listed in {_LIST}, or named like those", _owned, read)
