"""The list of submissions in an export of Gradescope, `submission_metadata.yml`.

- `entries_of`: the students and the time of each submission. `Entry`: both.

Keys of the list begin with a colon, as Ruby writes symbols; some tools leave it out. Ids are read as text:
YAML would read an unquoted 0012345 as an octal number.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from ....errors import UsageError
from ...files import LeftOut
from ..contents import Contents
from ..plan import Student

LIST = "submission_metadata.yml"
_LARGEST_LIST = 256 << 20  # with the results of all earlier attempts
_DEEPEST = 4  # the document, an entry, its submitters, one of them
_NOTHING = ("", "~", "null")  # each is a way to write nothing in YAML
_IDS = {"sid": "sis", "email": "email"}


class Entry(NamedTuple):
    """An entry of the list; `created` is an instant in seconds, 0 where it cannot be read."""

    students: tuple[Student, ...]
    created: float


def entries_of(contents: Contents) -> Mapping[str, Entry]:
    """Return the entries by their names. UsageError when the list cannot be read."""
    try:
        return _parsed(contents.files[LIST].raw(_LARGEST_LIST))
    except LeftOut as why:
        raise UsageError(f"{LIST} {why}") from None


@lru_cache(maxsize=1)  # it may have megabytes, and is asked for several times
def _parsed(data: bytes) -> Mapping[str, Entry]:
    """Return the list, all scalars as text. UsageError when it is no list."""
    import yaml

    try:
        events = yaml.parse(data, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
        found = _tree(events)
    except (yaml.YAMLError, ValueError) as problem:
        mark = getattr(problem, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        raise UsageError(
            f"{LIST} cannot be read as YAML{where}: export the submissions again"
        ) from None
    if not isinstance(found, dict):
        raise UsageError(f"{LIST} has no list of submissions: export the submissions again")
    known = {name: entry if isinstance(entry, dict) else {} for name, entry in found.items()}
    return {name: Entry(_students(entry), _created(entry)) for name, entry in known.items()}


def _tree(events: Iterable[Any]) -> Any:
    """Return the values of a YAML document as dictionaries, lists and texts.

    What lies deeper than the list needs is left out. Loading would recurse: results that a student has nested
    very deeply would overflow the stack of the C library.
    """
    import yaml

    pending: list[tuple[list[Any], str | None]] = [([], None)]
    anchors: dict[str | None, Any] = {}
    value: Any
    anchor: str | None
    for event in events:
        if isinstance(event, yaml.CollectionStartEvent):
            pending.append(([], event.anchor))
            continue
        if isinstance(event, yaml.ScalarEvent):
            value, anchor = event.value, event.anchor
        elif isinstance(event, yaml.CollectionEndEvent):
            value, anchor = pending.pop()
            if isinstance(event, yaml.MappingEndEvent):
                pairs = zip(value[::2], value[1::2], strict=False)
                value = {key: inner for key, inner in pairs if isinstance(key, str)}
            value = value if len(pending) <= _DEEPEST else None
        elif isinstance(event, yaml.AliasEvent):
            value, anchor = anchors.get(event.anchor), None
        else:
            continue
        anchors[anchor] = value
        pending[-1][0].append(value)
    document, _ = pending[0]
    return document[0] if document else None


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


def _created(entry: Mapping[str, Any]) -> float:
    try:
        created = datetime.fromisoformat(str(_value(entry, "created_at")))
    except ValueError:
        return 0.0
    return (created if created.tzinfo else created.replace(tzinfo=UTC)).timestamp()
