"""The shape that each layout of a download gives, and the shape of a layout.

- `Handed`: one submission as the download has it. `Sent`: one file of it. `within`: the files of a folder.
- `Layout`: one way to name them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass

from ..contents import Contents
from ..plan import Student


@dataclass(frozen=True)
class Sent:
    """One file: `place` is its name in the download, `name` the path that its author gave it.

    `upload` grows with the time at which it was handed in, where the download tells it.
    """

    place: str
    name: str
    upload: int = 0


@dataclass(frozen=True)
class Handed:
    """One submission, before the file is chosen and before the roster is known.

    `key` is the id by which the download tells it from others, `label` what the download calls it. `group` is
    the name of the group that handed it in, or "". `why` says which of several attempts this is.
    """

    key: str
    label: str
    students: tuple[Student, ...]
    files: tuple[Sent, ...]
    group: str = ""
    late: bool = False
    why: str = ""
    odd: tuple[str, ...] = ()


def within(contents: Contents, top: str) -> tuple[Sent, ...]:
    """Return the files of a folder at the top, each with the path in the folder as its name."""
    return tuple(Sent(name, name.removeprefix(f"{top}/")) for name in contents.tops.get(top, ()))


@dataclass(frozen=True)
class Layout:
    """One layout of downloads.

    `sign` ends the sentence "14 of 15 entries ...". `owned` returns the entries at the top that have this
    sign. `read` returns the submissions; its second argument are the ids on the roster, which decide where a
    name can be read in two ways.
    """

    name: str
    sign: str
    owned: Callable[[Contents], set[str]]
    read: Callable[[Contents, Set[str]], Sequence[Handed]]
