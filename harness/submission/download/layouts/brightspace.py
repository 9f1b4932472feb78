"""Brightspace, "Download": a folder for each attempt, or flat files, named by numbers, name and time.

`{user's number}-{folder's number} - {name} - Nov 20, 2026 926 PM/{file}` or flat `... - {file}`. The time has
no colon, and a name may hold ` - `, so the time is read from the right. `index.html` lies beside them.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence, Set
from datetime import datetime
from typing import NamedTuple

from ..contents import Contents
from ..plan import Student
from .handed import Handed, Layout, Sent, within

_NAMED = re.compile(
    r"(?P<user>\d+)-\d+ - (?P<who>.+) - "
    r"(?P<date>(?:[^\W\d_]+\.? \d{1,2}|\d{1,2} [^\W\d_]+\.?),? \d{4}) "
    r"(?P<hour>\d{1,2}?)(?P<minute>\d\d) ?(?P<half>[AP]M)?(?: - (?P<name>.+))?"
)
_DATES = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y")


class _Attempt(NamedTuple):
    """`time` is the time as text, `order` a number that grows with it."""

    who: str
    time: str
    order: float
    files: tuple[Sent, ...]


def read(contents: Contents, known: Set[str] = frozenset()) -> list[Handed]:
    """Return the latest attempt of each user."""
    attempts: dict[str, dict[str, _Attempt]] = defaultdict(dict)
    for top in contents.tops:
        match = _NAMED.fullmatch(top)
        if match:
            flat = Sent(top, match["name"] or top)
            files = within(contents, top) if contents.is_folder(top) else (flat,)
            time = f"{match['date']} {match['hour']}{match['minute']} {match['half'] or ''}".strip()
            before = attempts[match["user"]].get(time)
            files = (*before.files, *files) if before else files
            attempts[match["user"]][time] = _Attempt(match["who"], time, _order(match), files)
    return [_handed(user, list(each.values())) for user, each in attempts.items()]


def _owned(contents: Contents) -> set[str]:
    return {top for top in contents.tops if _NAMED.fullmatch(top)}


def _order(match: re.Match[str]) -> float:
    """Return the time as a number, -1 when its month cannot be read."""
    date = match["date"].replace(",", "").replace(".", "")
    hour = (
        int(match["hour"]) % 12 + (12 if match["half"] == "PM" else 0)
        if match["half"]
        else int(match["hour"])
    )
    for form in _DATES:
        try:
            day = datetime.strptime(date, form)
        except ValueError:
            continue
        return day.toordinal() * 24 * 60 + hour * 60 + int(match["minute"])
    return -1


def _handed(user: str, attempts: Sequence[_Attempt]) -> Handed:
    last = max(attempts, key=lambda each: each.order)
    why = f"attempt of {last.time}, the latest of {len(attempts)}" if len(attempts) > 1 else ""
    odd: tuple[str, ...] = ()
    if len(attempts) > 1 and last.order < 0:
        odd = (
            f"{len(attempts)} attempts, and their times cannot be read: the one of {last.time} is taken",
        )
    return Handed(
        user,
        f"{last.who} {last.time}",
        (Student({"brightspace": user}, last.who),),
        last.files,
        why=why,
        odd=odd,
    )


LAYOUT = Layout("Brightspace", "are named by two numbers, a name and a time", _owned, read)
