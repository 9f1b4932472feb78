"""The files of a submission in the child: unpacked, and decoded as Python decodes sources.

- `Files`: the texts by their paths.
"""

from __future__ import annotations

import base64
import io
import tokenize
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ...errors import EngineError, Misnamed
from ...text import words
from ..files import (
    ARCHIVE,
    CODE,
    MOST_BYTES,
    MOST_FILES,
    LeftOut,
    code_of,
    is_skipped,
    largest,
    plain_name,
    suffix_of,
    why_unread,
)

if TYPE_CHECKING:
    from zipfile import ZipInfo

_ENCRYPTED = 1  # the bit of a member's flags, see APPNOTE.TXT of PKWARE, 4.4.4


class Files:
    """The texts of a submission by their paths, from the JSON values of `Submission.to_json`.

    `name`, `main`, `inside` and `unread` are those of the submission. `notes` are sentences about unusual
    files.
    EngineError when an archive cannot be unpacked or is too large; Misnamed when it has no file `main`.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.name: str = document["name"]
        self.main: str = document["main"]
        self.inside: str = document["inside"]
        self.unread: dict[str, str] = document["unread"]
        self.notes: list[str] = []
        self._raw = {path: base64.b64decode(data) for path, data in document["files"].items()}
        for path, data in list(self._raw.items()):
            if path.endswith(ARCHIVE):
                self._raw = self._unpacked(data)
        if self.main and self.main not in self._raw:
            there = ", ".join(sorted(self._raw)[:8]) or "no code"
            raise Misnamed(f"{self.name} has no file {self.main} (it holds {there})")
        given = self.unread.items()
        self.notes += [
            f"{path} was left out: it {why}" for path, why in given if path.endswith(CODE)
        ]
        self._texts: dict[str, str] = {}
        self.written: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __contains__(self, path: str) -> bool:
        return path in self._raw

    def text(self, path: str) -> str:
        """Return a file decoded as Python does it, else as Latin-1 with a note. KeyError if it is absent."""
        if path not in self._texts:
            self._texts[path] = self._decoded(path, self._raw[path])
        return self._texts[path]

    def write(self, path: str, text: str, append: bool) -> None:
        """Add a file that the submission writes itself; `written` keeps its path."""
        before = self.text(path) if append and path in self else ""
        self._raw[path], self._texts[path] = b"", before + text
        self.written[path] = None

    def _decoded(self, path: str, data: bytes) -> str:
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            self.notes.append(f"{path} is UTF-16")
            return data.decode("utf-16", "replace")
        try:
            encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
            text = data.decode(encoding)
        except (SyntaxError, UnicodeDecodeError, LookupError):
            self.notes.append(f"{path} is not UTF-8 and was read as Latin-1")
            text = data.decode("latin-1")
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def _unpacked(self, data: bytes) -> dict[str, bytes]:
        """Return the code files of an archive. They are read into memory, so that no path in it matters.

        EngineError when the archive is broken, encrypted or too large.
        """
        import zipfile
        from pathlib import PurePosixPath

        found: dict[str, bytes] = {}
        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
            members = self._code_among(archive.infolist())
            for member in members:
                path = PurePosixPath(member.filename)
                with archive.open(member) as file:
                    content = file.read(largest(path) + 1)
                try:
                    found[plain_name(path)] = code_of(path, content)
                except LeftOut as why:
                    self.unread[words(plain_name(path))] = str(why)
                if sum(map(len, found.values())) > MOST_BYTES:
                    raise EngineError(f"{self.name} unpacks to more than {MOST_BYTES >> 20} MiB")
        except EngineError:
            raise
        except NotImplementedError:
            raise EngineError(
                f"{self.name} cannot be unpacked: it is packed in a way that Python does not know; pack it "
                "as an ordinary zip"
            ) from None
        except (
            Exception
        ):  # zipfile raises many types for a broken archive, with parts of it in their texts
            raise EngineError(
                f"{self.name} cannot be unpacked: it is damaged, or no zip file; pack it again"
            ) from None
        return found

    def _code_among(self, members: Sequence[ZipInfo]) -> list[ZipInfo]:
        """Return the members to read, and remember the others in `unread`. EngineError as `_unpacked`."""
        from pathlib import PurePosixPath

        code = []
        for member in members:
            path = PurePosixPath(member.filename)
            if member.flag_bits & _ENCRYPTED:
                raise EngineError(
                    f"{self.name} cannot be unpacked: it is encrypted; pack it without a password"
                )
            outside = path.is_absolute() or ".." in path.parts
            if suffix_of(path) in CODE and (outside or (member.external_attr >> 28) == 0o12):
                self.notes.append(f"the member {words(member.filename)[:80]} was left out")
            elif not member.is_dir() and not is_skipped(path):
                if suffix_of(path) in CODE:
                    code.append(member)
                else:
                    self.unread[words(member.filename)] = why_unread(path)
        if len(code) > MOST_FILES:
            raise EngineError(f"{self.name} holds more than {MOST_FILES} files")
        return code
