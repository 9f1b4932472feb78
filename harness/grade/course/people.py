"""`People`: the students and submissions of a grading, by the names that a person may type."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from ...errors import UsageError
from ...submission.download.plan import HandIn, Student
from ...text import words


class People:
    """Submissions by their keys, and students by their ids.

    `hand_ins` are all submissions, with those that are not in the download any more. `absent` are students
    without one.
    """

    def __init__(self, hand_ins: Sequence[HandIn], absent: Iterable[Student]) -> None:
        self._found: dict[str, list[HandIn | None]] = {one.key: [one] for one in hand_ins}
        for student, hand_in in _students(hand_ins, absent):
            for id in dict.fromkeys(student.ids.values()):
                self._found.setdefault(id, []).append(hand_in)

    def knows(self, name: str) -> bool:
        """Return True when `name` is the key of a submission or an id of a student."""
        return name in self._found

    def hand_in(self, name: str) -> HandIn | None:
        """Return the submission of a student, None for one who handed in nothing.

        `name` is the key of a submission or an id of a student. Raises UsageError when it is neither, or the
        id of several students.
        """
        found = self._found.get(name, [])
        if not found:
            near = difflib.get_close_matches(name, self._found, n=3, cutoff=0.5)
            offer = f"; did you mean {' or '.join(map(words, near))}?" if near else ""
            raise UsageError(
                f"{words(name)!r} is neither a submission nor the id of a student of this grading{offer}"
            )
        if len({one and one.key for one in found}) > 1:
            keys = ", ".join(one.key if one else "one without a submission" for one in found)
            raise UsageError(
                f"{words(name)!r} is an id of several students: {keys}; say the submission"
            )
        return found[0]


def _students(
    hand_ins: Iterable[HandIn], absent: Iterable[Student]
) -> Iterator[tuple[Student, HandIn | None]]:
    for hand_in in hand_ins:
        yield from ((student, hand_in) for student in hand_in.students)
    yield from ((student, None) for student in absent)
