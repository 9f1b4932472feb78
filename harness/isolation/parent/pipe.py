"""Lines to and from a child, bounded in time and in size.

- `PipePair`: one pipe for each direction. `Closed`, `TooLong`: the reasons why it fails.
"""

from __future__ import annotations

import contextlib
import os
import select
import time

from .prints import Prints


class Closed(Exception):
    """The child has closed its end of a pipe, most likely because it has ended."""


class TooLong(Exception):
    """A line from the child is longer than allowed."""


class PipePair:
    """A pair of pipes. Every wait has a deadline, in seconds of `time.monotonic()`, and drains `prints`.

    `child_ends` are the descriptors for the child: first pass them on, then call `handed_over`. OSError when
    there are no more descriptors.
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
        self._prints, self._pending = prints, bytearray()
        os.set_blocking(self._write, False)
        os.set_blocking(self._read, False)

    def handed_over(self) -> None:
        """Close the parent's copies of the child's ends, so that the parent notices when the child ends."""
        for end in self.child_ends:
            os.close(end)

    def send(self, line: bytes, deadline: float) -> None:
        """Write a line. TimeoutError after the deadline; Closed when the child closed its end."""
        rest = memoryview(line + b"\n")
        while rest:
            self._wait(self._write, select.POLLOUT, deadline)
            try:
                rest = rest[os.write(self._write, rest) :]
            except BrokenPipeError:
                raise Closed from None
            except BlockingIOError:
                continue

    def receive(self, deadline: float, longest: int) -> bytes:
        """Return the next line without its end; it has at most `longest` bytes.

        TimeoutError after the deadline, Closed when the child closed its end, TooLong for too long a line.
        """
        while (end := self._pending.find(b"\n")) < 0:
            if len(self._pending) > longest:
                raise TooLong
            self._wait(self._read, select.POLLIN, deadline)
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
        """True when bytes of the child are unread. After an answer there must be none."""
        return bool(self._pending) or bool(self._events(self._read, select.POLLIN, 0))

    def close(self) -> None:
        """Close the parent's ends. A second call does nothing."""
        for end in (self._read, self._write):
            with contextlib.suppress(OSError):
                os.close(end)

    def _wait(self, end: int, event: int, deadline: float) -> None:
        while (left := deadline - time.monotonic()) > 0:
            if self._events(end, event, left):
                return
        raise TimeoutError

    def _events(self, end: int, event: int, seconds: float) -> int:
        """Return the events at this end, its closing included; 0 when there was none in time.

        It is 0 too when something was printed, which is drained: a child that prints waits for that.
        """
        poll = select.poll()  # `select` fails for descriptors above 1,023
        poll.register(end, event)
        if self._prints.open:
            poll.register(self._prints.end, select.POLLIN)
        events = dict(poll.poll(seconds * 1000))
        if events.pop(self._prints.end, 0):
            self._prints.drain()
        return events.get(end, 0)
