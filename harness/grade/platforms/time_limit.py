"""The time that a platform gives: the work stops before the platform would end it.

- `TimeLimit`: interrupts the work of its context, as Ctrl-C does. `time_for`: the time for the work.
"""

from __future__ import annotations

import signal
import threading
from types import TracebackType
from typing import Any

# Seconds before the platform's own limit, at least and at most: an interrupted run takes up to three to end,
# and then the result is written, on a slow machine.
_LEAST, _MOST = 6.0, 30.0
_SHARE = 0.1  # of the limit, between these two


def time_for(limit: float | None) -> float | None:
    """Return the seconds after which work has to stop, so that a platform does not end it; None for never."""
    if limit is None:
        return None
    margin = min(_MOST, max(_LEAST, _SHARE * limit))
    return max(limit - margin, limit / 2)


class TimeLimit:
    """Raises KeyboardInterrupt in the main thread after so many seconds, and for SIGTERM.

    `is_over` says which of the two it was. It must be used in the main thread. A thread keeps the time,
    because the timer signal of this process is used for messages.
    """

    def __init__(self, seconds: float | None) -> None:
        self.is_over = False
        self._main = threading.main_thread().ident
        self._timer = threading.Timer(seconds, self._end) if seconds is not None else None

    def __enter__(self) -> TimeLimit:
        self._before: Any = signal.signal(signal.SIGTERM, signal.default_int_handler)
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
        signal.signal(signal.SIGTERM, self._before)

    def stop(self) -> None:
        """Let the time run on without an end."""
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        self.is_over = True
        if self._main is not None:
            signal.pthread_kill(self._main, signal.SIGTERM)
