"""The standard streams of the command, which may be closed, full or read by a process that has ended.

- `prepare_streams`: refuses a closed standard output, and puts safe streams in the place of both.
- `cannot_be_printed`: tells a full output from other errors.
- `refused_by_machine`: tells errors of an exhausted machine from mistakes.
- `give_up_stdout`: drops the rest of the output.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import sys
from collections.abc import Collection
from typing import TYPE_CHECKING, TextIO, TypeGuard

from ..errors import EXHAUSTED, UsageError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EFBIG})
# Signs of our own texts, for an output that has no sign like them.
_PLAIN_SIGNS = str.maketrans({"—": "-", "−": "-", "×": "x", "…": "...", "│": "|"})
_PLAIN = "gradconform-plain"


class _MayBeLeft(io.FileIO):
    """A stream of bytes. When nobody reads it any more (`| head`), the rest is dropped and the run goes on.

    `lost` are the numbers of the errors that mean this.
    """

    def __init__(self, stream: TextIO, lost: Collection[int]) -> None:
        super().__init__(stream.fileno(), "wb", closefd=False)
        # The terminal of a process was closed.
        self._lost = {errno.EPIPE, *lost, *([errno.EIO] if stream.isatty() else [])}

    def write(self, data: ReadableBuffer, /) -> int:
        """Write the bytes, or drop them. Raises OSError for any other error than those of a lost reader."""
        try:
            return super().write(data)
        except OSError as problem:
            if problem.errno not in self._lost:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())
            return memoryview(data).nbytes


def prepare_streams() -> None:
    """Make standard output and standard error safe to write to.

    Neither fails when its reader has ended, nor at a sign that its encoding does not have. An error on
    standard error never ends a run. Raises UsageError when standard output is closed: the next file that is
    opened would get its number.
    """
    codecs.register_error(_PLAIN, _plain)
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lasts
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115 - as long as the process lasts
        raise UsageError("standard output is closed; send it to a file or to /dev/null")
    # Any other stream was put there by the caller of this process, for example by pytest.
    for name, lost in (("stdout", frozenset[int]()), ("stderr", _FULL)):
        stream: TextIO = getattr(sys, name)
        if stream is getattr(sys, f"__{name}__"):
            stream.flush()
            setattr(sys, name, _safe(stream, lost))


def _safe(stream: TextIO, lost: Collection[int]) -> TextIO:
    return io.TextIOWrapper(
        io.BufferedWriter(_MayBeLeft(stream, lost)),
        encoding=stream.encoding,
        errors=_PLAIN,
        line_buffering=stream is sys.stderr or stream.isatty(),
    )


def _plain(problem: UnicodeError) -> tuple[str, int]:
    """Return a plain sign for each sign that the encoding does not have, or its escape sequence."""
    if not isinstance(problem, UnicodeEncodeError):
        raise problem
    unknown = problem.object[problem.start : problem.end].translate(_PLAIN_SIGNS)
    return unknown.encode("ascii", "backslashreplace").decode(), problem.end


def cannot_be_printed(problem: Exception) -> TypeGuard[OSError]:
    """Return True when the output itself is at fault. The error of another file has the name of the file."""
    return isinstance(problem, OSError) and problem.filename is None and problem.errno in _FULL


def refused_by_machine(problem: Exception) -> str:
    """Return in words what the system has no more of for this process; "" for any other error."""
    if isinstance(problem, OSError) and problem.errno in _FULL | EXHAUSTED:
        place = f" ({problem.filename})" if problem.filename else ""
        return f"{problem.strerror}{place}"
    if isinstance(problem, MemoryError):
        return "no more memory"
    # CPython raises nothing more special when the system permits no more threads.
    return str(problem) if str(problem) == "can't start new thread" else ""


def give_up_stdout() -> None:
    """Send the rest of the output to /dev/null, because Python would report the error again on exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
