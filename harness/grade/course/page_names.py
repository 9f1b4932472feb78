"""`page_names`: the file of each student's page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from .folder import FEEDBACK
from .marks import Mark

_ABSENT = "not-handed-in"  # in place of the name of a submission


def page_names(marks: Sequence[Mark]) -> list[str]:
    """Return for each student the path of the page, relative to the folder of the grading.

    The members of a group share a page, named like their submission, while they have the same points and
    comments. Where they differ, each has a page of their own, whose name belongs to them for good: no page
    is ever another student's, not even while some are written anew. `marks` are in the order of `Marks`.
    """
    names = []
    for key, group in groupby(marks, lambda mark: mark.key):
        several = list(group)
        first = several[0]
        alike = all(replace(mark, student=first.student) == first for mark in several[1:])
        names += [
            f"{FEEDBACK}/{key}.html"
            if key and alike
            else f"{FEEDBACK}/{key or _ABSENT}+{_digest(mark)}.html"
            for mark in several
        ]
    return names


def _digest(mark: Mark) -> str:
    """A name for a student. An id may be an address, and stands in no name of a file."""
    who = sorted(mark.student.ids.items()) or mark.student.name
    return hashlib.sha256(repr(who).encode()).hexdigest()[:12]
