"""`Pace`: how far a grading is, and how long the rest takes."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ...text import words

_MOST_NAMES = 3


class Pace:
    """Counts submissions that are `done`, of `total`. `at_work` gives the keys of those that run."""

    def __init__(self, total: int, at_work: Callable[[], Sequence[str]]) -> None:
        self.done = 0
        self._total, self._at_work, self._since = total, at_work, time.monotonic()

    def told(self) -> str:
        """Return it in words."""
        names = ", ".join(words(key, 40) for key in self._at_work()[:_MOST_NAMES])
        said = f"graded {self.done} of {self._total} submissions"
        if self.done:
            left = (time.monotonic() - self._since) / self.done * (self._total - self.done)
            said += f", about {left:.0f} s are left"
        return f"{said}; at work: {names}" if names else said
