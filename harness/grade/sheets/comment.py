"""The text of a cell for feedback: short HTML, as a student may read it.

- `comment`: of one mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from ...text import of_engine, shortened
from ..course.marks import Mark, Status
from ..course.overrides import LONGEST_REASON
from ..item_result import STATES, ItemResult, State
from ..rounding import shown as in_hundredths

_LONGEST, _LONGEST_CELL = 240, 10_000  # characters of one reason, and of all lines


def comment(mark: Mark, mistakes: Iterable[str] = ()) -> str:
    """Return the mistakes, and the items with their points and the first reason of each.

    `mistakes` are sentences, which say what to change.

    Of a hidden item it says the name and the wrong ops alone, as the page of the student does. It begins
    with `<`, so that no spreadsheet takes it for a formula.
    """
    lines: list[str] = []
    for line in (*map(_html, mistakes), *_lines(mark)):
        if sum(map(len, lines)) + len(line) > _LONGEST_CELL:
            lines.append("...")
            break
        lines.append(line)
    return "<p>" + "<br>".join(lines) + "</p>"


def _lines(mark: Mark) -> Iterator[str]:
    if mark.status is Status.UNUSABLE:  # said once: it is the reason of each item
        yield _html(of_engine(mark.why))
    else:
        yield from (_html(_of_item(item, mark)) for item in mark.items)
    hidden = {item.item for item in mark.items if item.hidden}
    yield from (_html(each.reason) for each in mark.comments if each.item not in hidden)


def _of_item(item: ItemResult, mark: Mark) -> str:
    if item.hidden:
        return "; ".join([f"{item.item}: hidden", *filter(None, [", ".join(item.wrong)])])
    points = "no points yet" if item.item in mark.blank else in_hundredths(item.points)
    bonus = ", a bonus" if item.bonus else ""
    return f"{item.item}: {points} of {in_hundredths(item.most)}{bonus}{_why(item, mark)}"


def _why(item: ItemResult, mark: Mark) -> str:
    given = mark.given_for(item.item)
    if given:
        return f"; {given.reason}"
    if item.state in STATES:
        return f"; {STATES[item.state]}"
    if not item.reasons or item.state is State.OVERRIDDEN:
        return ""
    more = f" (and {len(item.reasons) - 1} more)" if len(item.reasons) > 1 else ""
    return f"; {of_engine(shortened(item.reasons[0], _LONGEST))}{more}"


def _html(text: str) -> str:
    return escape(shortened(text, LONGEST_REASON))
