"""What a command finds around it: streams that may be closed or full, and signals.

- `check_streams`, `cannot_be_printed`, `give_up_stdout`: where its output goes.
- `ended_as_interrupted`: SIGTERM is what Ctrl-C is.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeGuard

from harness.errors import UsageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def check_streams() -> None:
    """UsageError when standard output is closed, whose number the next file that is opened would get."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lasts
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115
        raise UsageError("standard output is closed; send it to a file or to /dev/null")


def cannot_be_printed(problem: Exception) -> TypeGuard[OSError]:
    """Whether the output itself is at fault: no file has a name here."""
    return isinstance(problem, OSError) and problem.filename is None and problem.errno in _FULL


def give_up_stdout() -> None:
    """Send the rest nowhere: Python would complain once more on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def ended_as_interrupted() -> Iterator[None]:
    """SIGTERM interrupts as Ctrl-C does, so that what was finished is kept and summed up."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
