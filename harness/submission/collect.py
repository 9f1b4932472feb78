"""Reading a submission in the parent: files, folders and zips as bytes, within bounds. No link is followed.

- `read`: from a path to a `Submission`.
- `why_no_submission`: the reason why a path cannot be read. `in_archive`: the zip that a path leads into.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from ..errors import EngineError, UsageError
from ..text import words
from . import notebook_format
from .files import (
    ARCHIVE,
    CODE,
    MOST_BYTES,
    MOST_FILES,
    LeftOut,
    Submission,
    code_of,
    held,
    is_skipped,
    largest,
    plain_name,
    suffix_of,
    why_unread,
)

_MOST_UNREAD = 100
_IMPORTED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+\.*([A-Za-z_]\w*)", re.MULTILINE)
# The group is the part behind the second import of "from . import ops, nn".
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.+(?:[ \t]+import[ \t]+([^\n]*))?", re.MULTILINE)
_RUN = re.compile(rb"(?:%run|['\"]run['\"],)[ \t]+(?:-\S+[ \t]+)*['\"]?([\w./-]+)")


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
        return Submission(name, {name: _whole(archive)}, inner)
    if not path.is_file():
        raise UsageError(f"there is no file or folder {words(str(path))}")
    if why_no_submission(path):
        raise UsageError(f"{words(str(path))}: {why_no_submission(path)}")
    name = words(plain_name(Path(path.name)))
    files = {name: _whole(path)}
    if suffix_of(path) == ARCHIVE:
        return Submission(name, files)
    if alone:
        return Submission(name, files, name)
    unread = _add_siblings(path, name, files)
    # A file with relative imports belongs to a package, and its folder has the package's name.
    relative = _RELATIVE.search(_source(path, name, files[name]))
    inside = f"{words(path.resolve().parent.name)}/" if relative else ""
    return Submission(name, {inside + n: d for n, d in files.items()}, inside + name, unread)


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


def _whole(path: Path) -> bytes:
    try:
        return _bounded(path)
    except LeftOut as why:
        raise EngineError(f"{words(str(path))} {why}") from None


def _bounded(path: Path) -> bytes:
    """Return the part of a file that counts: see `code_of`. LeftOut when it is too large or unreadable."""
    try:
        # O_NONBLOCK, because opening a named pipe would otherwise wait for a writer.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LeftOut("is no regular file")
            data = file.read(largest(path) + 1)
    except OSError as problem:
        raise LeftOut(f"cannot be read: {problem.strerror}") from None
    return code_of(path, data)


def _folder(folder: Path) -> Submission:
    name = words(folder.resolve().name)
    # The files of a package import one another by the name of its folder.
    inside = f"{name}/" if (folder / "__init__.py").is_file() else ""
    files: dict[str, bytes] = {}
    unread: dict[str, str] = {}
    for path in _files_of(folder):
        inner = inside + words(plain_name(path.relative_to(folder)))
        if suffix_of(path) in CODE:
            try:
                files[inner] = _bounded(path)
            except LeftOut as why:
                unread[inner] = str(why)
        elif len(unread) < _MOST_UNREAD:
            unread[inner] = why_unread(path)
        _check_amount(files, f"{words(str(folder))} holds")
    if not files:
        there = f": it holds {held(unread)}" if unread else ""
        raise EngineError(f"{words(str(folder))} holds no .py or .ipynb file{there}")
    return Submission(name, files, unread=unread)


def _files_of(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder and of all folders below, without links and folders that lie too deep."""
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


def _add_siblings(path: Path, main: str, files: dict[str, bytes]) -> dict[str, str]:
    """Add the files beside a file that it imports or runs, directly or through others.

    Returns the files that were left out, with the reason. EngineError when they are too many.
    """
    pending, unread = [main], dict[str, str]()
    there = frozenset(os.listdir(path.parent))
    while pending:
        name = pending.pop()
        for each in _used(path.parent, there, _source(path, name, files[name])):
            inner = words(plain_name(each.relative_to(path.parent)))
            if inner in files or inner in unread or each == path:
                continue
            try:
                files[inner] = _bounded(each)
                pending.append(inner)
            except LeftOut as why:
                unread[inner] = str(why)
            _check_amount(files, f"{main} imports")
    return unread


def _check_amount(files: Mapping[str, bytes], what: str) -> None:
    if sum(map(len, files.values())) > MOST_BYTES or len(files) > MOST_FILES:
        raise EngineError(f"{what} more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB")


def _source(path: Path, name: str, data: bytes) -> bytes:
    """Return the code of a file. A dot replaces the name of its own package, as in a relative import."""
    if not name.endswith(".ipynb"):
        own = re.escape(path.resolve().parent.name.encode())
        return re.sub(rb"^([ \t]*from[ \t]+)%s\b" % own, rb"\1.", data, flags=re.MULTILINE)
    try:
        found = notebook_format.of_notebook(data.decode())
    except ValueError:
        return b""
    return "\n".join(cell.source for cell in found).encode("utf-8", "replace")


def _used(folder: Path, there: Set[str], source: bytes) -> Iterator[Path]:
    """Yield the files of the folder that a source imports or runs; `there` are all names in the folder.

    Links are not followed: one may lead to a file that the author cannot read, and the person who runs
    gradconform can.
    """
    imported = _imported(source)
    for name in sorted(name for name in there if name.removesuffix(".py") in imported):
        inside = [] if name.endswith(".py") else sorted((folder / name).glob("*.py"))
        yield from (p for p in (folder / name, *inside) if p.suffix and _is_own(p, folder))
    for name in sorted({match.decode() for match in _RUN.findall(source)}):
        for place in (folder / name, folder / f"{name}.py"):
            if suffix_of(place) in CODE and _is_own(place, folder):
                yield place


def _is_own(path: Path, folder: Path) -> bool:
    """True when a file lies in the folder and no part of its path is a link."""
    if ".." in path.parts or not path.is_relative_to(folder):
        return False
    steps = [path, *path.parents][: len(path.parts) - len(folder.parts)]
    # `Path.is_file` raises for a name that is too long for a file; these functions do not.
    return os.path.isfile(path) and not any(map(os.path.islink, steps))


def _imported(source: bytes) -> set[str]:
    """Return the first part of each name that a source imports, with the modules of its own package."""
    found = set(_IMPORTED.findall(source))
    for behind in _RELATIVE.findall(source):
        found |= {b"__init__", *re.findall(rb"\b[A-Za-z_]\w*", behind)}
    return {name.decode() for name in found}
