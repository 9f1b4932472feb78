"""Walls around a child, and the command that starts it behind them.

- `Wall`: the walls. `strongest`: the strongest one that works on this machine. `chosen`: the wall with a
  given name.
- `command`: the command line of the child. `environment`: its environment.
- `put_up_by_child`: the walls that the child puts up around itself. `site_of`: where its packages lie.

bubblewrap uses namespaces of the kernel: bwrap(1). Most containers do not permit these. There Landlock, a
filter of system calls and a user who owns nothing take their place.

When the superuser runs gradconform, the child becomes this user inside bubblewrap too, because the kernel
does not limit the processes and threads of the superuser, not even in a user namespace. Behind resource
limits alone it becomes this user as well, so that it can change no file of the superuser. A superuser without
CAP_SYS_ADMIN can make user namespaces only, and the child cannot change its user there. Then only memory
bounds the number of threads.
"""

from __future__ import annotations

import functools
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ...errors import EXHAUSTED, MachineError, UsageError
from ..child import landlock, seccomp
from .interpreter import Facts, executable

_SYSTEM = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_PACKAGES = ("site-packages", "dist-packages")
_OTHER_USER = ", a user who owns nothing"
_DEVICES = ("null", "zero", "random", "urandom")
_OF_THE_SUPERUSER = (
    "--unshare-ipc --unshare-pid --unshare-net --unshare-uts --unshare-cgroup-try "
    "--cap-add CAP_SETUID --cap-add CAP_SETGID --cap-add CAP_DAC_READ_SEARCH"
).split()
_OF_ANYBODY = "--unshare-all --unshare-user --uid 65534 --gid 65534".split()
_OWN_FOLDERS = "--proc /proc --dev /dev --tmpfs /tmp".split()
# Private folders in memory that the child may change, and their sizes in bytes: its home, where libraries
# keep caches, and the place of semaphores, which pools of threads need.
_HOME = "/home/engine"
_WRITABLE = {_HOME: 64 << 20, "/dev/shm": 16 << 20}
# This runs inside of bubblewrap and fails where the superuser cannot become another user.
_PROBE = "import os; os.geteuid() or os.setresuid(65534, 65534, 65534)"
# Nothing that is imported at the start is garbage, so that the search for cycles can wait until `main`.
_START = (
    "import gc, sys; gc.disable(); sys.path.insert(0, {!r}); "
    "from gradconform.harness.isolation.child.worker import main; main({}, {}, {})"
)


class Wall(StrEnum):
    """The walls, from the strongest to the weakest."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    RLIMITS = "rlimits"

    @property
    def shown(self) -> str:
        """The name of the wall in a report."""
        root = os.geteuid() == 0
        return {
            Wall.BUBBLEWRAP: "bubblewrap: own namespaces, no network, read-only root, system-call filter",
            Wall.LANDLOCK: f"Landlock, system-call filter, resource limits{_OTHER_USER if root else ''}"
            " (hides the content of files, not their existence, size and date)",
            Wall.RLIMITS: f"NOT ISOLATED: resource limits{_OTHER_USER if root else ' only'}",
        }[self]


@dataclass(frozen=True)
class Visible:
    """The files that a child can see: an interpreter, the worker's sources, the parts of allowed packages.

    `parts` are paths of files and folders; `site` is a folder with links to them.
    """

    facts: Facts
    worker: Path
    parts: Sequence[str]
    site: Path


def strongest() -> Wall:
    """Return the strongest wall that works here. MachineError when no process can be started now."""
    if _bubblewrap_works():
        return Wall.BUBBLEWRAP
    return Wall.LANDLOCK if _landlock_works() else Wall.RLIMITS


def chosen(asked: str) -> Wall:
    """Return the wall with this name, or the strongest for "auto".

    UsageError when it does not work here; MachineError when no process can be started now; ValueError for a
    name that is no wall.
    """
    if asked == "auto":
        return strongest()
    works: dict[str, Callable[[], bool]]
    works = {"bubblewrap": _bubblewrap_works, "landlock": _landlock_works}
    if asked in works and not works[asked]():
        why = {
            "bubblewrap": "bwrap is not installed, or may make no namespaces here",
            "landlock": "the kernel does not offer it, or the machine is not known",
        }[asked]
        raise UsageError(f"--isolation {asked} does not work on this machine: {why}; try auto")
    return Wall(asked)


def command(wall: Wall, visible: Visible, requests: int, answers: int) -> list[str]:
    """Return the command line of a child; `requests` and `answers` are its descriptors of the two pipes.

    `wall` must work here, see `chosen`.
    """
    worker = "/gradconform" if wall is Wall.BUBBLEWRAP else str(visible.worker)
    start = _START.format(worker, requests, answers, os.getpid())
    python = [visible.facts["executable"], "-P", "-s", "-S", "-B", "-c", start]
    return [*_bubblewrap(visible), "--", *python] if wall is Wall.BUBBLEWRAP else python


def put_up_by_child(wall: Wall, visible: Visible, number: int) -> dict[str, Any]:
    """Return the walls that the child puts up around itself, for its part of the handshake.

    `number` is a number that no other child has. `dies_with_parent` says that the child must ask the kernel
    for its own end, because bubblewrap does not. `reads_private` is true when files that the child needs lie
    in a folder that only the superuser can read.
    """
    rules = None
    if wall is Wall.LANDLOCK:
        rules = _rules(visible)
    elif wall is Wall.BUBBLEWRAP and landlock.version():
        # The superuser may write files below /proc/sys, in a user namespace too: that only renames the user.
        devices = [f"/dev/{name}" for name in _DEVICES]
        rules = {"readable": ["/"], "listable": [], "devices": devices}
        rules["writable"] = list(_WRITABLE) if _sizes_folders() else []
    private = wall is Wall.BUBBLEWRAP or not _all_may_read(_rules(visible)["readable"])
    return {
        "reads_private": private,
        "user_number": number,
        "dies_with_parent": wall is not Wall.BUBBLEWRAP,
        "landlock": rules,
        "semaphores": wall is Wall.RLIMITS or (wall is Wall.BUBBLEWRAP and _sizes_folders()),
        "seccomp": wall is not Wall.RLIMITS and seccomp.known(),
    }


def site_of(wall: Wall, visible: Visible) -> str:
    """Return the folder in which the child finds the allowed packages."""
    return "/site" if wall is Wall.BUBBLEWRAP else str(visible.site)


def environment(wall: Wall, home: Path, given: Mapping[str, str], order: int) -> dict[str, str]:
    """Return the child's whole environment. Its hash seed is `order`, so that sets keep their order.

    `home` is a folder for walls that cannot mount one. `given` are the variables of the person who runs.
    """
    private = _HOME if wall is Wall.BUBBLEWRAP and _sizes_folders() else str(home)
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": private,
        "TMPDIR": private,
        "LANG": "C.UTF-8",
        "PYTHONHASHSEED": str(order),
        "PYTHONUTF8": "1",
        # By default malloc maps 64 MiB for each thread, and address space is limited.
        "MALLOC_ARENA_MAX": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        **given,
    }


def _alone(namespaces: Sequence[str]) -> list[str]:
    line = ["bwrap", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]
    return [*line, *namespaces, "--hostname", "engine"]


def _bubblewrap(visible: Visible) -> list[str]:
    namespaces = _namespaces()
    assert namespaces is not None
    line = [*_alone(namespaces), *_OWN_FOLDERS]
    for path in _SYSTEM:
        if os.path.islink(path):
            line += ["--symlink", os.readlink(path), path]
        elif os.path.exists(path):
            line += ["--ro-bind", path, path]
    python = [visible.facts["executable"], *visible.facts["shared"], *visible.facts["libraries"]]
    for path in dict.fromkeys([os.path.realpath(python[0]), *python]):
        line += ["--ro-bind", path, path]
    for path in _hidden(visible.facts):
        line += ["--tmpfs", path]
    line += ["--ro-bind", str(visible.worker), "/gradconform", "--dir", "/site"]
    for part in visible.parts:
        line += ["--ro-bind", part, f"/site/{os.path.basename(part)}"]
    for path, size in _WRITABLE.items() if _sizes_folders() else ():
        line += ["--perms", "1777", "--size", str(size), "--tmpfs", path]
    # Read-only, because files in /dev, /tmp and / are memory here, which no limit of a process counts.
    for path in ("/dev", "/tmp", "/"):
        line += ["--remount-ro", path]
    return [*line, "--chdir", "/tmp"]


def _hidden(facts: Facts) -> list[str]:
    """Return the folders of installed packages that lie inside the shown folders."""
    folders = [Path(library) for library in facts["libraries"]]
    for system in ("/usr/lib", "/usr/local/lib", "/usr/lib64"):
        folders += Path(system).glob("python3*")
    places = {str(folder / name) for folder in folders for name in _PACKAGES}
    return sorted(place for place in places if os.path.isdir(place) and not os.path.islink(place))


def _rules(visible: Visible) -> dict[str, list[str]]:
    """Return the same for Landlock, which can only permit: so each entry that is not hidden is listed."""
    facts = visible.facts
    readable = ["/etc/ld.so.cache", *facts["shared"], str(visible.worker), *visible.parts]
    listable = [*facts["libraries"], str(visible.site)]
    for system in _SYSTEM[:-1]:
        listable.append(system)
        readable += _entries(system, lambda name: not name.startswith("python"))
    for library in facts["libraries"]:
        readable += _entries(library, lambda name: name not in _PACKAGES)
    devices = [f"/dev/{name}" for name in _DEVICES]
    return {"readable": readable, "listable": listable, "devices": devices}


def _all_may_read(paths: Sequence[str]) -> bool:
    """True when the modes of every path and of the folders above it let any user read it."""
    real = {os.path.realpath(path) for path in paths if os.path.exists(path)}
    folders = {folder for folder in real if os.path.isdir(folder)}
    pending = real
    while pending:
        pending = {os.path.dirname(path) for path in pending} - folders
        folders |= pending
    return all(os.stat(path).st_mode & stat.S_IROTH for path in real) and all(
        os.stat(folder).st_mode & stat.S_IXOTH for folder in folders
    )


def _entries(folder: str, wanted: Any) -> list[str]:
    if not os.path.isdir(folder):
        return []
    return [os.path.join(folder, name) for name in os.listdir(folder) if wanted(name)]


def _bubblewrap_works() -> bool:
    return _namespaces() is not None


@functools.cache
def _namespaces() -> Sequence[str] | None:
    """Return the options by which bubblewrap can make namespaces here, or None."""
    if shutil.which("bwrap") is None:
        return None
    # CAP_DAC_READ_SEARCH permits to open any file by its handle; without the filter this would be a way out.
    privileged = os.geteuid() == 0 and seccomp.known()
    choices = [_OF_THE_SUPERUSER, _OF_ANYBODY] if privileged else [_OF_ANYBODY]
    return next(filter(_works, choices), None)


def _works(namespaces: Sequence[str]) -> bool:
    # `executable()` and not `sys.executable`: a virtual environment may lie in /tmp, which is hidden inside.
    inside = ["--ro-bind", "/", "/", *_OWN_FOLDERS, "--", executable(), "-I", "-S", "-c", _PROBE]
    probe = [*_alone(namespaces), *inside]
    try:
        return subprocess.run(probe, capture_output=True, timeout=10).returncode == 0
    except (OSError, subprocess.TimeoutExpired) as problem:
        if isinstance(problem, OSError) and problem.errno in EXHAUSTED:
            # A weaker wall must not stand in the place of this one for such a reason.
            raise MachineError(
                f"grader-error: this machine can run no engine now: {problem.strerror}"
            ) from None
        return False


@functools.cache
def _sizes_folders() -> bool:
    """True when bubblewrap can bound a folder in memory, as it can from release 0.8 on."""
    try:
        return (
            b"--size" in subprocess.run(["bwrap", "--help"], capture_output=True, timeout=10).stdout
        )
    except (OSError, subprocess.TimeoutExpired):
        return False


@functools.cache
def _landlock_works() -> bool:
    return landlock.version() > 0 and seccomp.known()
