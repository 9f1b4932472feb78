"""Which layout a download has, and why: it must be one alone.

- `recognise`: the layout, the contents from the folder on where it begins, and the reason.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import PurePosixPath
from typing import NamedTuple

from ....errors import UsageError
from ....text import words
from ...files import ARCHIVE, CODE, LeftOut, suffix_of
from ..contents import Contents, unpacked
from . import blackboard, brightspace, canvas, classroom50, gradescope, moodle, plain
from .handed import Layout

# An entry belongs to the first layout that has a sign for it.
_LAYOUTS: tuple[Layout, ...] = (
    gradescope.LAYOUT,
    moodle.LAYOUT,
    blackboard.LAYOUT,
    brightspace.LAYOUT,
    classroom50.LAYOUT,
    canvas.LAYOUT,
)
_DEEPEST = 4  # folders in which a whole download may be wrapped
_FEW = 3  # entries, one of which may be the whole download, still packed


class Recognised(NamedTuple):
    """`unfit` are the entries at the top that belong to no student."""

    layout: Layout
    contents: Contents
    why: str
    unfit: tuple[str, ...]


def recognise(contents: Contents) -> Recognised:
    """Return the layout of a download. UsageError when it mixes layouts, or is empty."""
    inner = contents
    for _ in range(_DEEPEST):
        owned = _owned(inner)
        if owned:
            return _special(inner, owned)
        below = _only_folder(inner)
        if below is None:
            break
        inner = below
    return _plain(contents)


def _owned(contents: Contents) -> dict[str, set[str]]:
    """Return the entries that each layout owns, by the layout's name; layouts without any are left out."""
    owned: dict[str, set[str]] = {}
    taken: set[str] = set()
    for layout in _LAYOUTS:
        mine = layout.owned(contents) - taken
        taken |= mine
        if mine:
            owned[layout.name] = mine
    return owned


def _only_folder(contents: Contents) -> Contents | None:
    """Return the contents of the folder that holds the whole download, or None."""
    tops = contents.tops
    folders = {top for top in tops if contents.is_folder(top)}
    alone = len(folders) == 1 and plain.owned(contents) == folders
    return contents.below(folders.pop()) if alone else None


def _special(contents: Contents, owned: dict[str, set[str]]) -> Recognised:
    name, mine = max(owned.items(), key=lambda item: len(item[1]))
    layout = next(each for each in _LAYOUTS if each.name == name)
    tops = contents.tops
    rest = tuple(top for top in tops if top not in mine)
    foreign = [top for top in rest if _is_code(contents, top)]
    if foreign:
        other = next((o for o, theirs in owned.items() if foreign[0] in theirs), "no known layout")
        raise UsageError(
            f"the download mixes layouts: {words(min(mine))} is {name}, and {words(foreign[0])} is {other}"
            f" ({len(mine)} and {len(foreign)} entries): put each layout into a folder of its own"
        )
    return Recognised(layout, contents, f"{len(mine)} of {len(tops)} entries {layout.sign}", rest)


def _plain(contents: Contents) -> Recognised:
    mine = plain.LAYOUT.owned(contents)
    below = _only_folder(contents)
    # A folder around several folders is a wrapping; a folder around files is one student's.
    while below and len(below.tops) > 1 and all(map(below.is_folder, below.tops)):
        contents, mine = below, plain.LAYOUT.owned(below)
        below = _only_folder(contents)
    if not mine:
        raise UsageError(
            "the download holds no submission: a file or a folder for each student was expected"
        )
    tops = contents.tops
    for top in mine if len(mine) <= _FEW else ():
        _check_no_download(top, contents)
    rest = tuple(top for top in tops if top not in mine)
    why = f"{len(mine)} of {len(tops)} entries {plain.LAYOUT.sign}, and none is named as a site does it"
    return Recognised(plain.LAYOUT, contents, why, rest)


def _check_no_download(top: str, contents: Contents) -> None:
    """Raise UsageError when an entry is a zip that is a download itself, and no student's."""
    if top in contents.files and suffix_of(PurePosixPath(top)) == ARCHIVE:
        with suppress(LeftOut):
            inner = unpacked(contents.files[top].code())
            owned = _owned(inner)
            if any(len(mine) > 1 for mine in owned.values()):
                raise UsageError(
                    f"{words(top)} is a download of {next(iter(owned))} in itself: name this zip"
                )


def _is_code(contents: Contents, top: str) -> bool:
    inside = contents.tops[top]
    return top in plain.LAYOUT.owned(contents) and any(
        suffix_of(PurePosixPath(name)) in (*CODE, ARCHIVE) for name in inside
    )
