"""What a child may use up; sizes in bytes, times in seconds.

- `Limits`: set by the person who runs, sent to the child.
- `impose`: called in the child, before anything of a stranger is read.
- `threads_of_this_user`: what a limit of processes has to allow besides.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass

MIB = 1 << 20
_GRACE = 5  # seconds


@dataclass(frozen=True)
class Limits:
    """`case` and `load` are wall times, kept by the parent; `engine` is the sum over all cases.

    `cpu` is processor time of one child. `memory` is address space above what the imports took.
    `processes` are processes and threads together.
    `file` bounds a written file, `answer` the text of one transcript, `output` what is kept of prints.
    """

    case: float = 10.0
    load: float = 30.0
    engine: float = 600.0
    cpu: int = 600
    memory: int = 1024 * MIB
    file: int = 16 * MIB
    open_files: int = 64
    processes: int = 64
    answer: int = 16 * MIB
    output: int = MIB
    recursion: int = 400_000


def impose(limits: Limits, mapped: int) -> None:
    """Set the resource limits of this process, soft and hard. Where one does not exist it is left.

    `mapped` is the address space in use before anything of a stranger's is loaded.
    """
    try:
        import resource
    except ImportError:
        return
    wanted = {
        "RLIMIT_CORE": 0,
        "RLIMIT_CPU": limits.cpu,
        "RLIMIT_FSIZE": limits.file,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_NPROC": limits.processes,
        "RLIMIT_AS": mapped + limits.memory,
    }
    for name, value in wanted.items():
        kind = getattr(resource, name, None)
        if kind is None:
            continue
        _, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard - (_GRACE if name == "RLIMIT_CPU" else 0))
        # The hard limit on processor time comes later: the soft one tells what happened.
        grace = _GRACE if name == "RLIMIT_CPU" else 0
        # macOS knows RLIMIT_AS and refuses it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value + grace))


def address_space() -> int:
    """What this process has mapped at present."""
    try:
        with open("/proc/self/statm") as status:
            pages = int(status.read().split()[0])
    except OSError:
        return 1024 * MIB
    import resource

    return pages * resource.getpagesize()


def threads_of_this_user() -> int:
    """How many there are, whoever started them: RLIMIT_NPROC counts them all, setrlimit(2).

    None count for the superuser, who becomes a user of his own in each child, and where there is no /proc.
    """
    user = os.geteuid()
    if user == 0:
        return 0
    count = 0
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            # A process may end while it is looked at.
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    return count
