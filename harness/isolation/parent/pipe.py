"""Lines to and from a child, bounded in time and in size.

- `PipePair`: one pipe for each direction. `Closed`, `TooLong`: the reasons why it fails.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import time

from .prints import Prints

# Bytes that each pipe holds, so that the child can work on while the parent does something else.
_HELD = 1 << 18


class Closed(Exception):
    """The child has closed its end of a pipe, most likely because it has ended."""


class TooLong(Exception):
    """A line from the child is longer than allowed."""


class PipePair:
    """A pair of pipes. Every wait has a bound in seconds, and drains `prints`.

    Writing never waits, so that two processes with full pipes cannot wait for each other. `child_ends` are
    the descriptors for the child: first pass them on, then call `handed_over`. OSError when there are no more
    descriptors.
    """

    def __init__(self, prints: Prints) -> None:
        their_read, self._write = os.pipe()
        try:
            self._read, their_write = os.pipe()
        except OSError:
            os.close(their_read)
            os.close(self._write)
            raise
        self.child_ends = (their_read, their_write)
        self._prints = prints
        self._unsent, self._pending = bytearray(), bytearray()
        self._broken = False
        for end in (self._write, self._read):
            os.set_blocking(end, False)
            # Only Linux has the call, and it refuses a user whose pipes hold much already.
            with contextlib.suppress(AttributeError, OSError):
                fcntl.fcntl(end, fcntl.F_SETPIPE_SZ, _HELD)

    def handed_over(self) -> None:
        """Close the parent's copies of the child's ends, so that the parent notices when the child ends."""
        for end in self.child_ends:
            os.close(end)

    def send(self, line: bytes) -> None:
        """Write what fits into the pipe now. `receive` writes the rest while it waits.

        A child that closed its end gets nothing; `receive` raises Closed after the last line of the child.
        """
        self._unsent += line
        self._write_on()

    def receive(self, seconds: float, longest: int) -> bytes:
        """Return the next line without its end; it has at most `longest` bytes.

        TimeoutError after so many seconds, Closed when the child closed an end, TooLong for too long a line.
        """
        deadline, searched = time.monotonic() + seconds, 0
        while (end := self._pending.find(b"\n", searched)) < 0:
            searched = len(self._pending)
            if searched > longest:
                raise TooLong
            self._wait(deadline)
            try:
                chunk = os.read(self._read, 1 << 20)
            except BlockingIOError:
                continue
            if not chunk:
                raise Closed
            self._pending += chunk
        if end > longest:
            raise TooLong
        line = bytes(self._pending[:end])
        del self._pending[: end + 1]
        return line

    @property
    def has_unread(self) -> bool:
        """True when bytes of the child are unread. While it is asked nothing, there must be none."""
        return bool(self._pending) or self._readable(0)

    def close(self) -> None:
        """Close the parent's ends. A second call does nothing."""
        for end in (self._read, self._write):
            with contextlib.suppress(OSError):
                os.close(end)

    def _write_on(self) -> None:
        while self._unsent:
            try:
                written = os.write(self._write, self._unsent)
            except BlockingIOError:
                return
            except BrokenPipeError:
                self._broken = True
                written = len(self._unsent)
            del self._unsent[:written]

    def _wait(self, deadline: float) -> None:
        """Wait until the child has written or has closed its end."""
        while (left := deadline - time.monotonic()) > 0:
            broken = self._broken  # then all that the child has written is readable now
            if self._readable(0 if broken else left):
                return
            if broken:
                raise Closed
        raise TimeoutError

    def _readable(self, seconds: float) -> bool:
        """True when the child has written, or has closed its end, within so many seconds.

        It may be False before, when something was printed or could be written: a child that prints or reads
        waits for that.
        """
        poll = select.poll()  # `select` fails for descriptors above 1,023
        poll.register(self._read, select.POLLIN)
        if self._unsent:
            poll.register(self._write, select.POLLOUT)
        if self._prints.open:
            poll.register(self._prints.end, select.POLLIN)
        ready = {end for end, _ in poll.poll(seconds * 1000)}
        if self._prints.end in ready:
            self._prints.drain()
        if self._write in ready:
            self._write_on()
        return self._read in ready
