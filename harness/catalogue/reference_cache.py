"""Torch's answers of earlier runs, in one file of the user's cache folder.

- `ReferenceCache`: the file. Each answer is found by the digest of its program and inputs, dtypes included.
- `of_user`: the cache of this user.

An answer counts only for what else decides it: torch, NumPy, Python, the processor, the variables by which it
is used, and the sources by which torch is asked.

SQLite keeps the file: several processes may write to it at once, a killed one leaves nothing half written,
and single answers are read without the rest. Its import and the first answer take 10 ms. A file of our own
would need locks, an index and a way to evict, and its index would take longer to read. The answers are JSON,
which, unlike pickle, runs no code.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import platform
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..engine import builtin
from ..program.transcript import Transcript
from .answer_json import answer_as_json, answer_from_json

if TYPE_CHECKING:
    import sqlite3

LARGEST = 64 << 20  # bytes of the file
VARIABLE = "GRADCONFORM_FRESH_REFERENCE"  # of the environment: leaves the cache aside
_FILE = "reference.sqlite"
_PATIENCE = 2.0  # seconds in which another process may write
_TABLE = """
    CREATE TABLE IF NOT EXISTS answers
    (place INTEGER PRIMARY KEY, name TEXT UNIQUE, answer BLOB, checksum INTEGER)
"""
# The oldest quarter makes room.
_EVICT = """
    DELETE FROM answers WHERE place IN
    (SELECT place FROM answers ORDER BY place LIMIT (SELECT count(*) / 4 + 1 FROM answers))
"""
# Variables by which other libraries or instructions are chosen, and so other roundings.
_INSTRUCTIONS = ("ATEN_", "DNNL_", "GLIBC_", "LD_", "MKL_", "ONEDNN_", "OPENBLAS_", "TORCH_")
_PROCESSOR = ("model name", "flags", "cpu part", "features")  # of /proc/cpuinfo, on x86 and on ARM
_Row = tuple[str, bytes, int]


class ReferenceCache:
    """The answers in the file at `path` that are for `key`. The file is at most `largest` bytes long.

    It is made when the first answer is kept. No method raises: without a usable file there is no answer. Only
    answers that were there before the first look are found, so that a run does not find its own. Without
    `writes` no answer is kept.
    """

    def __init__(
        self, path: Path, key: str, *, largest: int = LARGEST, writes: bool = True
    ) -> None:
        self._path, self._key, self._largest, self._writes = path, key, largest, writes
        self._last: int | None = None  # the place of the last answer at the first look
        # By process id: SQLite forbids to use a connection in a fork, or to close it there.
        self._connections: dict[int, sqlite3.Connection | None] = {}

    @property
    def empty(self) -> bool:
        """True when there is no answer."""
        query = "SELECT 1 FROM answers WHERE name BETWEEN ? AND ? AND place <= ? LIMIT 1"
        return not self._rows(query, self._key, self._key + "~", self._before())

    def find(self, digest: str) -> Transcript | None:
        """Return the answer with this digest; None when there is none, or it is damaged."""
        query = "SELECT answer, checksum FROM answers WHERE name = ? AND place <= ?"
        for answer, checksum in self._rows(query, self._key + digest, self._before()):
            with contextlib.suppress(ValueError, TypeError, RecursionError):
                if zlib.crc32(answer) == checksum:
                    return answer_from_json(answer)
        return None

    def keep(self, answers: Mapping[str, Transcript]) -> None:
        """Write answers, by their digests. The oldest ones make room for them."""
        if not self._writes:
            return
        rows = [(self._key + digest, answer_as_json(each)) for digest, each in answers.items()]
        with self._without_errors(), contextlib.suppress(OSError):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            connection = self._connected(make=True)
            if connection is not None:
                _write(connection, [(*row, zlib.crc32(row[1])) for row in rows], self._largest)

    def close(self) -> None:
        """Close the file in this process."""
        connection = self._connections.pop(os.getpid(), None)
        if connection is not None:
            connection.close()

    def _before(self) -> int:
        if self._last is None:
            newest = self._rows("SELECT max(place) FROM answers")
            self._last = newest[0][0] or 0 if newest else 0
        return self._last

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._without_errors():
            connection = self._connected()
            return connection.execute(query, values).fetchall() if connection is not None else []
        return []

    def _connected(self, make: bool = False) -> sqlite3.Connection | None:
        """The connection of this process; None when there is no usable file. With `make` the file is made."""
        process = os.getpid()
        if self._connections.get(process) is None and (make or process not in self._connections):
            import sqlite3

            self._connections[process] = None
            # An interrupted writing is undone when the file is read, so reading may have to write.
            place = f"{self._path.as_uri()}?mode={'rwc' if make else 'rw'}"
            connection = sqlite3.connect(
                place, timeout=_PATIENCE, isolation_level=None, check_same_thread=False, uri=True
            )
            self._connections[process] = connection
            # After a crash of the whole system an answer may be missing or damaged, and torch is asked again.
            connection.execute("PRAGMA synchronous = OFF")
        return self._connections[process]

    @contextlib.contextmanager
    def _without_errors(self) -> Iterator[None]:
        """Do without the file from its first error on. A damaged file is removed."""
        import sqlite3

        try:
            yield
        except sqlite3.Error as problem:
            self.close()
            self._connections[os.getpid()] = None
            # An OperationalError says that the file is in use, missing, full, or not this user's.
            if not isinstance(problem, sqlite3.OperationalError):
                self._remove()

    def _remove(self) -> None:
        for path in (self._path, self._path.with_name(f"{self._path.name}-journal")):
            with contextlib.suppress(OSError):
                path.unlink()


def of_user() -> ReferenceCache | None:
    """Return the cache of this user; None when `VARIABLE` leaves it aside, or there is no place for it.

    Call it before torch is imported. Where somebody else has imported torch already, no answer is kept: a
    project whose tests use torch may have changed it, for example by `torch.set_default_dtype`.
    """
    if os.environ.get(VARIABLE, "") not in ("", "0"):
        return None
    from platformdirs import user_cache_path

    try:
        import sqlite3  # noqa: F401 - a Python may have been built without it

        key = _key()
    except (ImportError, OSError):  # a package may not be installed: PackageNotFoundError
        return None
    path = user_cache_path("gradconform", appauthor=False) / _FILE
    writes = "torch" not in sys.modules
    return ReferenceCache(path, key, writes=writes) if path.is_absolute() else None


def _key() -> str:
    """Name all that decides torch's answer besides the program and its inputs."""
    found = [version("torch"), version("numpy"), sys.version, *_machine()]
    found += sorted(f"{k}={v}" for k, v in os.environ.items() if k.startswith(_INSTRUCTIONS))
    here = Path(__file__).resolve().parent
    own = ("reference_cache.py", "answer_json.py", "torch_here.py")
    sources = [here / name for name in own]
    sources.append(builtin.place_of(builtin.REFERENCE))
    for room in (here.parent, here.parent / "engine", here.parent / "program"):
        sources += sorted(room.glob("*.py"))
    hashed = hashlib.sha256("\n".join(found).encode("utf-8", "surrogateescape"))
    for path in sources:
        hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


def _machine() -> list[str]:
    """The system, its library of mathematics, the processor and its instructions."""
    found = [sys.platform, platform.machine()]
    if "CS_GNU_LIBC_VERSION" in os.confstr_names:
        found.append(os.confstr("CS_GNU_LIBC_VERSION") or "")
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            first = [line.rstrip() for line in itertools.takewhile(str.strip, file)]
    except OSError:  # a system other than Linux
        return [*found, platform.processor()]
    return found + [line for line in first if line.lower().startswith(_PROCESSOR)]


def _write(connection: sqlite3.Connection, rows: Sequence[_Row], largest: int) -> None:
    """Write the rows in one step. Raises sqlite3.Error."""
    (page,) = connection.execute("PRAGMA page_size").fetchone()
    connection.execute(f"PRAGMA max_page_count = {largest // page}")
    connection.execute("BEGIN IMMEDIATE")
    try:
        connection.execute(_TABLE)
        # A row takes up to a page more than its answer, if it is alone on its last page.
        needed = sum(len(answer) for _, answer, _ in rows) * 5 // 4 + 8 * page
        while _used(connection) * page + needed > largest:
            if not connection.execute(_EVICT).rowcount:
                break
        insert = "INSERT OR REPLACE INTO answers (name, answer, checksum) VALUES (?, ?, ?)"
        connection.executemany(insert, rows)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _used(connection: sqlite3.Connection) -> int:
    """The number of pages in use."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (free,) = connection.execute("PRAGMA freelist_count").fetchone()
    return int(pages) - int(free)
