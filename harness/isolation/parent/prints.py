"""The prints of a child, which the parent reads from a pipe and adds to a file.

The child holds the writing end of the pipe alone, so that it cannot change what it printed before.

- `Prints`: the pipe and the file.
"""

from __future__ import annotations

import contextlib
import os
import select
import time
from pathlib import Path

_CHUNK, _CHUNKS = 1 << 16, 16


class Prints:
    """A pipe whose text is kept in `file` up to `limit` bytes in all; what comes after that is dropped.

    `child_end` is the descriptor for the child: first pass it on, then call `handed_over`. OSError when there
    are no more descriptors, or the file cannot be opened.
    """

    def __init__(self, file: Path, limit: int) -> None:
        self._file = file.open("ab", buffering=0)
        self._left = limit - self._file.tell()
        self.end, self.child_end = os.pipe()
        os.set_blocking(self.end, False)
        self.open = True

    def handed_over(self) -> None:
        """Close the parent's copy of the child's end, so that the parent notices when the child ends."""
        os.close(self.child_end)

    def drain(self) -> None:
        """Read what has been printed, without waiting; `open` turns false when the child's ends are closed.

        What the disk has no room for is dropped. One call reads at most 1 MiB, because a child may print
        faster than that.
        """
        for _ in range(_CHUNKS):
            if not self.open:
                return
            try:
                chunk = os.read(self.end, _CHUNK)
            except BlockingIOError:
                return
            self.open = bool(chunk)
            kept = chunk[: max(self._left, 0)]
            self._left -= len(kept)
            with contextlib.suppress(OSError):
                self._file.write(kept)
            if len(chunk) < _CHUNK:
                return

    def wait(self, seconds: float) -> None:
        """Wait until something is printed or all ends are closed, at most `seconds`, and drain."""
        if not self.open:
            time.sleep(seconds)
            return
        poll = select.poll()
        poll.register(self.end, select.POLLIN)
        if poll.poll(seconds * 1000):
            self.drain()

    def close(self) -> None:
        """Drain and close the parent's end and the file. A second call does nothing."""
        if not self._file.closed:
            self.drain()
            self._file.close()
            os.close(self.end)
            self.open = False
