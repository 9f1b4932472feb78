"""What is said about a filled sheet: the changes, and counts of the rest.

- `told`: the lines for a terminal. `told_of_pages`: those about the zip of pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from ...submission.download.rosters.roster import Row
from ...text import shortened, words
from ..course.marks import Mark, Status
from .filling import Change, Existing, Filled
from .matching import shown
from .pages_zip import PagesZip
from .platforms import warnings

_UPLOAD = {
    "Canvas": "in the assignment: Upload Submissions; Canvas adds a comment at each upload, so upload a zip "
    "once, and give it as --since the next time",
    "Moodle": "in the assignment: Upload multiple feedback files in a zip; its settings must allow feedback "
    "files",
}
_LONGEST = 50  # characters of a cell

# Scores that a person should look at before they are published.
_UNSURE = {
    Status.WAITS: "lack the points that a person has not given yet",
    Status.OUT_OF_DATE: "are out of date: grade again",
    Status.UNUSABLE: "are 0 because no engine was found: look at what was handed in",
}


def told(filled: Filled) -> Iterator[str]:
    """Yield the lines."""
    yield _head(filled)
    yield from map(words, (*filled.sheet.roster.odd, *filled.matched.said))
    for _, changes in groupby(filled.changes, lambda change: change.row.line):
        yield _row(list(changes))
    yield f"cells changed: {len(filled.changes)}"
    if filled.same:
        yield f"grades that are the score already: {filled.same}"
    if filled.graded:
        higher = filled.existing is Existing.HIGHER
        other = "are not lower than the score" if higher else "are another number"
        more = "" if higher else " (--existing replace or --existing higher changes them)"
        stay = [
            f"{shown(each.mark)}: {words(each.before)} stays; the score is {words(each.after)}"
            for each in filled.graded
        ]
        yield f"grades that {other}, and stay: {len(stay)}{more}"
        yield from (f"  {line}" for line in stay)
    yield from _listed("not changed", [f"{_who(row)}: {why}" for row, why in filled.left])
    yield from _listed("on the sheet, and without a score", list(_without(filled)))
    yield from _listed("with a score, and not on the sheet", list(_strangers(filled)))
    yield from _listed(
        "several submissions, of which a person must say one", list(_several(filled))
    )
    yield from _unsure(filled)
    yield from _listed("what the site will do", list(warnings(filled)))


def told_of_pages(pages: PagesZip, site: str) -> Iterator[str]:
    """Yield the lines about a zip of pages."""
    yield f"pages: {len(pages.pages)}"
    if pages.same:
        yield f"pages that are as in the last zip, and left out: {pages.same}"
    yield from _listed("no page", pages.without)
    yield _UPLOAD[site] if pages.pages else "no page is to be uploaded, so no zip is written"


def _head(filled: Filled) -> str:
    site = filled.site or f"unknown ({words(filled.sheet.roster.site)})"
    shows = filled.style.shown_by
    decimal = f"numbers as {words(shows)}" if shows else "no number shows a decimal sign: a point"
    return f"sheet of {site}, column {filled.column} ({filled.why}); {decimal}"


def _row(changes: Sequence[Change]) -> str:
    """Return the changes of one student."""
    cells = "; ".join(
        f"{_title(each.header)}: "
        f"{shortened(each.before, _LONGEST) or 'nothing'} -> {shortened(each.after, _LONGEST)}"
        for each in changes
    )
    return f"{shown(changes[0].mark)}: {cells}"


def _title(header: str) -> str:
    """Return a header, of Brightspace without what stands behind the title."""
    return shortened(header.partition(" Points Grade <")[0], _LONGEST)


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}: {len(lines)}"
        yield from (f"  {line}" for line in lines)


def _who(row: Row) -> str:
    id = next(iter(row.student.ids.items()), ("line", str(row.line)))
    return f"{words(row.student.name)} ({id[0]} {words(id[1])})".lstrip()


def _without(filled: Filled) -> Iterator[str]:
    """Yield the rows that get no score."""
    for row in filled.sheet.roster.rows:
        mark = filled.matched.marks.get(row.line)
        if mark and mark.score is None:
            yield f"{_who(row)}: {mark.status}"
        elif not mark and not row.test and row.line not in filled.matched.several:
            yield f"{_who(row)}: not in the grading"


def _strangers(filled: Filled) -> Iterator[str]:
    for mark, why in filled.matched.strangers:
        if mark.score is not None:
            yield f"{shown(mark)}: {words(why.removeprefix('not on the sheet: '))}"


def _several(filled: Filled) -> Iterator[str]:
    for marks in filled.matched.several.values():
        yield f"{shown(marks[0])}: {', '.join(words(mark.key or 'none') for mark in marks)}"


def _unsure(filled: Filled) -> Iterator[str]:
    counted: dict[Status, list[Mark]] = {status: [] for status in _UNSURE}
    on_sheet = filled.matched.marks.values()
    for mark in on_sheet:
        if mark.score is not None and mark.status in counted:
            counted[mark.status].append(mark)
    for status, why in _UNSURE.items():
        yield from _listed(f"scores that {why}", [shown(mark) for mark in counted[status]])
