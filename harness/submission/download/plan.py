"""The plan of a download: its layout, the students, and the file that is graded for each.

- `Plan`: all of it. `HandIn`: one submission, of one student or of a group. `Student`: one person.

A plan says what will be graded and why; it opens no engine. `gradconform grade` prints it, and runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Student:
    """One person.

    `ids` maps the kind of an id ("canvas", "sis", "login", "moodle", "email", "folder", ...) to the id, which
    is text, so that leading zeros stay. `name` is for people and never joins anything.
    """

    ids: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True)
class HandIn:
    """One submission, which is graded once.

    `key` names it in files of the grading: letters, digits, `-`, `_` and `.` alone, unique in the plan, the
    same whenever the same download is read again. `students` are those whose grade it is. `path` is the file
    that is run, below the folder of the plan; None where there is none. `taken` is its name in the download;
    where nothing is run, that of the first file. `why` says why it was chosen, or why there is none. `odd`
    has one sentence for each oddity. `fingerprint` is the one of the files that are run (see
    `Submission.fingerprint`), "" without any. `called` has all that the download calls it, by which its
    students may be known.
    """

    key: str
    students: tuple[Student, ...]
    path: Path | None
    taken: str = ""
    why: str = ""
    odd: tuple[str, ...] = ()
    late: bool = False
    fingerprint: str = ""
    called: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """The plan of a download.

    `folder` holds a folder for each submission, named by its key, with the files of code that were handed in.
    So no submission can import the file of another one. `absent` are students of the roster who handed in
    nothing. `odd` concerns the whole download. `called` has names in the download that are in no submission,
    or that the roster has otherwise.
    """

    layout: str
    why: str
    folder: Path
    hand_ins: tuple[HandIn, ...]
    absent: tuple[Student, ...] = ()
    odd: tuple[str, ...] = field(default=())
    called: tuple[str, ...] = ()
