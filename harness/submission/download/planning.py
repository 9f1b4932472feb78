"""From a download to its plan.

- `plan_of`: read a folder or zip as it comes from a course's site.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from ...errors import EngineError, UsageError
from ...text import words
from ..collect import read
from .choice import choose
from .contents import Contents, opened
from .layouts.handed import Handed
from .layouts.recognise import recognise
from .plan import HandIn, Plan, Student
from .rosters.joining import Joined, join
from .rosters.sheets import read_roster
from .staging import Written, staged

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+|^[.-]+")
_LONGEST_KEY = 80
_MOST_NAMED = 3


def plan_of(
    path: Path, sheet: Path | None = None, wanted_class: str | None = None, *, unpack_to: Path
) -> Plan:
    """Return the plan of a download: who handed in what, and which file is run.

    The files of code are written to `unpack_to`, which is emptied first. `sheet` is the roster of the course.
    `wanted_class` is the class that the assignment asks for; None for any class with a method backward.
    UsageError when the download or the sheet cannot be read or understood, or when the disk is full.
    """
    if unpack_to.resolve().is_relative_to(path.resolve()):
        raise UsageError(
            f"{words(str(unpack_to))} lies inside of the download {words(str(path))}: name another folder"
        )
    with opened(path) as whole:
        layout, contents, why, unfit = recognise(whole)
        handed = layout.read(contents, frozenset())
        joined = Joined(tuple(handed), (), ())
        if sheet:
            students = [student for each in handed for student in each.students]
            roster = read_roster(sheet, students)
            joined = join(layout.read(contents, roster.known()), roster)
        try:
            shutil.rmtree(unpack_to, ignore_errors=True)
            unpack_to.mkdir(parents=True)
            hand_ins = _hand_ins(joined.handed, contents, wanted_class, unpack_to)
        except OSError as problem:
            raise UsageError(
                f"the files of the download cannot be written to {words(str(unpack_to))}: {problem.strerror}"
            ) from None
    odd = (*(f"{words(top)} fits no submission and is left out" for top in unfit), *joined.odd)
    absent = tuple(map(_harmless, joined.absent))
    return Plan(layout.name, why, unpack_to, tuple(hand_ins), absent, tuple(map(words, odd)))


def _hand_ins(
    handed: Sequence[Handed], contents: Contents, wanted_class: str | None, folder: Path
) -> list[HandIn]:
    keys = _keys([each.key for each in handed])
    found: list[tuple[HandIn, Written | None]] = []
    for key, each in zip(keys, handed, strict=True):
        files = staged(each.files, contents, folder / key)
        choice = choose(files, wanted_class)
        path, fingerprint, odd = None, "", [*each.odd, *files.odd, *choice.odd]
        if choice.file:
            path = folder / key / choice.file.name
            try:
                fingerprint = read(path).fingerprint
            except EngineError as problem:
                path, odd = None, [*odd, str(problem).replace(str(folder / key), each.label)]
        why = words("; ".join(text for text in (each.why, choice.why) if text))
        taken = choice.file.place if choice.file else ""
        students = tuple(map(_harmless, each.students))
        said = tuple(map(words, odd))
        hand_in = HandIn(key, students, path, taken, why, said, each.late, fingerprint)
        found.append((hand_in, choice.file))
    return sorted(_with_copies(found), key=lambda each: each.key)


def _harmless(student: Student) -> Student:
    """Return a student whose name and ids, which may come from names of files, can be shown."""
    ids = {kind: words(text) for kind, text in student.ids.items()}
    return Student(ids, words(student.name))


def _with_copies(found: Sequence[tuple[HandIn, Written | None]]) -> list[HandIn]:
    """Add an oddity to each submission whose file has the same bytes as the file of another one."""
    alike: dict[str, list[str]] = defaultdict(list)
    for hand_in, file in found:
        if file:
            alike[file.digest].append(hand_in.key)
    result = []
    for hand_in, file in found:
        others = sorted(set(alike[file.digest]) - {hand_in.key}) if file else []
        if others:
            more = f" and {len(others) - _MOST_NAMED} more" if len(others) > _MOST_NAMED else ""
            said = f"a copy: the same bytes as {', '.join(others[:_MOST_NAMED])}{more}"
            hand_in = replace(hand_in, odd=(*hand_in.odd, said))
        result.append(hand_in)
    return result


def _keys(names: Iterable[str]) -> list[str]:
    """Return a name for files for each id, unique also where a file system ignores upper and lower case."""
    seen: set[str] = set()
    keys = []
    for name in names:
        key = _UNSAFE.sub("_", name)[:_LONGEST_KEY]
        if key != name or key.casefold() in seen:
            key = f"{key}-{hashlib.sha256(name.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"
        seen.add(key.casefold())
        keys.append(key)
    return keys
