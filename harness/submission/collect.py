"""Reading a submission in the parent: a file, a folder or a zip as bytes, within bounds, no link followed.

- `read`: what was named, as a `Submission`.
- `in_archive`: whether a path leads into a zip.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

from harness.errors import EngineError, UsageError
from harness.submission import notebook_format
from harness.submission.files import (
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
from harness.text import words

_MOST_UNREAD = 100
_IMPORTED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+\.*([A-Za-z_]\w*)", re.MULTILINE)
# What stands behind the import in "from . import ops, nn".
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.+(?:[ \t]+import[ \t]+([^\n]*))?", re.MULTILINE)
_RUN = re.compile(rb"(?:%run|['\"]run['\"],)[ \t]+(?:-\S+[ \t]+)*['\"]?([\w./-]+)")


def read(path: Path, alone: bool = False) -> Submission:
    """Read a submission. With `alone` the files beside a single one stay out, whatever it imports.

    UsageError when there is nothing there; EngineError when it is too big or holds no code. Names of
    files are its author's text: in what is read they are harmless, see `harness.text.words`.
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
    # Whoever imports relatively belongs to a folder, by the name of which the others find it.
    relative = _RELATIVE.search(_source(path, name, files[name]))
    inside = f"{words(path.resolve().parent.name)}/" if relative else ""
    return Submission(name, {inside + n: d for n, d in files.items()}, inside + name, unread)


def why_no_submission(path: Path) -> str:
    """Why what is there cannot be read, or nothing."""
    code = path.is_file() and suffix_of(path) in (*CODE, ARCHIVE)
    if code or path.is_dir() or in_archive(path):
        return ""
    return "a .py, .ipynb, .txt or .zip file or a folder was expected"


def in_archive(path: Path) -> Path | None:
    """The zip that the path leads into: `hw.zip` of `hw.zip/src/engine.py`."""
    zips = (above for above in path.parents if suffix_of(above) == ARCHIVE)
    return next((above for above in zips if above.is_file()), None)


def _whole(path: Path) -> bytes:
    try:
        return _bounded(path)
    except LeftOut as why:
        raise EngineError(f"{words(str(path))} {why}") from None


def _bounded(path: Path) -> bytes:
    """What counts of a file. LeftOut when it cannot be read, or is too much."""
    try:
        # A pipe with nobody at its other end would otherwise be waited for.
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise LeftOut("is no file of data")
            data = file.read(largest(path) + 1)
    except OSError as problem:
        raise LeftOut(f"cannot be read: {problem.strerror}") from None
    return code_of(path, data)


def _folder(folder: Path) -> Submission:
    name = words(folder.resolve().name)
    # A folder that is a package keeps its name, by which its files import one another.
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
    """Its files and those of its folders, without what is behind a link or too deep to be opened."""
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
    """Add what lies beside the file and is imported or run by it, and by that; gives what was left out."""
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
    """What is Python in a file, roughly; its own package by a dot, as in a relative import."""
    if not name.endswith(".ipynb"):
        own = re.escape(path.resolve().parent.name.encode())
        return re.sub(rb"^([ \t]*from[ \t]+)%s\b" % own, rb"\1.", data, flags=re.MULTILINE)
    try:
        found = notebook_format.of_notebook(data.decode())
    except ValueError:
        return b""
    return "\n".join(cell.source for cell in found).encode("utf-8", "replace")


def _used(folder: Path, there: Set[str], source: bytes) -> Iterator[Path]:
    """The files in the folder, in which the names `there` are, that a source imports or runs.

    A link may lead to what its author cannot read, and whoever runs this can.
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
    """Whether a file lies in the folder, and is reached without a link."""
    if ".." in path.parts or not path.is_relative_to(folder):
        return False
    steps = [path, *path.parents][: len(path.parts) - len(folder.parts)]
    # Unlike a path's own methods, these take names that no file can have.
    return os.path.isfile(path) and not any(map(os.path.islink, steps))


def _imported(source: bytes) -> set[str]:
    """The first names of what a source imports, its own package's modules included."""
    found = set(_IMPORTED.findall(source))
    for behind in _RELATIVE.findall(source):
        found |= {b"__init__", *re.findall(rb"\b[A-Za-z_]\w*", behind)}
    return {name.decode() for name in found}
