"""One member of a zip: its name, the reasons to leave it out, and its bytes within bounds.

- `InZip`: the file. `name_of`: its name as it was meant. `why_not`: the reason why it is not read, or "".
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ..files import LARGEST_FILE, LeftOut, code_of, largest, suffix_of
from ..reading import bounded

_UTF8, _ENCRYPTED = 0x800, 1  # bits of a member's flags, see APPNOTE.TXT of PKWARE, 4.4.4
_LINK = 0o12  # the kind of a symbolic link, in the mode that Unix writes to a member
_LARGEST_RATIO = 100  # a notebook full of pictures shrinks by less than two
_LARGEST_NOTEBOOK = 1 << 30
LONGEST_NAME = 1000  # characters; no file system holds a longer one


@dataclass(frozen=True)
class InZip:
    """A member of an open zip."""

    archive: zipfile.ZipFile
    member: zipfile.ZipInfo

    def size(self) -> int:
        """Return the number of bytes that its zip declares; `zipfile` reads no more of it."""
        return self.member.file_size

    def code(self) -> bytes:
        """Return the part that counts (see `files.code_of`). LeftOut when it cannot be read."""
        path = PurePosixPath(self.member.filename)
        if suffix_of(path) == ".ipynb" and self.member.file_size > largest(path):
            return self._reduced()
        return code_of(path, self.raw(largest(path) + 1))

    def raw(self, most: int) -> bytes:
        """Return at most `most` bytes. LeftOut when the member is damaged."""
        try:
            with self.archive.open(self.member) as file:
                return file.read(most)
        # zipfile raises many types for a broken member, with parts of it in their texts.
        except Exception:
            raise LeftOut("is damaged in its zip") from None

    def _reduced(self) -> bytes:
        """Return the code of a notebook that is too large for the memory: it is written to a file first."""
        with tempfile.NamedTemporaryFile(suffix=".ipynb") as copy:
            try:
                with self.archive.open(self.member) as file:
                    shutil.copyfileobj(file, copy, 1 << 20)
            except Exception:
                raise LeftOut("is damaged in its zip") from None
            copy.flush()
            return bounded(Path(copy.name))


def name_of(member: zipfile.ZipInfo) -> str:
    """Return the name of a member with `/` between its parts.

    A zip that does not declare UTF-8 holds names in an encoding that it does not say, and `zipfile` reads
    code page 437. Most such names are UTF-8 in truth. Accented letters have bytes above 0x9F in Latin-1, and
    below in the code pages of DOS.
    """
    name = member.filename
    if not member.flag_bits & _UTF8 and not name.isascii():
        data = name.encode("cp437", "replace")
        try:
            name = data.decode("utf-8")
        except UnicodeDecodeError:
            if all(byte < 0x80 or byte >= 0xA0 for byte in data):
                name = data.decode("latin-1")
    return name.replace("\\", "/")


def why_not(member: zipfile.ZipInfo, path: PurePosixPath) -> str:
    """Return the reason why a member is not read as the end of a sentence, or an empty text."""
    if len(member.filename) > LONGEST_NAME:
        return f"has a name of {len(member.filename):,} characters"
    if path.is_absolute() or ".." in path.parts:
        return "leads out of its zip"
    if member.external_attr >> 28 == _LINK:
        return "is a link, and no link is followed"
    if member.flag_bits & _ENCRYPTED:
        return "is locked by a password: pack it without one"
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return "is packed in a rare way: pack it as an ordinary zip"
    size, packed = member.file_size, max(member.compress_size, 1)
    if (size > LARGEST_FILE and size / packed > _LARGEST_RATIO) or size > _LARGEST_NOTEBOOK:
        return f"unpacks from {packed:,} to {size:,} bytes"
    return ""
