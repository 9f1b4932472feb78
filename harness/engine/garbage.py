"""When Python looks for reference cycles.

A run keeps millions of small objects alive, its programs and torch's answers, and Python would walk over
all of them again and again while graphs are built: for a quarter of the time of a run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# All in objects that were made and not yet freed. What a graph of 50,000 nodes needs is less than this.
_RARELY = 500_000
# A program that is worth being left alone.
_MANY = 20_000
# As much as cases may leave behind before it is freed.
_SOME = 2_000


@contextmanager
def rarely_looked_for() -> Iterator[None]:
    """Young objects are looked at less often while this lasts, and old ones hardly ever.

    `keep` and `free` do nothing outside of it.
    """
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, 50, 1000)
    try:
        yield
    finally:
        # The two together forget that it is long since old objects were looked at.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


def keep() -> None:
    """Do not look again at what is alive now, if that is much: a program lives as long as the run."""
    if _young() > _MANY:
        gc.freeze()


def free() -> None:
    """Free the cycles that a case left behind, as a graph of closures does."""
    if _young() > _SOME:
        gc.collect(1)


def _young() -> int:
    """How many objects were made since Python looked; none that matter where it looks often."""
    young, middle, _ = gc.get_count()
    if gc.get_threshold()[0] != _RARELY:
        return 0
    return young + middle * _RARELY
