"""The standard streams of the command, which may be closed, full or read by a process that has ended.

- `check_streams`: refuses a closed standard output before anything runs.
- `cannot_be_printed`: tells a full output from other errors.
- `give_up_stdout`: drops the rest of the output.
"""

from __future__ import annotations

import errno
import os
import sys
from typing import TypeGuard

from harness.errors import UsageError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG)


def check_streams() -> None:
    """Raise UsageError when standard output is closed: the next file that is opened would get its number."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lasts
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lasts
        raise UsageError("standard output is closed; send it to a file or to /dev/null")


def cannot_be_printed(problem: Exception) -> TypeGuard[OSError]:
    """Return True when the output itself is at fault. The error of another file has the name of the file."""
    return isinstance(problem, OSError) and problem.filename is None and problem.errno in _FULL


def give_up_stdout() -> None:
    """Send the rest of the output to /dev/null, because Python would report the error again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
