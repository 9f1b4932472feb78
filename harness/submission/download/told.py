"""A plan as lines for people: what needs a person first, and the rest counted.

- `told`: the lines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from ...text import words
from .plan import HandIn, Plan, Student

_LONGEST = 80  # characters of a name
_MOST_STUDENTS = 6
_INDENT = "    "


def told(plan: Plan, every: bool = False) -> Iterator[str]:
    """Yield the lines of a plan: the layout, counts, each oddity. With `every` each submission has a line."""
    yield f"{plan.layout}: {plan.why}"
    yield _counts(plan)
    yield from (f"! {said}" for said in plan.odd)
    odd = [each for each in plan.hand_ins if each.odd]
    if odd:
        yield f"{_many(len(odd), 'submission')} to look at:"
    for each in odd:
        yield f"  {_line(each)}"
        yield from (f"{_INDENT}! {said}" for said in each.odd)
    if plan.absent:
        yield f"nothing handed in: {_students(plan.absent, len(plan.absent) if every else _MOST_STUDENTS)}"
    rest = [each for each in plan.hand_ins if not each.odd]
    if rest and every:
        yield f"{_many(len(rest), 'submission')} without oddities:"
        yield from (f"  {_line(each)}" for each in rest)
    elif rest:
        reasons = Counter(each.why for each in rest)
        most = ", ".join(f"{why} ({count})" for why, count in reasons.most_common(3))
        yield f"{_many(len(rest), 'submission')} without oddities; why the file was taken: {most}"


def _counts(plan: Plan) -> str:
    people = sum(len(each.students) for each in plan.hand_ins)
    groups = sum(len(each.students) > 1 for each in plan.hand_ins)
    parts = [f"{_many(len(plan.hand_ins), 'submission')} of {_many(people, 'student')}"]
    counted = {
        "of groups": groups,
        "late": sum(each.late for each in plan.hand_ins),
        "without a file to run": sum(each.path is None for each in plan.hand_ins),
    }
    parts += [f"{count} {what}" for what, count in counted.items() if count]
    if plan.absent:
        parts.append(f"{_many(len(plan.absent), 'student')} handed in nothing")
    return ", ".join(parts)


def _line(each: HandIn) -> str:
    """Return a submission on one line: its key, its students, its file and why it was taken."""
    who = _students(each.students, _MOST_STUDENTS)
    late = ", late" if each.late else ""
    taken = f"{words(each.taken, _LONGEST)} ({each.why})" if each.path else "no file to run"
    return f"{each.key}{f' {who}' if who not in ('', each.key) else ''}{late}: {taken}"


def _students(students: Sequence[Student], most: int) -> str:
    shown = [words(each.name or " ".join(each.ids.values()), _LONGEST) for each in students[:most]]
    more = f" and {len(students) - most} more" if len(students) > most else ""
    return "; ".join(text for text in shown if text) + more


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
