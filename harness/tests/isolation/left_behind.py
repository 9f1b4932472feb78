"""A search for all that a hostile engine may leave behind on a machine.

- `Watch`: compares the machine before and after, and tells the differences in sentences.
- `neighbours`: a process with a secret and servers, which an engine must not reach.

All that the engines of `hostile/` might leave is named gradconform-stray... or has the key below. For Linux.
"""

from __future__ import annotations

import contextlib
import ctypes
import locale
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

from gradconform.harness.isolation.parent.staging import stage

STRAY = "gradconform-stray"
# The socket to which `hostile/speaks_by_a_pair_of_sockets.py` sends.
MAILBOX = Path("/tmp/gradconform-mailbox")
# The System V key of `hostile/leaves_shared_memory.py`, as /proc/sysvipc shows keys.
_KEY = str(0x67726164)
_REPOSITORY = Path(__file__).resolve().parents[3]
_PR_SET_CHILD_SUBREAPER, _PR_GET_CHILD_SUBREAPER = 36, 37
_PATIENCE = 10.0  # seconds in which the kernel has to end a killed process
_PORTS = (8000, 8080, 8888, 0)  # `hostile/scans_the_loopback.py` tries these first


class Watch:
    """The state of this machine at the time when it is made; `remains` compares the present state with it.

    Inside of the `with` block this process becomes the parent of all processes below it that lose their
    parent, and counts SIGURG, which the hostile engines send. `unchanged` are folders in which no file may
    be added, changed or removed.
    """

    def __init__(self, *unchanged: Path) -> None:
        self._unchanged = (*unchanged, stage().worker)
        self._signals = 0
        self._children = set(_descendants())
        self._files = self._contents()
        self._settings = _settings()

    def __enter__(self) -> Watch:
        self._adopted = _adopts()
        _adopt(True)
        self._handler = signal.signal(signal.SIGURG, self._heard)
        return self

    def __exit__(self, *problem: object) -> None:
        signal.signal(signal.SIGURG, self._handler)
        _adopt(self._adopted)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._signals += 1

    def remains(self) -> list[str]:
        """Return a sentence for everything that was left behind. No engine may be open."""
        found = [f"a process was left behind: {line}" for line in self._processes()]
        found += [f"a file was left behind: {path!r}" for path in _strays()]
        found += [f"shared memory was left behind: {line}" for line in _shared()]
        files, settings = self._contents(), _settings()
        changed = [path for path in self._files | files if self._files.get(path) != files.get(path)]
        found += [f"{path} is not what it was" for path in changed]
        found += [
            f"the setting {name} was {before!r} and is {settings[name]!r}"
            for name, before in self._settings.items()
            if settings[name] != before
        ]
        if self._signals:
            found.append(f"{self._signals} signals have reached this process")
        return found

    def _processes(self) -> list[str]:
        """Return the processes that this one has adopted, and all that have the name of a stray."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            _bury()
            left = {*_descendants(), *_named_like_strays()} - self._children
            if not left or time.monotonic() > deadline:
                return [f"{pid}: {_command_of(pid)}" for pid in sorted(left)]
            time.sleep(0.05)

    def _contents(self) -> dict[str, tuple[int, int]]:
        return {
            str(path): (path.lstat().st_size, path.lstat().st_mtime_ns)
            for folder in self._unchanged
            for path in folder.rglob("*")
        }


def _adopt(wanted: bool) -> None:
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, int(wanted), 0, 0, 0)


def _adopts() -> bool:
    answer = ctypes.c_int()
    ctypes.CDLL(None).prctl(_PR_GET_CHILD_SUBREAPER, ctypes.byref(answer), 0, 0, 0)
    return bool(answer.value)


def _bury() -> None:
    """Wait for adopted processes that have ended, which otherwise stay in the process table."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _descendants() -> Iterator[int]:
    parents: dict[int, int] = {}
    for pid in _pids():
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
            parents[pid] = int(status.rpartition(")")[2].split()[1])
    wanted = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in wanted} - wanted:
        wanted |= more
    yield from wanted - {os.getpid()}


def _named_like_strays() -> Iterator[int]:
    return (pid for pid in _pids() if STRAY in _command_of(pid))


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _command_of(pid: int) -> str:
    try:
        return (
            Path(f"/proc/{pid}/cmdline")
            .read_bytes()
            .replace(b"\0", b" ")
            .decode("utf-8", "replace")
        )
    except OSError:
        return ""


def _strays() -> list[str]:
    """Return the files, folders and links that the hostile engines might have made."""
    flat = {"/", "/tmp", "/var/tmp", "/dev/shm", "/run", "/etc", "/usr", os.getcwd()}
    flat |= {str(Path.home()), os.path.dirname(sys.executable), os.path.dirname(os.__file__)}
    found = [f"{place}/{name}" for place in flat for name in _listed(place) if STRAY in name]
    for root in (_REPOSITORY, stage().folder):
        for folder, folders, files in os.walk(root):
            folders[:] = [name for name in folders if name not in (".git", ".venv")]
            found += [f"{folder}/{name}" for name in (*folders, *files) if STRAY in name]
    return sorted(set(found))


def _listed(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _shared() -> list[str]:
    lines = []
    for kind in ("shm", "sem", "msg"):
        with contextlib.suppress(OSError):
            lines += Path(f"/proc/sysvipc/{kind}").read_text("utf-8").splitlines()[1:]
    return [line for line in lines if line.split()[0] == _KEY]


def _settings() -> dict[str, Any]:
    """Return the settings of a process and the machine that another process could change."""
    kinds = [name for name in dir(resource) if name.startswith("RLIMIT_")]
    mask = os.umask(0o77)
    os.umask(mask)
    return {
        **{name: resource.getrlimit(getattr(resource, name)) for name in kinds},
        "umask": mask,
        "folder": os.getcwd(),
        "environment": {k: v for k, v in os.environ.items() if k != "PYTEST_CURRENT_TEST"},
        "priority": os.getpriority(os.PRIO_PROCESS, 0),
        "processors": os.sched_getaffinity(0),
        "scheduler": os.sched_getscheduler(0),
        "host": socket.gethostname(),
        "locale": locale.setlocale(locale.LC_ALL),
        "recursion": sys.getrecursionlimit(),
        "blocking": [os.get_blocking(number) for number in (0, 1, 2)],
        "core": Path("/proc/sys/kernel/core_pattern").read_text("utf-8"),
        "tables": [Path(f"/etc/{name}").stat().st_mtime_ns for name in ("passwd", "hosts")],
    }


@contextlib.contextmanager
def neighbours(secret: str) -> Iterator[None]:
    """Run a process that has the secret in its environment and its memory, and two servers.

    One server listens on the loopback address, the other at a path that every user may write to.
    """
    program = "import os, sys; held = os.environ['GRADCONFORM_TEST_SECRET'] * 100; sys.stdin.read()"
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        env={**os.environ, "GRADCONFORM_TEST_SECRET": secret},
    )
    try:
        with _server(), _named_server():
            yield
    finally:
        process.communicate()


def _server() -> socket.socket:
    for port in _PORTS:
        with contextlib.suppress(OSError):
            return socket.create_server(("127.0.0.1", port))
    raise AssertionError("no port is free on the loopback address")


@contextlib.contextmanager
def _named_server() -> Iterator[None]:
    MAILBOX.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        server.bind(str(MAILBOX))
        MAILBOX.chmod(0o777)
        yield
    MAILBOX.unlink(missing_ok=True)
