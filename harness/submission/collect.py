"""Reading a submission in the parent: files, folders and zips as bytes, within bounds. No link is followed.

- `read`: from a path to a `Submission`.
- `why_no_submission`: the reason why a path cannot be read. `in_archive`: the zip that a path leads into.
- `files_of`: the files of a folder and of all folders below.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import EngineError, UsageError
from ..text import words
from .beside import with_beside
from .files import (
    ARCHIVE,
    CODE,
    LeftOut,
    Submission,
    held,
    is_skipped,
    plain_name,
    suffix_of,
    why_unread,
)
from .reading import bounded, check_amount, whole

_MOST_UNREAD = 100
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.", re.MULTILINE)


def read(path: Path, alone: bool = False) -> Submission:
    """Read a submission. With `alone` a single file is read without the files beside it that it imports.

    The author chose the names of files: in the submission `harness.text.words` has made them harmless.
    UsageError when there is no file, folder or zip; EngineError when it is too big or holds no code; OSError
    when the system cannot look up the path.
    """
    if path.is_dir():
        return _folder(path)
    archive = in_archive(path)
    if archive is not None:
        name = words(plain_name(Path(archive.name)))
        inner = words(plain_name(path.relative_to(archive)))
        return Submission(name, {name: whole(archive)}, inner)
    if not path.is_file():
        raise UsageError(f"there is no file or folder {words(str(path))}")
    if why_no_submission(path):
        raise UsageError(f"{words(str(path))}: {why_no_submission(path)}")
    name = words(plain_name(Path(path.name)))
    if suffix_of(path) == ARCHIVE:
        return Submission(name, {name: whole(path)})
    return Submission(name, {name: whole(path)}, name) if alone else with_beside(path)


def why_no_submission(path: Path) -> str:
    """Return the reason why the path cannot be read, or an empty text. OSError as `in_archive`."""
    code = path.is_file() and suffix_of(path) in (*CODE, ARCHIVE)
    if code or path.is_dir() or in_archive(path):
        return ""
    return "a .py, .ipynb, .txt or .zip file or a folder was expected"


def in_archive(path: Path) -> Path | None:
    """Return the zip that the path leads into, `hw.zip` for `hw.zip/src/engine.py`, or None.

    OSError when the system cannot look up the path, for example because a name is too long.
    """
    zips = (above for above in path.parents if suffix_of(above) == ARCHIVE)
    return next((above for above in zips if above.is_file()), None)


def _folder(folder: Path) -> Submission:
    name = words(folder.resolve().name)
    files: dict[str, bytes] = {}
    unread: dict[str, str] = {}
    for path in files_of(folder):
        inner = words(plain_name(path.relative_to(folder)))
        if suffix_of(path) in CODE:
            try:
                files[inner] = bounded(path)
            except LeftOut as why:
                unread[inner] = str(why)
        elif len(unread) < _MOST_UNREAD:
            unread[inner] = why_unread(path)
        check_amount(files, f"{words(str(folder))} holds")
    if not files:
        there = f": it holds {held(unread)}" if unread else ""
        raise EngineError(f"{words(str(folder))} holds no .py or .ipynb file{there}")
    if not _is_package(files):
        return Submission(name, files, unread=unread)
    # The files of a package import one another by the name of its folder.
    inside = f"{name}/"
    files = {inside + inner: data for inner, data in files.items()}
    unread = {inside + inner: why for inner, why in unread.items()}
    return Submission(name, files, unread=unread, inside=inside)


def _is_package(files: Mapping[str, bytes]) -> bool:
    """True when a folder has `__init__.py`, or a file at its top imports the one beside it by a dot."""
    top = (data for inner, data in files.items() if inner.endswith(".py") and "/" not in inner)
    return "__init__.py" in files or any(map(_RELATIVE.search, top))


def files_of(folder: Path, links: list[Path] | None = None) -> Iterator[Path]:
    """Yield the files of a folder and of all folders below, without links and folders that lie too deep.

    The links are added to `links`. Folders that tools make and hidden ones are skipped.
    """
    pending = [folder]
    while pending:
        entries: list[os.DirEntry[str]] = []
        with contextlib.suppress(OSError):
            entries = sorted(os.scandir(pending.pop()), key=lambda entry: entry.name)
        for entry in entries:
            path = Path(entry.path)
            if is_skipped(path.relative_to(folder)):
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append(path)
            elif entry.is_file(follow_symlinks=False):
                yield path
            elif links is not None and entry.is_symlink():
                links.append(path)
