"""The columns of a sheet that may take a grade, and the one that does.

- `Column`: one of them. `columns_of`: all. `chosen`: the one that was asked for, or the obvious one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import UsageError
from ...submission.download.rosters.cells import Record, clean
from ...text import words
from ..rubric import Rubric
from .numbers import style_of
from .sheet import Sheet
from .worksheet import Worksheet

# "Homework 1 (7001)": Canvas' own number of the assignment.
_CANVAS = re.compile(r"(?s)(?P<title>.*\S) ?\((?P<id>\d+)\)")
# `NON_ASSIGNMENT_COLUMN_HEADERS` in `lib/gradebook_importer.rb`: Canvas drops a column with one of these in
# its title without a word.
CANVAS_DROPS = re.compile(
    r"(?:Current|Final) (?:Score|Points|Grade)|Override (?:Score|Grade|Status)"
)
_BRIGHTSPACE = re.compile(
    r"(?s)(?P<title>.*\S) Points Grade(?: <.*?(?:MaxPoints:(?P<most>[\d.,]+).*)?>)?"
)
# "Homework 1 [Total Pts: 20 Score] |98765"; a column that Blackboard computes has "up to 20".
_BLACKBOARD = re.compile(
    r"(?s)(?P<title>.*\S) \[(?P<kind>[^\]]*?(?P<most>\d[\d.,]*)[^\]\d]*)\](?: ?\|(?P<id>\d+))?"
)
_NO_POINTS = re.compile(r"(?i)\bup to\b|\btext$")
_BY_HEADER = {"Canvas": _CANVAS, "Brightspace": _BRIGHTSPACE, "Blackboard": _BLACKBOARD}
_UNKNOWN = "unknown"  # so begins the site of a roster whose ids were found by the cells
_MOST_LISTED = 40


@dataclass(frozen=True)
class Column:
    """A column. `title` and `id` are what a person may call it; `most` is its maximum as it is
    written, or "". `dropped` says why the course's site would not take it, or "".
    """

    at: int
    header: str
    title: str
    id: str = ""
    most: str = ""
    dropped: str = ""

    def __str__(self) -> str:
        most = f", of {words(self.most)} points" if self.most else ""
        return f"{words(self.header)!r}{most}"


def site_of(sheet: Sheet) -> str:
    """Return the site that the sheet is of, "" when it is not known.

    Headers may be translated, so an unknown sheet with ids of Canvas is one of Canvas.
    """
    if any(found and found["id"] for found in map(_BLACKBOARD.fullmatch, sheet.headers)):
        return "Blackboard"
    site = sheet.roster.site
    if site in ("Moodle", *_BY_HEADER):
        return site
    return "Canvas" if site.startswith(_UNKNOWN) and "canvas" in sheet.roster.kinds() else ""


def columns_of(sheet: Sheet, site: str, moodle: Worksheet | None) -> list[Column]:
    """Return the columns that may take a grade.

    In a sheet of an unknown site, and in one of Moodle whose grade is not found, these are all columns but
    those of ids and names.
    """
    if site in _BY_HEADER:
        found = [_by_header(at, header, site, sheet) for at, header in enumerate(sheet.headers)]
        return [column for column in found if column]
    if moodle and moodle.grade is not None:
        header = sheet.headers[moodle.grade]
        return [Column(moodle.grade, header, header, most=_of_moodle(sheet, moodle))]
    # Where the site is known by its ids alone, other rows may be earlier attempts.
    others = sheet.others if sheet.roster.site.startswith(_UNKNOWN) else ()
    return [
        Column(at, header, header, most=_of_moodle(sheet, moodle) or _points(others, at))
        for at, header in enumerate(sheet.headers)
        if header and not _holds_ids(sheet, at)
    ]


def _holds_ids(sheet: Sheet, at: int) -> bool:
    """True for a column in which a row has an id or the name of its own student."""
    rows = ((row, sheet.text(row, at)) for row in sheet.roster.rows)
    return any(text and text in (*row.student.ids.values(), row.student.name) for row, text in rows)


def chosen(
    columns: Sequence[Column], wanted: str, rubric: Rubric, sheet: Sheet
) -> tuple[Column, str]:
    """Return the column, and why it is the one. `wanted` is an id, a title or "".

    UsageError when none or several have the name, when no name came and no column is obvious, or when the
    course's site would not take the column.
    """
    found: Sequence[Column]
    if wanted:
        found, why = [column for column in columns if _is_called(column, wanted)], "asked for"
    else:
        found, why = _obvious([each for each in columns if not each.dropped], rubric, sheet)
    if len(found) == 1 and not found[0].dropped:
        return found[0], why
    if len(found) == 1:
        raise UsageError(
            f"--column: the sheet {sheet.shown} has {found[0]}, and {found[0].dropped}"
        )
    asked = (
        f"{len(found) or 'no'} columns called {words(wanted)!r}" if wanted else "no obvious column"
    )
    if not wanted and len(same := _of_the_points(columns, rubric)) == 1:
        graded = sum(map(bool, sheet.texts(same[0].at)))
        asked += f" ({same[0]} has {graded} grades already, so it may be another assignment)"
    listed = "".join(f"\n  {_option(column)}" for column in columns[:_MOST_LISTED])
    raise UsageError(f"the sheet {sheet.shown} has {asked}; say one of these:{listed or ' none'}")


def _obvious(
    columns: Sequence[Column], rubric: Rubric, sheet: Sheet
) -> tuple[Sequence[Column], str]:
    """Return the one column that is meant, and why; or several, or none."""
    if len(columns) == 1:
        return columns, "the only one of a grade"
    if found := [each for each in columns if _same(each.title, rubric.title)]:
        return found, "the only one with the title of the rubric"
    found = _of_the_points(columns, rubric)
    if len(found) == 1 and not any(sheet.texts(found[0].at)):
        return found, "the only one with the points of the rubric, and no grade is in it"
    return (), ""


def _of_the_points(columns: Sequence[Column], rubric: Rubric) -> list[Column]:
    return [
        each
        for each in columns
        if not each.dropped and style_of((), each.most).number(each.most) == rubric.most
    ]


def _option(column: Column) -> str:
    dropped = f" (no: {column.dropped})" if column.dropped else ""
    return f"--column {column.id or repr(words(column.header))}  {column}{dropped}"


def _is_called(column: Column, wanted: str) -> bool:
    return wanted == column.id or any(_same(wanted, name) for name in (column.header, column.title))


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()


def _by_header(at: int, header: str, site: str, sheet: Sheet) -> Column | None:
    match = _BY_HEADER[site].fullmatch(header)
    if not match:
        return None
    parts = match.groupdict()
    most = parts.get("most") or _points(sheet.others, at)
    dropped = ""
    if site == "Canvas" and (said := CANVAS_DROPS.search(header)):
        dropped = f"Canvas drops columns with {said[0]!r} in the title; rename the assignment"
    elif _NO_POINTS.search(parts.get("kind", "")):
        dropped = "Blackboard takes no points there: they are computed, or it holds text"
    elif most and not any(map(str.isdigit, most)):
        dropped = f"it is marked as {words(most)}"
    return Column(at, header, parts["title"], parts.get("id") or "", most, dropped)


def _of_moodle(sheet: Sheet, moodle: Worksheet | None) -> str:
    if not moodle or moodle.most is None:
        return ""
    return next(filter(None, sheet.texts(moodle.most)), "")


def _points(records: Sequence[Record], at: int) -> str:
    """Return what the row for points says of a column: a number, or words in brackets for one to be read."""
    found = [clean(record.says(at)) for record in records]
    numbers = [text for text in found if re.fullmatch(r"[\d.,]*\d[\d.,]*", text)]
    read_only = [text for text in found if text.startswith("(")]
    return next(iter((*read_only, *numbers)), "")
