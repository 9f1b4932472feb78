"""A submission as its files, in memory: nothing of it lies on a disk where the child can see it.

- `Submission`: its files as bytes.
- What parent and child agree upon: which files count, under which name, and how large they may be.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from harness.submission import notebook_format

LARGEST_FILE = 5 << 20
MOST_BYTES = 20 << 20
MOST_FILES = 500
CODE = (".py", ".ipynb", ".txt")
ARCHIVE = ".zip"
# What is read before it is known how much of it is code: archives, and notebooks with their pictures.
_LARGEST_RAW = {ARCHIVE: MOST_BYTES, ".ipynb": 50 << 20}
_SKIPPED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"})


class LeftOut(Exception):
    """A file is not taken; the message says why, as the end of a sentence that begins with its name."""


@dataclass(frozen=True)
class Submission:
    """`name` is the file or folder as it is shown; `main` the file that was named, or nothing.

    `unread` has what else was there, with the reason if it might have been code.
    """

    name: str
    files: dict[str, bytes]
    main: str = ""
    unread: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """JSON values for the pipe."""
        packed = {path: base64.b64encode(data).decode() for path, data in self.files.items()}
        return {"name": self.name, "main": self.main, "files": packed, "unread": self.unread}

    @property
    def fingerprint(self) -> str:
        """What stands for a version: ten hexadecimal digits of SHA-256 over paths and contents."""
        import hashlib

        digest = hashlib.sha256()
        for path, data in sorted(self.files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        return f"sha256:{digest.hexdigest()[:10]}"

    @property
    def beside(self) -> list[str]:
        """The files that were read because the one that was named uses them."""
        if not self.main or self.main not in self.files:
            return []
        return sorted(path for path in self.files if path != self.main)

    def mentions(self, word: bytes) -> bool:
        """Whether the word stands in any file; of a zip that is not known, so it does."""
        return any(path.endswith(ARCHIVE) or word in data for path, data in self.files.items())


def suffix_of(path: PurePath) -> str:
    """The suffix in small letters: on some machines it is written in capitals."""
    return path.suffix.lower()


def plain_name(path: PurePath) -> str:
    """The path as text, its suffix in small letters, as Python looks for it."""
    return path.with_suffix(suffix_of(path)).as_posix() if path.suffix else path.as_posix()


def is_skipped(path: PurePath) -> bool:
    """Whether the path leads through what tools leave behind."""
    return any(part in _SKIPPED or part.startswith(".") for part in path.parts)


def largest(path: PurePath) -> int:
    """Bytes that are read of such a file at most."""
    return _LARGEST_RAW.get(suffix_of(path), LARGEST_FILE)


def code_of(path: PurePath, data: bytes) -> bytes:
    """What counts of a file: all of it, or the code of a notebook. LeftOut when that is too much."""
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
    """What was not read, for a sentence: "report.pdf, inner.zip (an archive inside)"."""
    shown = [f"{name} ({why})" if why else name for name, why in list(unread.items())[:most]]
    return ", ".join(shown) + (" ..." if len(unread) > most else "")


def why_unread(path: PurePath) -> str:
    """The reason why a file that is no code is not read, if it needs one."""
    return "an archive inside" if suffix_of(path) == ARCHIVE else ""
