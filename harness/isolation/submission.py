"""A submission as its files, in memory: nothing of it lies on a disk where the child can see it.

- `read`: in the parent; a file, a folder or a zip as bytes, within bounds, without following links.
- `Files`: in the child; the same as texts, decoded as Python would.
"""

from __future__ import annotations

import base64
import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from harness.errors import EngineError, UsageError
from harness.isolation.wire import words

LARGEST_FILE = 5 << 20
MOST_BYTES = 20 << 20
MOST_FILES = 500
CODE = (".py", ".ipynb", ".txt")
_SKIPPED = frozenset({"__MACOSX", "__pycache__", "node_modules", "site-packages", "venv", "env"})
_IMPORTED = re.compile(rb"^[ \t]*(?:from|import)[ \t]+\.*([A-Za-z_]\w*)", re.MULTILINE)
# What stands behind the import in "from . import ops, nn".
_RELATIVE = re.compile(rb"^[ \t]*from[ \t]+\.+(?:[ \t]+import[ \t]+([^\n]*))?", re.MULTILINE)


@dataclass(frozen=True)
class Submission:
    """`name` is the file or folder as it is shown; `main` the file that was named, or nothing."""

    name: str
    files: dict[str, bytes]
    main: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON values for the pipe."""
        packed = {path: base64.b64encode(data).decode() for path, data in self.files.items()}
        return {"name": self.name, "main": self.main, "files": packed}

    @property
    def fingerprint(self) -> str:
        """What stands for a version: ten hexadecimal digits of SHA-256 over paths and contents."""
        import hashlib

        digest = hashlib.sha256()
        for path, data in sorted(self.files.items()):
            digest.update(f"{path}\0{len(data)}\0".encode() + data)
        return f"sha256:{digest.hexdigest()[:10]}"

    def mentions(self, word: bytes) -> bool:
        """Whether the word stands in any file; of a zip that is not known, so it does."""
        return any(path.endswith(".zip") or word in data for path, data in self.files.items())


def read(path: Path, alone: bool = False) -> Submission:
    """Read a submission. With `alone` the files beside a single one stay out, whatever it imports.

    UsageError when there is nothing there; EngineError when it is too big or holds no code. Names of
    files are its author's text: in what is read they are harmless, see `harness.isolation.wire.words`.
    """
    name = words(path.resolve().name if path.is_dir() else path.name)
    if path.is_dir():
        # A folder that is a package keeps its name, by which its files import one another.
        inside = f"{name}/" if (path / "__init__.py").is_file() else ""
        return Submission(name, {inside + words(inner): data for inner, data in _folder(path)})
    if not path.is_file():
        raise UsageError(f"there is no file or folder {words(str(path))}")
    if path.suffix not in (*CODE, ".zip"):
        expected = "a .py, .ipynb, .txt or .zip file or a folder was expected"
        raise UsageError(f"{words(str(path))}: {expected}")
    files = {name: _bounded(path)}
    if path.suffix == ".zip" or alone:
        return Submission(name, files, name)
    _add_siblings(path, name, files)
    # Whoever imports relatively belongs to a folder, by the name of which the others find it.
    relative = _RELATIVE.search(files[name])
    inside = f"{words(path.resolve().parent.name)}/" if relative else ""
    return Submission(name, {inside + inner: d for inner, d in files.items()}, inside + name)


def _bounded(path: Path) -> bytes:
    limit = MOST_BYTES if path.suffix == ".zip" else LARGEST_FILE
    try:
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except OSError as problem:
        raise EngineError(f"{words(str(path))} cannot be read: {problem.strerror}") from None
    if len(data) > limit:
        raise EngineError(f"{words(str(path))} is larger than {limit >> 20} MiB")
    return data


def _folder(folder: Path) -> Iterator[tuple[str, bytes]]:
    total, count = 0, 0
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        if path.suffix not in CODE or path.is_symlink() or not path.is_file() or _skipped(inner):
            continue
        if any(
            parent.is_symlink() for parent in (folder / inner).parents if folder in parent.parents
        ):
            continue
        data = _bounded(path)
        total, count = total + len(data), count + 1
        if total > MOST_BYTES or count > MOST_FILES:
            most = f"{MOST_FILES} files or {MOST_BYTES >> 20} MiB"
            raise EngineError(f"{words(str(folder))} holds more than {most}")
        yield inner.as_posix(), data
    if not count:
        raise EngineError(f"{words(str(folder))} holds no .py or .ipynb file")


def _skipped(path: Path | PurePosixPath) -> bool:
    return any(part in _SKIPPED or part.startswith(".") for part in path.parts)


def _imported(source: bytes) -> set[str]:
    """The first names of what a source imports, its own package's modules included."""
    found = set(_IMPORTED.findall(source))
    for behind in _RELATIVE.findall(source):
        found |= {b"__init__", *re.findall(rb"\b[A-Za-z_]\w*", behind)}
    return {name.decode() for name in found}


def _add_siblings(path: Path, main: str, files: dict[str, bytes]) -> None:
    """Add the modules and packages beside the file that it imports, and what these import."""
    pending = [files[main]]
    while pending and len(files) < MOST_FILES:
        if sum(map(len, files.values())) > MOST_BYTES:
            raise EngineError(f"{main} imports more than {MOST_BYTES >> 20} MiB beside it")
        for name in _imported(pending.pop()):
            for found in (path.parent / f"{name}.py", path.parent / name / "__init__.py"):
                # A link may lead to what its author cannot read, and whoever runs this can.
                linked = found.is_symlink() or (path.parent / name).is_symlink()
                if not found.is_file() or linked or found == path:
                    continue
                group = (
                    [found] if found.name != "__init__.py" else sorted(found.parent.glob("*.py"))
                )
                for each in group:
                    inner = each.relative_to(path.parent).as_posix()
                    if inner not in files and not each.is_symlink():
                        files[inner] = _bounded(each)
                        pending.append(files[inner])


class Files:
    """The texts of a submission by their paths. `notes` says what was odd about them."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.name: str = document["name"]
        self.main: str = document["main"]
        self.notes: list[str] = []
        self._raw = {path: base64.b64decode(data) for path, data in document["files"].items()}
        if self.main.endswith(".zip"):
            self._raw, self.main = dict(self._unpacked(self._raw[self.main])), ""
        self._texts: dict[str, str] = {}
        self.written: dict[str, None] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._raw)

    def __contains__(self, path: str) -> bool:
        return path in self._raw

    def text(self, path: str) -> str:
        """The file decoded as Python decodes sources, else as Latin-1, which is noted."""
        if path not in self._texts:
            self._texts[path] = self._decoded(path, self._raw[path])
        return self._texts[path]

    def write(self, path: str, text: str, append: bool) -> None:
        """Keep a file that the submission writes itself; `written` has its path."""
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

    def _unpacked(self, data: bytes) -> Iterator[tuple[str, bytes]]:
        """The code files of an archive: read in memory, so that no member can lie about its place."""
        import zipfile

        try:
            archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, ValueError, OSError) as problem:
            raise EngineError(f"{self.name} cannot be unpacked: {problem}") from None
        total = 0
        members = [m for m in archive.infolist() if m.filename.endswith(CODE) and not m.is_dir()]
        if len(members) > MOST_FILES:
            raise EngineError(f"{self.name} holds more than {MOST_FILES} files")
        for member in members:
            path = PurePosixPath(member.filename)
            if path.is_absolute() or ".." in path.parts or (member.external_attr >> 28) == 0o12:
                self.notes.append(f"the member {member.filename[:80]} was left out")
                continue
            if _skipped(path):
                continue
            try:
                with archive.open(member) as file:
                    content = file.read(LARGEST_FILE + 1)
            except Exception as problem:  # an archive can be broken in every possible way
                raise EngineError(f"{self.name} cannot be unpacked: {problem}") from None
            total += len(content)
            if len(content) > LARGEST_FILE or total > MOST_BYTES:
                raise EngineError(f"{self.name} unpacks to more than {MOST_BYTES >> 20} MiB")
            yield path.as_posix(), content
