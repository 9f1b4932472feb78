"""A submission as its files, in memory: the child cannot see them on a disk.

- `Submission`: its files as bytes.
- `suffix_of`, `plain_name`, `is_skipped`, `largest`, `code_of`: which files count, under which name, and how
  large they may be. Parent and child use the same rules.
- `held`, `why_unread`: words for the files that were not read.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from . import notebook_format

if TYPE_CHECKING:
    from pathlib import PurePath

LARGEST_FILE = 5 << 20
MOST_BYTES = 20 << 20
MOST_FILES = 500
CODE = (".py", ".ipynb", ".txt")
ARCHIVE = ".zip"
# Larger bounds for files that are not code alone: archives, and notebooks with their pictures.
_LARGEST_RAW = {ARCHIVE: MOST_BYTES, ".ipynb": 50 << 20}
_SKIPPED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"})


class LeftOut(Exception):
    """A file is left out; the message is the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Submission:
    """The files of a submission by their paths.

    `name` is the file or folder as reports show it, `main` the path of the file that was named, or empty.
    `unread` has the other files, each with the reason why it was not read, or an empty text if it is no code.
    `inside` stands before each path in the folder of a package: "tinyad/" when the folder `tinyad` was named.
    """

    name: str
    files: dict[str, bytes]
    main: str = ""
    unread: dict[str, str] = field(default_factory=dict)
    inside: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return JSON values for the pipe."""
        packed = {path: base64.b64encode(data).decode() for path, data in self.files.items()}
        return {
            "name": self.name,
            "main": self.main,
            "files": packed,
            "unread": self.unread,
            "inside": self.inside,
        }

    @property
    def fingerprint(self) -> str:
        """The version of the submission: ten hexadecimal digits of SHA-256 over paths and contents."""
        import hashlib

        digest = hashlib.sha256()
        for path, data in sorted(self.files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        return f"sha256:{digest.hexdigest()[:10]}"

    @property
    def beside(self) -> list[str]:
        """The files that were read because the named file uses them."""
        if not self.main or self.main not in self.files:
            return []
        return sorted(path for path in self.files if path != self.main)

    def mentions(self, word: bytes) -> bool:
        """True when a file contains the word, or is a zip, which may contain it."""
        return any(path.endswith(ARCHIVE) or word in data for path, data in self.files.items())


def suffix_of(path: PurePath) -> str:
    """Return the suffix in lower case, because some systems write it in upper case."""
    return path.suffix.lower()


def plain_name(path: PurePath) -> str:
    """Return the path as text with its suffix in lower case, as Python expects it."""
    return path.with_suffix(suffix_of(path)).as_posix() if path.suffix else path.as_posix()


def is_skipped(path: PurePath) -> bool:
    """True when the path leads through a folder that tools make, or a hidden one."""
    return any(part in _SKIPPED or part.startswith(".") for part in path.parts)


def largest(path: PurePath) -> int:
    """Return the most bytes that are read of a file with this suffix."""
    return _LARGEST_RAW.get(suffix_of(path), LARGEST_FILE)


def code_of(path: PurePath, data: bytes) -> bytes:
    """Return the part of a file that counts: all of it, or the code cells of a notebook.

    A notebook that cannot be parsed counts as a whole. LeftOut when the part is too large.
    """
    limit = largest(path)
    if suffix_of(path) == ".ipynb" and len(data) <= limit:
        limit = LARGEST_FILE
        try:
            data = notebook_format.code_alone(data)
        except ValueError as problem:
            if len(data) > limit:
                raise LeftOut(f"is larger than {limit >> 20} MiB, and {problem}") from None
    if len(data) > limit:
        raise LeftOut(f"is larger than {limit >> 20} MiB")
    return data


def held(unread: Mapping[str, str], most: int = 8) -> str:
    """Return the files that were not read as a list in words: "report.pdf, inner.zip (an archive inside)".

    At most `most` are named.
    """
    shown = [f"{name} ({why})" if why else name for name, why in list(unread.items())[:most]]
    return ", ".join(shown) + (" ..." if len(unread) > most else "")


def why_unread(path: PurePath) -> str:
    """Return the reason why a file that is no code is not read, or an empty text."""
    return "an archive inside" if suffix_of(path) == ARCHIVE else ""
