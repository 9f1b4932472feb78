"""The difference between two runs as Markdown, for a comment on a pull request.

- `comment`: the text, short at first sight, with the cases folded below it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...text import for_markdown
from ..markdown_tables import code, table
from .change import Change, details
from .changes import REGRESSIONS, Changes, Kind
from .words import headline, remarks, title, versions

# GitHub refuses a longer comment. It counts characters; bytes are never fewer.
LONGEST = 65_536
_FOR_THE_END = 600  # bytes of the last sentence and of the ends of what is open
_LONGEST_LINE, _MOST_ENGINES = 600, 40
_OPEN = 10  # cases that are shown without a click


def comment(changes: Changes, longest: int = LONGEST) -> str:
    """Return the text, of at most `longest` bytes; it says how many cases have no room in it.

    Raises UsageError when a file of results cannot be read any more.
    """
    text = _Text(longest - _FOR_THE_END)
    text.add(f"### gradconform: {title(changes)}")
    text.add(f"{code(changes.old.shown)} → {code(changes.new.shown)}: {headline(changes)}.")
    listed = "\n".join(f"- {for_markdown(remark)}" for remark in remarks(changes))
    text.add(listed)
    text.add(_by_engine(changes))
    left = {kind: _add_cases(text, changes, kind) for kind in Kind}
    cut = [f"{count} {kind}" for kind, count in left.items() if count]
    if cut:
        text.end(f"Not shown here, because a comment has no room for more: {', '.join(cut)}.")
    return text.made()


class _Text:
    """Paragraphs, as long as there is room for them."""

    def __init__(self, room: int) -> None:
        self._parts: list[str] = []
        self._room = room

    def add(self, part: str) -> bool:
        """Add a paragraph if it is not empty and there is room for it; return True if it was added."""
        needed = len(part.encode()) + 2
        if not part or needed > self._room:
            return False
        self._room -= needed
        self._parts.append(part)
        return True

    def end(self, part: str) -> None:
        """Add the last paragraph, for which room was kept."""
        self._parts.append(part)

    def made(self) -> str:
        return "\n\n".join(self._parts) + "\n"

    def lines(self, lines: Iterator[str], around: int) -> list[str]:
        """Return the first lines that have room, with `around` bytes for what stands around them."""
        kept, room = [], self._room - around
        for line in lines:
            room -= len(line.encode()) + 1
            if room < 0:
                break
            kept.append(line)
        return kept


def _add_cases(text: _Text, changes: Changes, kind: Kind) -> int:
    """Add the cases of a kind; return how many have no room. Cases that only one run has are only counted."""
    total = changes.count(kind)
    if not total or kind in (Kind.ADDED, Kind.REMOVED):
        return 0
    before, after = _around(kind, total)
    lines = text.lines(
        (_line(change) for change in details(changes, kind)), len(before + after) + 8
    )
    first = _OPEN if kind in REGRESSIONS else 0
    if first and lines:
        text.add(f"**{total} {kind}**")
        text.add("\n".join(lines[:first]))
    if lines[first:]:
        text.add("\n\n".join([before, "\n".join(lines[first:]), after]))
    return total - len(lines)


def _around(kind: Kind, total: int) -> tuple[str, str]:
    more = total - _OPEN if kind in REGRESSIONS else total
    return f"<details><summary>{more} {'more ' * (more < total)}{kind}</summary>", "</details>"


def _line(change: Change) -> str:
    place = change.place
    named = (
        f"- {for_markdown(place.engine)} {code(place.case)} {for_markdown(change.row['reading'])}"
    )
    told = for_markdown(change.told[:_LONGEST_LINE])
    return f"{named} {told}"


def _by_engine(changes: Changes) -> str:
    """Return the table of the engines that changed, if there are several."""
    kinds = [kind for kind in Kind if changes.count(kind)]
    rows = []
    for engine in changes.engines:
        counts = [changes.count(kind, engine) for kind in kinds]
        if any(counts):
            cells = [str(count or "—") for count in (*counts, changes.unchanged[engine])]
            rows.append([for_markdown(versions(changes, engine)), *cells])
    if len(rows) < 2:
        return ""
    shown = table(["engine", *kinds, "unchanged"], rows[:_MOST_ENGINES])
    more = len(rows) - _MOST_ENGINES
    return f"{shown}\n\nand {more} more engines" if more > 0 else shown
