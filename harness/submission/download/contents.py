"""The files of a download, in a folder or in a zip, by their names, each read alone and within bounds.

- `Contents`: the names, each with its file. `opened`: the contents of a folder or of a zip.
- `of_file`: those of one file. `unpacked`: those of a zip that a student handed in.

Names have `/` between their parts and composed letters (NFC). Files of tools and hidden ones are not listed.
"""

from __future__ import annotations

import io
import os
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Protocol

from ...errors import UsageError
from ...text import words
from ..collect import files_of
from ..files import ARCHIVE, CODE, LeftOut, is_skipped, suffix_of
from ..reading import bounded
from .zip_member import LONGEST_NAME, InZip, name_of, why_not

_MOST_FILES = 50_000  # of a whole download
_MOST_IN_ZIP = 10_000  # of a zip that a student handed in
_MOST_CODE_IN_ZIP = 256 << 20  # bytes, with the pictures of notebooks
# Begins each entry of a zip's list of files, see APPNOTE.TXT of PKWARE, 4.3.12.
_MEMBER = b"PK\x01\x02"


class File(Protocol):
    """One file of a download."""

    def size(self) -> int:
        """Return the number of its bytes. LeftOut when the system cannot look it up."""

    def code(self) -> bytes:
        """Return the part that counts (see `files.code_of`). LeftOut when it cannot be read."""

    def raw(self, most: int) -> bytes:
        """Return at most `most` bytes of the file as it is. LeftOut when it cannot be read."""


@dataclass(frozen=True)
class Contents:
    """The files of a download by their names, sorted.

    `left_out` has the files that are not read, each with the reason as the end of a sentence. `folders` has
    folders near the top, because they may be empty, and `hidden` the hidden files and folders there, such as
    "ada/.git".
    """

    files: Mapping[str, File]
    left_out: Mapping[str, str]
    folders: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    @cached_property
    def tops(self) -> dict[str, list[str]]:
        """The entries at the top, each with the files in it; a file at the top has itself alone."""
        found: dict[str, list[str]] = {}
        for name in (*self.files, *self.left_out):
            found.setdefault(name.partition("/")[0], []).append(name)
        for name in self.folders:
            found.setdefault(name.partition("/")[0], [])
        return dict(sorted(found.items()))

    def is_folder(self, top: str) -> bool:
        """True when the entry at the top is a folder with a file in it."""
        return top not in self.files and top not in self.left_out

    def below(self, top: str) -> Contents:
        """Return the contents of a folder at the top."""
        start = f"{top}/"

        def inside(names: Iterable[str]) -> frozenset[str]:
            return frozenset(name[len(start) :] for name in names if name.startswith(start))

        return Contents(
            {
                name[len(start) :]: file
                for name, file in self.files.items()
                if name.startswith(start)
            },
            {
                name[len(start) :]: why
                for name, why in self.left_out.items()
                if name.startswith(start)
            },
            inside(self.folders),
            inside(self.hidden),
        )


@dataclass(frozen=True)
class _OnDisk:
    path: Path

    def size(self) -> int:
        try:
            return self.path.lstat().st_size
        except OSError as problem:
            raise LeftOut(f"cannot be read: {problem.strerror}") from None

    def code(self) -> bytes:
        return bounded(self.path)

    def raw(self, most: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                return file.read(most)
        except OSError as problem:
            raise LeftOut(f"cannot be read: {problem.strerror}") from None


@contextmanager
def opened(path: Path) -> Iterator[Contents]:
    """Yield the contents of a folder or zip. UsageError when it cannot be read or holds too much."""
    shown = words(str(path))
    if path.is_dir():
        yield _of_folder(path, shown)
        return
    if not path.exists():
        raise UsageError(f"there is no folder or zip {shown}")
    if suffix_of(path) != ARCHIVE:
        raise UsageError(
            f"{shown} is no download: a folder, or a zip as a course's site gives it, was expected"
        )
    try:
        archive = _archive(path)
    except LeftOut as why:
        raise UsageError(f"{shown} cannot be unpacked: {why}; download it again") from None
    with archive:
        yield _of_zip(archive)


def of_file(path: Path) -> Contents:
    """Return the contents of what is one file, and no zip."""
    return Contents({path.name: _OnDisk(path)}, {})


def unpacked(data: bytes) -> Contents:
    """Return the contents of a zip in memory. LeftOut when it is damaged or holds too much."""
    # They are counted first, because `zipfile` makes an object for each of a million.
    count = data.count(_MEMBER)
    if count > _MOST_IN_ZIP:
        raise LeftOut(f"it holds {count:,} files, and at most {_MOST_IN_ZIP:,} are read")
    contents = _of_zip(_archive(io.BytesIO(data)))
    # Many entries may share the same bytes, so that a small zip unpacks to any size.
    code = (file for name, file in contents.files.items() if suffix_of(PurePosixPath(name)) in CODE)
    if sum(file.size() for file in code) > _MOST_CODE_IN_ZIP:
        raise LeftOut(f"its files of code have more than {_MOST_CODE_IN_ZIP >> 20} MiB")
    return contents


def _archive(packed: Path | BinaryIO) -> zipfile.ZipFile:
    """Return a zip, open. LeftOut when it is damaged or holds too many files."""
    try:
        archive = zipfile.ZipFile(packed)
    except OSError as problem:
        raise LeftOut(f"it cannot be read: {problem.strerror}") from None
    # zipfile raises many types for a broken archive, with parts of it in their texts.
    except Exception:
        raise LeftOut("it is damaged, or no zip file") from None
    count = len(archive.infolist())
    if count > _MOST_FILES:
        archive.close()
        raise LeftOut(f"it holds {count:,} files, and at most {_MOST_FILES:,} are read")
    return archive


def _of_zip(archive: zipfile.ZipFile) -> Contents:
    files: dict[str, File] = {}
    left_out: dict[str, str] = {}
    folders: set[str] = set()
    hidden: set[str] = set()
    for member in archive.infolist():
        path = PurePosixPath(unicodedata.normalize("NFC", name_of(member))[:LONGEST_NAME])
        inside = [part for part in path.parts if part not in ("..", "/")]
        name = "/".join(inside)
        if is_skipped(PurePosixPath(name)):
            skipped = _skipped(inside)
            hidden.add(skipped)
            folders.add(skipped.rpartition("/")[0])  # perhaps nothing else is in it
        elif why := why_not(member, path):
            left_out[name] = why
        elif member.is_dir():
            folders.add(name)
        else:
            files[PurePosixPath(name_of(member)).as_posix()] = InZip(archive, member)
    _compose(files)
    folders.discard("")
    return Contents(dict(sorted(files.items())), left_out, frozenset(folders), frozenset(hidden))


def _compose(files: dict[str, File]) -> None:
    """Give each file its composed name, unless another one that looks the same has it."""
    for name in list(files):
        composed = unicodedata.normalize("NFC", name)
        if composed not in files:
            files[composed] = files.pop(name)


def _skipped(parts: Sequence[str]) -> str:
    """Return a path up to the part because of which it is skipped: "ada/.git" of "ada/.git/HEAD"."""
    at = next(at for at, part in enumerate(parts) if is_skipped(PurePosixPath(part)))
    return "/".join(parts[: at + 1])


def _of_folder(folder: Path, shown: str) -> Contents:
    files: dict[str, File] = {}
    links: list[Path] = []
    for path in files_of(folder, links):
        files[path.relative_to(folder).as_posix()] = _OnDisk(path)
        if len(files) > _MOST_FILES:
            raise UsageError(
                f"{shown} holds more than {_MOST_FILES:,} files: name the folder of one download"
            )
    _compose(files)
    left_out = {
        link.relative_to(folder).as_posix(): "is a link, and no link is followed" for link in links
    }
    folders, hidden = set[str](), set[str]()
    for entry in _near(folder):
        below = Path(entry.path).relative_to(folder)
        if is_skipped(below):
            hidden.add(below.as_posix())
        elif entry.is_dir(follow_symlinks=False):
            folders.add(unicodedata.normalize("NFC", below.as_posix()))
    return Contents(dict(sorted(files.items())), left_out, frozenset(folders), frozenset(hidden))


def _near(folder: Path | str, depth: int = 3) -> Iterator[os.DirEntry[str]]:
    """Yield the entries of a folder and of the folders near it, without following links."""
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            yield entry
            is_open = not is_skipped(PurePosixPath(entry.name))
            if depth > 1 and is_open and entry.is_dir(follow_symlinks=False):
                yield from _near(entry.path, depth - 1)
