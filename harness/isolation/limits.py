"""The resources that a child may use; sizes in bytes, times in seconds.

- `Limits`: set by the person who runs, sent to the child.
- `limited`: limits with other times than the default ones.
- `impose`: called in the child, before any untrusted file is read.
- `address_space`: the memory that a process uses before this. `stack`: the part of it for a deep recursion.
- `threads_of_this_user`: the number that the parent adds to a limit of processes.
"""

from __future__ import annotations

import contextlib
import math
import os
from dataclasses import dataclass

MIB = 1 << 20
LONGEST = 86_400  # seconds, a day: a longer time is a mistake, and may be too long for the system's timers
SHORTEST = 0.1  # seconds: in less time no engine answers
LEAST_MEMORY = 16  # MiB
MOST_MEMORY = 1 << 24  # MiB: more than any machine has, and still a limit that the system accepts
_GRACE = 5  # seconds
_STACK = 1024 * MIB


@dataclass(frozen=True)
class Limits:
    """Limits for one engine.

    `case`, `load` and `engine` are seconds, which the parent measures: for one case, for loading, and for all
    cases together. Time in which the engine waits for a core does not count, up to four fifths of wall time
    (see `parent.clock`). `cpu` is seconds of processor time of one child. In bytes: `memory`
    is address space above that of the imports, `file` bounds a written file, `answer` the text of one
    transcript, `output` the prints that are kept. `open_files` counts descriptors, `processes` counts
    processes and threads together; `recursion` is Python's recursion limit while a case runs.
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


def limited(case: float, engine: float, memory: int = Limits.memory) -> Limits:
    """Return limits with these times in seconds, for one case and for all cases of an engine.

    `memory` is in bytes. A child never needs more processor time than the time of all cases, so that a longer
    time permits more of it.
    """
    cpu = max(Limits.cpu, math.ceil(engine))
    return Limits(case=case, engine=engine, cpu=cpu, memory=memory)


def impose(limits: Limits, mapped: int) -> None:
    """Set the soft and hard resource limits of this process, where the system knows and permits them.

    `mapped` is the address space, in bytes, that is in use before untrusted code is loaded. Raises
    nothing: a limit that the system refuses is left as it is.
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
        # The soft limit sends SIGXCPU, by which the parent knows the reason; the hard one kills without it.
        grace = _GRACE if name == "RLIMIT_CPU" else 0
        # macOS has RLIMIT_AS, but refuses to set it.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (value, value + grace))


def stack() -> int:
    """Return the bytes of a stack for deep recursions: a quarter of the address space where that is limited.

    They are mapped, and take memory only as far as a recursion goes.
    """
    try:
        import resource
    except ImportError:
        return _STACK
    most, _ = resource.getrlimit(resource.RLIMIT_AS)
    return _STACK if most == resource.RLIM_INFINITY else min(_STACK, most // 4 // MIB * MIB)


def address_space() -> int:
    """Return the bytes of address space that this process has mapped; 1 GiB without /proc."""
    try:
        with open("/proc/self/statm") as status:
            pages = int(status.read().split()[0])
    except OSError:
        return 1024 * MIB
    import resource

    return pages * resource.getpagesize()


def threads_of_this_user() -> int:
    """Return the number of all threads of this user, because RLIMIT_NPROC counts them all: setrlimit(2).

    It is 0 for the superuser, because each of its children becomes a user of its own, and 0 without /proc.
    """
    user = os.geteuid()
    if user == 0:
        return 0
    count = 0
    with contextlib.suppress(OSError), os.scandir("/proc") as entries:
        for entry in entries:
            # A process may end while its threads are counted.
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and entry.stat().st_uid == user:
                    count += len(os.listdir(f"/proc/{entry.name}/task"))
    return count
