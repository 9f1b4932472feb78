"""From a download to its plan.

- `plan_of`: read a folder or zip as it comes from a course's site. `plan_of_one`: what one student handed in.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

from ...errors import EngineError, UsageError
from ...text import words
from ..collect import read
from ..files import ARCHIVE, suffix_of
from .choice import choose
from .contents import Contents, of_file, opened
from .layouts.handed import Handed, Sent
from .layouts.recognise import recognise
from .plan import HandIn, Plan, Student
from .rosters.joining import Joined, join
from .rosters.sheets import read_roster
from .staging import Staged, staged

_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]+|^[.-]+")
_LONGEST_KEY = 80
_MOST_NAMED, _MOST_ODD = 3, 12


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
        students = [student for each in handed for student in each.students]
        if sheet:
            roster = read_roster(sheet, students)
            joined = join(layout.read(contents, roster.known()), roster)
        hand_ins = _unpacked(joined.handed, contents, wanted_class, unpack_to)
    left = [f"no submission, and left out: {_named(unfit)}"] if unfit else []
    odd = (*left, *joined.odd)
    absent = tuple(map(_harmless, joined.absent))
    called = (*unfit, *dict.fromkeys(student.name for student in students if student.name))
    shown = tuple(map(words, odd))
    return Plan(layout.name, why, unpack_to, tuple(hand_ins), absent, shown, called)


def plan_of_one(path: Path, wanted_class: str | None = None, *, unpack_to: Path) -> Plan:
    """Return the plan of what one student handed in: all of a folder or zip, or a file of code.

    Its key is "submission", and nothing is known of the student. UsageError as in `plan_of`.
    """
    alone = path.is_file() and suffix_of(path) != ARCHIVE
    with nullcontext(of_file(path)) if alone else opened(path) as contents:
        names = (*contents.files, *contents.left_out)
        sent = tuple(Sent(name, name) for name in names)
        handed = Handed("submission", "the submission", (Student({}),), sent)
        hand_ins = _unpacked([handed], contents, wanted_class, unpack_to)
    return Plan("one submission", "", unpack_to, tuple(hand_ins))


def _unpacked(
    handed: Sequence[Handed], contents: Contents, wanted_class: str | None, unpack_to: Path
) -> list[HandIn]:
    """Write the files of all submissions below a folder, which is emptied first."""
    try:
        shutil.rmtree(unpack_to, ignore_errors=True)
        unpack_to.mkdir(parents=True)
        return _hand_ins(handed, contents, wanted_class, unpack_to)
    except OSError as problem:
        raise UsageError(
            f"the files of the download cannot be written to {words(str(unpack_to))}: {problem.strerror}"
        ) from None


def _hand_ins(
    handed: Sequence[Handed], contents: Contents, wanted_class: str | None, folder: Path
) -> list[HandIn]:
    keys = _keys([each.key for each in handed])
    found = [
        _hand_in(key, each, staged(each.files, contents, folder / key), wanted_class, folder / key)
        for key, each in zip(keys, handed, strict=True)
    ]
    return sorted(_with_copies(found), key=lambda each: each.key)


def _hand_in(
    key: str, handed: Handed, files: Staged, wanted_class: str | None, folder: Path
) -> tuple[HandIn, str]:
    """Return the submission whose files are in the folder, and the SHA-256 of the file that is run."""
    choice = choose(files, wanted_class)
    taken = next((sent.place for sent in handed.files), "")
    path, digest, fingerprint, why = None, "", "", choice.why
    if choice.file:
        path, taken, digest = folder / choice.file.name, choice.file.place, choice.file.digest
        try:
            fingerprint = read(path).fingerprint
        except EngineError as problem:
            path, why = None, str(problem).replace(str(folder), handed.label)
    return HandIn(
        key,
        tuple(map(_harmless, handed.students)),
        path,
        taken,
        words("; ".join(text for text in (handed.why, why) if text)),
        _bounded([*handed.odd, *choice.odd, *files.odd]),
        handed.late,
        fingerprint,
        _called(handed),
    ), digest


def _called(handed: Handed) -> tuple[str, ...]:
    entries = (sent.place.partition("/")[0] for sent in handed.files)
    return tuple(dict.fromkeys(filter(None, (handed.label, handed.group, *entries))))


def _bounded(odd: Sequence[str]) -> tuple[str, ...]:
    """Return oddities as they can be shown, the first ones of many: a zip may have thousands."""
    more = [f"and {len(odd) - _MOST_ODD} more oddities"] if len(odd) > _MOST_ODD else []
    return tuple(map(words, [*odd[:_MOST_ODD], *more]))


def _harmless(student: Student) -> Student:
    """Return a student whose name and ids, which may come from names of files, can be shown."""
    ids = {kind: words(text) for kind, text in student.ids.items()}
    return Student(ids, words(student.name))


def _with_copies(found: Sequence[tuple[HandIn, str]]) -> list[HandIn]:
    """Add an oddity to each submission whose file has the same bytes as the file of another one."""
    alike: dict[str, list[str]] = defaultdict(list)
    for hand_in, digest in found:
        alike[digest].append(hand_in.key)
    result = []
    for hand_in, digest in found:
        others = sorted(set(alike[digest]) - {hand_in.key}) if digest else []
        if others:
            said = f"a copy: the same bytes as {_named(others)}"
            hand_in = replace(hand_in, odd=(*hand_in.odd, said))
        result.append(hand_in)
    return result


def _named(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(words(name, _LONGEST_KEY) for name in names[:_MOST_NAMED]) + more


def _keys(names: Iterable[str]) -> list[str]:
    """Return a name for files for each id, unique also where a file system ignores upper and lower case."""
    seen: set[str] = set()
    keys = []
    for name in names:
        key = safe = _UNSAFE.sub("_", name)[:_LONGEST_KEY]
        if key != name or key.casefold() in seen:
            digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
            # A student may name a file as the key of another one, and must not replace it.
            sizes = range(8, len(digest))
            made = (f"{safe}-{digest[:size]}" for size in sizes)
            key = next(each for each in made if each.casefold() not in seen)
        seen.add(key.casefold())
        keys.append(key)
    return keys
