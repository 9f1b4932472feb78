"""When Python looks for reference cycles.

A run keeps millions of small objects alive, its programs and torch's answers, and Python would walk over
all of them again and again while graphs are built: for a quarter of the time of a run.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# In objects made and not yet freed: a graph of 50,000 nodes is looked at once, when its case is over.
_RARELY = 500_000
_MANY = 20_000


@contextmanager
def rarely_looked_for() -> Iterator[None]:
    """Young objects are looked at less often while this lasts, and old ones hardly ever."""
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, 50, 1000)
    try:
        yield
    finally:
        # The two together forget that it is long since old objects were looked at.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


def free_young() -> None:
    """Free the cycles that a case left behind, as a graph of closures does.

    Does nothing when there can be few of them, or when Python looks for them often enough itself.
    """
    young, middle, _ = gc.get_count()
    if gc.get_threshold()[0] == _RARELY and (young > _MANY or middle):
        gc.collect(1)
