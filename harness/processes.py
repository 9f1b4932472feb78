"""Processes of gradconform's own: forks of this one. The child takes `die_with_parent` from here.

- `can_fork`: True where `forked` works.
- `forked`: a process that runs a function of this one.
- `die_with_parent`: end together with the parent.
- `INTERRUPTIONS`: the signals that end a run.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

_PR_SET_PDEATHSIG = 1
# Ctrl-C, the end of a terminal, and the request to end. The first two reach all processes of the command.
INTERRUPTIONS = frozenset({signal.SIGINT, signal.SIGHUP, signal.SIGTERM})


def can_fork() -> bool:
    """Return True where a fork exists and is safe once libraries are loaded."""
    return sys.platform == "linux"


def forked(work: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Start a fork of this process that calls `work(*arguments)` and ends. It ends with this process too.

    Ctrl-C and the end of a terminal (SIGHUP) reach all processes. A fork ignores them from its start, and
    this process handles them. SIGTERM ends the fork at once. OSError when there can be no more process.
    """
    import multiprocessing

    process = multiprocessing.get_context("fork").Process(
        target=_begin, args=(os.getpid(), work, *arguments), daemon=True
    )
    before = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
    try:
        with warnings.catch_warnings():
            # Python 3.12 warns when a process with threads forks. Those of NumPy and of a bar are idle.
            warnings.simplefilter("ignore", DeprecationWarning)
            process.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return process


def _begin(parent: int, work: Callable[..., None], *arguments: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTIONS)
    die_with_parent(parent)
    work(*arguments)


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process when its parent ends. Call it last: a change of user undoes it.

    `parent` is the process id of the parent. The process ends at once if its parent has ended already.
    On a system other than Linux nothing happens. Raises nothing.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)
