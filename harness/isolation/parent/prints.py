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
    are no more descriptors, or the file does not exist.
    """

    def __init__(self, file: Path, limit: int) -> None:
        self._file, self._left = file, limit - file.stat().st_size
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
            self._keep(chunk[: max(self._left, 0)])
            if len(chunk) < _CHUNK:
                return

    def _keep(self, chunk: bytes) -> None:
        self._left -= len(chunk)
        if chunk:
            with contextlib.suppress(OSError), self._file.open("ab") as file:
                file.write(chunk)

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
        """Drain and close the parent's end. A second call does nothing."""
        if self.end >= 0:
            self.drain()
            os.close(self.end)
            self.end, self.open = -1, False
