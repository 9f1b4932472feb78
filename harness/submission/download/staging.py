"""The files of one submission, written to a folder of its own, and the oddities of each file.

- `staged`: write them. `Staged`: the files that were written, and the oddities of the others.

A zip that a student handed in is unpacked; a notebook is written without its outputs. A file that is no code
is not written.
"""

from __future__ import annotations

import hashlib
import io
import tokenize
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ...text import words
from ..files import ARCHIVE, CODE, MOST_BYTES, MOST_FILES, LeftOut, plain_name, suffix_of
from ..notebook_format import of_notebook
from .contents import Contents, File, unpacked
from .layouts.handed import Sent

_PACKED = (".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_LONGEST_PART = 120  # characters of one part of a path, so that its bytes fit any file system
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Written:
    """A file in the folder: its name there, and `place`, its name in the download.

    `text` is its source, of a notebook the sources of its cells. `digest` is the SHA-256 of its bytes.
    """

    name: str
    place: str
    text: str
    digest: str
    upload: int = 0
    odd: str = ""


@dataclass
class Staged:
    """The files that were written, the oddities of the others, and what else was handed in."""

    written: list[Written] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    other: dict[str, str] = field(default_factory=dict)


def staged(sent: Iterable[Sent], contents: Contents, folder: Path) -> Staged:
    """Write the files of code to the folder, within the bounds of `files`. OSError when the disk is full."""
    result = Staged()
    total = 0
    found = sorted(_unfolded(sent, contents, result), key=lambda pair: _order(pair[0].name))
    for each, file in found:
        name = _safe(each.name)
        if suffix_of(PurePosixPath(name)) not in CODE:
            result.other[words(each.place)] = _why_other(name)
            continue
        try:
            data = file.code()
        except LeftOut as why:
            result.odd.append(f"{words(each.place)} {why}")
            continue
        total += len(data)
        if total > MOST_BYTES or len(result.written) == MOST_FILES:
            result.odd.append(
                f"more than {MOST_FILES} files or {MOST_BYTES >> 20} MiB: the rest is left out"
            )
            break
        try:
            name = _write(folder, name, data)
        except (FileExistsError, IsADirectoryError, NotADirectoryError):
            result.odd.append(
                f"{words(each.place)} has the name of a folder that was handed in too"
            )
            continue
        text, odd = _source(name, data)
        digest = hashlib.sha256(data).hexdigest()
        result.written.append(Written(name, words(each.place), text, digest, each.upload, odd))
    return result


def _unfolded(
    sent: Iterable[Sent], contents: Contents, result: Staged
) -> Iterator[tuple[Sent, File]]:
    """Yield the files, those of a zip in its place. `result` gets the reasons to leave out."""
    for each in sent:
        if each.place in contents.left_out:
            result.odd.append(f"{words(each.place)} {contents.left_out[each.place]}")
            continue
        file = contents.files[each.place]
        if suffix_of(PurePosixPath(each.name)) != ARCHIVE:
            yield each, file
            continue
        try:
            inner = unpacked(file.code())
        except LeftOut as why:
            result.odd.append(f"{words(each.place)} cannot be unpacked: {why}")
            continue
        result.odd += [
            f"{words(each.place)}/{words(name)} {why}" for name, why in inner.left_out.items()
        ]
        stem = each.name[: -len(ARCHIVE)]
        for name, member in inner.files.items():
            yield Sent(f"{each.place}/{name}", f"{stem}/{name}", each.upload), member


def _order(name: str) -> int:
    """Return the place of a file's kind: data in text files must not take the room of the engine."""
    suffix = suffix_of(PurePosixPath(name))
    return CODE.index(suffix) if suffix in CODE else len(CODE)


def _write(folder: Path, name: str, data: bytes) -> str:
    """Write a file, in a folder `again` when its name is taken, and return its name."""
    while (folder / name).is_file():
        name = f"again/{name}"
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(data)
    return name


def _safe(name: str) -> str:
    """Return the author's path as a path below a folder, with parts that every file system can hold."""
    path = PurePosixPath(plain_name(PurePosixPath(name)))
    *folders, last = [part for part in path.parts if part not in ("..", "/")]
    stem = words(last.removesuffix(path.suffix), _LONGEST_PART)
    return "/".join(
        [*(words(part, _LONGEST_PART) for part in folders), stem + words(path.suffix, 20)]
    )


def _why_other(name: str) -> str:
    suffix = suffix_of(PurePosixPath(name))
    if suffix == ARCHIVE:
        return "a zip in a zip"
    return "an archive that is no zip" if suffix in _PACKED else ""


def _source(name: str, data: bytes) -> tuple[str, str]:
    """Return the source of a file, and a sentence when it is not encoded as Python expects it."""
    text, odd = _decoded(data)
    if name.endswith(".ipynb"):
        try:
            return "\n".join(cell.source for cell in of_notebook(text)), odd
        except ValueError as why:
            return "", str(why)
    return text, odd


def _decoded(data: bytes) -> tuple[str, str]:
    if data[:2] in _UTF16:
        return data.decode("utf-16", "replace"), "it is UTF-16: Python alone would refuse it"
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding), ""
    except (SyntaxError, UnicodeDecodeError, LookupError):
        return data.decode(
            "latin-1"
        ), "it is not UTF-8 and declares no encoding, and is read as Latin-1"
