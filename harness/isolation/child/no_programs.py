"""Starting a program in the child fails as on a machine that does not have the program.

- `pretend`: FileNotFoundError comes from `subprocess`, and thus from `os.popen` and `platform`, too.
- `without_semaphores`: for a child that can make none.

The filter of system calls refuses to start a process anyway, with PermissionError. Many libraries look for
a GPU by starting a program, and expect the other error where there is none.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any


def pretend() -> None:
    """Make `subprocess` and `os.posix_spawn` raise FileNotFoundError."""
    # `subprocess` takes the function from here when it is imported, which it may be already.
    vars(importlib.import_module("_posixsubprocess"))["fork_exec"] = _no_program
    if "subprocess" in sys.modules:
        vars(sys.modules["subprocess"])["_fork_exec"] = _no_program
    os.posix_spawn = os.posix_spawnp = _no_spawned


def without_semaphores() -> None:
    """Make `multiprocessing` say in one sentence that this platform has no semaphores.

    Without this a pool of threads fails with an error about a file.
    """
    module = vars(importlib.import_module("_multiprocessing"))
    for name in ("SemLock", "sem_unlink"):
        module.pop(name, None)


def _no_program(arguments: Sequence[Any], *options: Any) -> int:
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fsdecode(arguments[0]))


def _no_spawned(path: Any, *arguments: Any, **options: Any) -> int:
    raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), os.fsdecode(path))
