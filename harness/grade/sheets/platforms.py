"""What the site of a course will do with a filled sheet, where a teacher would not expect it.

- `warnings`: the sentences.

Sources: `lib/gradebook_importer.rb` of Canvas, `mod/assign/feedback/offline` of Moodle.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...text import words
from .columns import CANVAS_DROPS
from .filling import Change, Filled

_SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab"}
_BOX = (
    "Allow updating records that have been modified more recently in Moodle than in the spreadsheet"
)
_END_OF_LINE = "end-of-line indicator"


def warnings(filled: Filled) -> Iterator[str]:
    """Yield a sentence for each thing that a teacher should know before the sheet is given back."""
    match filled.site:
        case "Canvas":
            yield from _canvas(filled)
        case "Moodle":
            yield from _moodle(filled)
        case "Brightspace":
            headers = [header.casefold() for header in filled.sheet.headers]
            if _END_OF_LINE not in headers:
                yield "Brightspace refuses a sheet without the last column End-of-Line Indicator"
    if filled.above and filled.site != "Moodle":
        yield (
            f"{len(filled.above)} scores are above the maximum of the sheet, as of a bonus; look whether the "
            f"site takes them: {_names(filled.above)}"
        )
    if not filled.column.most:
        yield "the sheet does not say the maximum of the column: compare it with that of the rubric"


def _canvas(filled: Filled) -> Iterator[str]:
    dropped = sum(bool(CANVAS_DROPS.search(header)) for header in filled.sheet.headers)
    if dropped:
        columns = "1 column" if dropped == 1 else f"{dropped} columns"
        yield f"Canvas ignores {columns} of totals (Current, Final or Override in the title)"
    yield "Canvas reads the row of points, too: another number there changes the assignment"


def _moodle(filled: Filled) -> Iterator[str]:
    moodle = filled.moodle
    assert moodle is not None
    header = filled.column.header
    if moodle.language:
        told = f"in {moodle.language}, as the header {words(header)!r} shows"
    else:
        told = f"in the language of its header {words(header)!r}"
    yield f"Moodle must be set to the language of the sheet when it is uploaded: it is {told}"
    cells = filled.sheet.cells
    encoding, separator = cells.encoding.upper(), _SEPARATORS.get(cells.separator)
    yield f"where Moodle asks: the encoding is {encoding}, the separator {separator or cells.separator}"
    again = [c for c in filled.changes if c.at == filled.column.at and c.before not in ("", "-")]
    tick = f"tick {_BOX!r}"
    if again:
        yield f"Moodle may skip rows that were graded before, {len(again)} of these, unless you {tick}"
    elif filled.changes and moodle.language != "English":
        yield (
            "Moodle reads dates in English alone, so it skips a row that was graded since the download, "
            f"unless you {tick}"
        )
    if filled.above:
        yield (
            f"Moodle skips {len(filled.above)} rows in silence, because the score is above its maximum, as "
            f"of a bonus: {_names(filled.above)}"
        )
    if moodle.feedback is None:
        yield (
            "no column for feedback is known in this sheet, so none is written; where it has one, a blank "
            "cell of it erases the feedback that Moodle has by then"
        )
    else:
        written = {change.row.line for change in filled.changes if change.at == moodle.feedback}
        at, rows = moodle.feedback, filled.sheet.roster.rows
        blank = sum(row.line not in written and not filled.sheet.text(row, at) for row in rows)
        if blank:
            yield f"a blank cell erases the feedback that Moodle has by then: rows with one: {blank}"
    if moodle.changeable is None:
        yield "which grades are locked is not known in this language: Moodle skips those in silence"


def _names(changes: list[Change]) -> str:
    return ", ".join(words(each.row.student.name) or str(each.row.line) for each in changes)
