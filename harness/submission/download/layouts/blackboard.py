"""Blackboard, "Assignment File Download": flat files of all attempts, and a receipt for each attempt.

`{assignment}_{user}_attempt_{YYYY-MM-DD-HH-MM-SS}[_{file}]`; the receipt is the `.txt` without a file's name.
User and assignment may hold `_`, so the receipt decides who it was. It says in its first line "Name: Ada
Beispiel (abeispiel)", in any language, and later the names of the files. A student writes parts of it: it
is believed only about files of its own attempt.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Sequence, Set
from dataclasses import dataclass

from ....text import words
from ...files import LeftOut
from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, Sent

_NAMED = re.compile(
    r"(?P<stem>(?P<who>.+?)_attempt_(?P<time>\d{4}(?:-\d\d){5}))(?:_(?P<name>.+)|\.txt)"
)
_NAME = re.compile(r"^[^:\n]*:[ \t]*(?P<name>.*?)[ \t]*\((?P<user>[^()]+)\)[ \t]*$")
_LARGEST_RECEIPT = 1 << 20


@dataclass(frozen=True)
class _Attempt:
    """One attempt: the common start of its names, its time, its receipt's text, and its files."""

    stem: str
    who: str
    time: str
    receipt: str
    files: tuple[str, ...]


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return the latest attempt of each user."""
    attempts = _attempts(contents)
    users = {each.stem: _user(each) for each in attempts}
    assignment = _assignment(attempts, users)
    latest: dict[str, list[_Attempt]] = defaultdict(list)
    for attempt in sorted(attempts, key=lambda each: each.time):
        user, _ = users[attempt.stem]
        latest[user or attempt.who.removeprefix(assignment)].append(attempt)
    return [_handed(user, each, users[each[-1].stem][1]) for user, each in sorted(latest.items())]


def _owned(contents: Contents) -> set[str]:
    return {top for top in contents.tops if not contents.is_folder(top) and _NAMED.fullmatch(top)}


def _attempts(contents: Contents) -> list[_Attempt]:
    found: dict[str, list[re.Match[str]]] = defaultdict(list)
    for top in contents.tops:
        match = _NAMED.fullmatch(top)
        if match:
            found[match["stem"]].append(match)
    attempts = []
    for stem, parts in found.items():
        receipt = ""
        if f"{stem}.txt" in contents.files:
            try:
                data = contents.files[f"{stem}.txt"].raw(_LARGEST_RECEIPT)
                receipt = data.decode("utf-8-sig", "replace")
            except LeftOut:
                receipt = ""
        files = tuple(match.string for match in parts if match["name"])
        attempts.append(_Attempt(stem, parts[0]["who"], parts[0]["time"], receipt, files))
    return attempts


def _user(attempt: _Attempt) -> tuple[str, str]:
    """Return the user and the name on the first line of a receipt, or empty texts."""
    match = _NAME.match(attempt.receipt.lstrip().partition("\n")[0].rstrip("\r"))
    if match and attempt.who.endswith(f"_{match['user']}"):
        return match["user"], words(match["name"])
    return "", ""


def _assignment(attempts: Sequence[_Attempt], users: dict[str, tuple[str, str]]) -> str:
    """Return the start of the names before the user: from a receipt, else the part that all share."""
    for attempt in attempts:
        user, _ = users[attempt.stem]
        if user:
            return attempt.who.removesuffix(user)
    common = os.path.commonprefix([attempt.who for attempt in attempts])  # noqa: RUF071 - by characters
    return common[: common.rfind("_") + 1]


def _handed(user: str, attempts: Sequence[_Attempt], name: str) -> Handed:
    last = attempts[-1]
    originals = _originals(last)
    files = tuple(
        Sent(file, originals.get(file) or file[len(last.stem) + 1 :]) for file in last.files
    )
    why = f"attempt of {last.time}, the latest of {len(attempts)}" if len(attempts) > 1 else ""
    odd = () if last.receipt else (f"{last.stem}.txt, the receipt, is not there",)
    student = Student({"login": user}, name)
    return Handed(user, f"{user} {last.time}", (student,), files, why=why, odd=odd)


def _originals(attempt: _Attempt) -> dict[str, str]:
    """Return the names that the student gave the files: in a receipt each stands on the line before."""
    lines = [line.partition(":")[2].strip() for line in attempt.receipt.splitlines()]
    pairs = zip(lines[1:], lines, strict=False)
    names = {line: before for line, before in pairs if line in attempt.files and before}
    return names if len(set(names.values())) == len(names) else {}


LAYOUT = Layout("Blackboard", "are named by a user and the time of an attempt", _owned, read)
