"""The plan of a grading in words, before it runs.

- `plan_lines`: the layout, the students, the file for each, what is odd, and what is run now and why.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...submission.download.plan import HandIn, Plan, Student
from ...text import words
from .agenda import Agenda

_MOST_NAMED = 20


def plan_lines(plan: Plan, agenda: Agenda) -> Iterator[str]:
    """Yield the lines. A submission that stays as it is and is not odd is only counted."""
    students = sum(len(one.students) for one in plan.hand_ins) + len(plan.absent)
    yield f"layout: {words(plan.layout)}, because {words(plan.why)}"
    yield f"{_many(len(plan.hand_ins), 'submission')} of {_many(students, 'student')}"
    yield from (f"odd: {words(sentence)}" for sentence in plan.odd)
    unsaid = 0
    for hand_in in plan.hand_ins:
        if hand_in.key in agenda.why or hand_in.odd or hand_in.path is None:
            yield from _of(hand_in, agenda)
        else:
            unsaid += 1
    if unsaid:
        yield f"{_many(unsaid, 'submission')} graded already, and nothing has changed"
    if plan.absent:
        yield f"handed in nothing: {_named(list(map(_who, plan.absent)))}"
    if agenda.gone:
        yield f"not in the download any more, kept: {_named(agenda.gone)}"
    for cause, count in agenda.counts().items():
        yield f"to grade because {cause}: {count}" if " " in cause else f"{cause}: {count}"
    if not agenda.why:
        yield "nothing is to be graded: all results are there"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    rest = f" and {more} more" if more > 0 else ""
    return f"{', '.join(names[:_MOST_NAMED])}{rest}"


def _of(hand_in: HandIn, agenda: Agenda) -> Iterator[str]:
    who = ", ".join(map(_who, hand_in.students))
    late = ", late" if hand_in.late else ""
    if hand_in.path is None:
        yield f"{hand_in.key} ({who}{late}): nothing to grade: {words(hand_in.why)}"
    else:
        path = words(hand_in.taken)
        stays = "" if hand_in.key in agenda.why else ", graded already"
        why = f", {words(hand_in.why)}" if hand_in.why else ""
        yield f"{hand_in.key} ({who}{late}): {path}{why}{stays}"
    yield from (f"  odd: {words(sentence)}" for sentence in hand_in.odd)


def _who(student: Student) -> str:
    ids = " ".join(student.ids.values())
    return words(f"{student.name} {ids}".strip())


def _many(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
