"""Canvas, "Download submissions": flat files that are named by student, number and file.

`{name}[_LATE]_{user id}_{file id}_{file name}`, `..._{user id}_text.html` for a text that was typed in, and
`..._{user id}_link.html` for a link. Anonymous: `[LATE_]anon_{id}_{file id}_{file name}`. Older exports have
`-` between the parts. Source: `lib/content_zipper.rb` and `Attachment.make_unique_filename` of canvas-lms.

- `LAYOUT`: this layout. `numbers_of`: the numbers in one name.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from typing import NamedTuple

from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, Sent

_SEP = "[_-]"
_REST = r"(?P<sep>[_-])(?P<user>\d+)(?P=sep)(?P<upload>\d+)(?P=sep)(?P<name>.+)"
_NAMED = re.compile(rf"(?P<who>.+?){_REST}", re.DOTALL)
# A file of another layout may have a date in its name, which is no pair of numbers.
_DATE = re.compile(r"(?:(?:19|20)\d\d[_-]\d\d?[_-]\d\d?|\d\d?[_-]\d\d?[_-](?:19|20)\d\d)(?!\d)")
_TYPED = re.compile(rf"(?P<who>.+){_SEP}(?P<user>\d+){_SEP}(?P<kind>text|link)\.html")
_ANONYMOUS = re.compile(
    rf"(?P<late>LATE{_SEP})?anon{_SEP}(?P<user>[A-Za-z0-9]{{5}}){_SEP}"
    rf"(?:(?P<upload>\d+){_SEP}(?P<name>.+)|(?P<kind>text|link)\.html)"
)
_LATE = re.compile(rf"{_SEP}late$", re.IGNORECASE)
# A further upload of a name gets a number, and from the eighth on a UUID, before all of its extensions.
_AGAIN = re.compile(
    r"(?P<stem>[^.]+)-(?:(?P<count>[1-7])|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?P<rest>\..*)?"
)
_TYPED_IN = {"text": "a text was typed in: {}", "link": "a link was handed in: {}"}


class _Part(NamedTuple):
    place: str
    user: str
    who: str
    late: bool
    upload: int = 0
    name: str = ""
    kind: str = ""
    anonymous: bool = False
    odd: str = ""


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return the submissions; ids in `known` decide where a name holds several pairs of numbers."""
    found: dict[str, list[_Part]] = defaultdict(list)
    for place in contents.tops:
        part = _part(place, known)
        if part:
            found[part.user].append(part)
    return [_handed(parts) for parts in found.values()]


def numbers_of(place: str, known: Set[str]) -> tuple[str, str] | None:
    """Return the numbers of a student and of an uploaded file that a name holds, or None.

    Ids in `known` decide where it holds several pairs of numbers. A text that was typed in has no file.
    """
    part = _part(place, known)
    return (part.user, str(part.upload)) if part and part.upload else None


def _owned(contents: Contents) -> set[str]:
    return {top for top in contents.tops if not contents.is_folder(top) and _part(top, frozenset())}


def _part(place: str, known: Set[str]) -> _Part | None:
    match = _ANONYMOUS.fullmatch(place)
    if match:
        upload, name = int(match["upload"] or 0), match["name"] or ""
        return _Part(
            place, match["user"], "", bool(match["late"]), upload, name, match["kind"] or "", True
        )
    named = list(_readings(place))
    typed = _TYPED.fullmatch(place)
    match = next((m for m in named if m["user"] in known), None)
    if not match and typed and (typed["user"] in known or not named):
        who, late = _who(typed["who"])
        return _Part(place, typed["user"], who, late, kind=typed["kind"])
    if not match and not named:
        return None
    match = match or named[0]
    odd = (
        "" if match is named[0] else f"{place} is of {match['user']}, because the sheet has this id"
    )
    who, late = _who(match["who"])
    upload = int(match["upload"])
    return _Part(place, match["user"], who, late, upload, match["name"], odd=odd)


def _readings(place: str) -> Iterator[re.Match[str]]:
    """Yield the ways to read a name, from the leftmost pair of numbers on."""
    match = _NAMED.fullmatch(place)
    while match:
        date = _DATE.match(place, match.start("user"))
        if not date:
            yield match
        before = date.end() if date else match.start("user") + 1
        match = re.fullmatch(rf"(?P<who>.{{{before},}}?){_REST}", place, re.DOTALL)


def _who(text: str) -> tuple[str, bool]:
    """Return the name before the numbers, and whether it is marked as late."""
    who = _LATE.sub("", text)
    return who, who != text


def _handed(parts: Sequence[_Part]) -> Handed:
    first = parts[0]
    kind = "canvas-anonymous" if first.anonymous else "canvas"
    files = [part for part in parts if part.name]
    odd = [_TYPED_IN[part.kind].format(part.place) for part in parts if part.kind]
    odd += [part.odd for part in parts if part.odd]
    originals = [_original(part.name) for part in files]
    why = [
        f"{part.name} is {said}" for part, (_, said) in zip(files, originals, strict=True) if said
    ]
    names = [name for name, _ in originals]
    sent = tuple(
        # The name that the student gave, because other files may import it; not where two had the same name.
        Sent(part.place, name if names.count(name) == 1 else part.name, part.upload)
        for part, name in zip(files, names, strict=True)
    )
    return Handed(
        key=first.user,
        label=first.who or first.user,
        students=(Student({kind: first.user}, first.who),),
        files=sent,
        group=first.who,
        late=any(part.late for part in parts),
        why="; ".join(why),
        odd=tuple(odd),
    )


def _original(name: str) -> tuple[str, str]:
    """Return the name that the student gave a file, and a sentence when Canvas changed it."""
    match = _AGAIN.fullmatch(name)
    if not match:
        return name, ""
    original = match["stem"] + (match["rest"] or "")
    count = f"upload {int(match['count']) + 1}" if match["count"] else "a later upload"
    return original, f"{count} of {original}"


LAYOUT = Layout("Canvas", "are named by a student's number and a file's number", _owned, read)
