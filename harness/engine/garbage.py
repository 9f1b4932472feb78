"""How often Python's garbage collector looks for reference cycles.

A run keeps millions of small objects alive: its programs and torch's answers. By default Python walks over
all of them many times while graphs are built, which takes a quarter of the time of a run.

- `rarely_looked_for`: a block in which Python looks for cycles rarely.
- `keep`, `free`: for use inside of the block. `keep` spares objects that live as long as the run, and `free`
  frees cycles that a case has left behind.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# The collector starts when this many objects were made and not freed. A graph of 50,000 nodes makes fewer.
_RARELY = 500_000
# `keep` does nothing for fewer new objects than this.
_MANY = 20_000
# `free` does nothing for fewer new objects than this.
_SOME = 2_000


@contextmanager
def rarely_looked_for() -> Iterator[None]:
    """Let Python look for cycles among young objects less often, and among old ones hardly ever.

    `keep` and `free` do nothing outside of the block.
    """
    before = gc.get_threshold()
    gc.set_threshold(_RARELY, 50, 1000)
    try:
        yield
    finally:
        # Freeze and unfreeze together reset the counters of the generations, so that the next full
        # collection is not due at once.
        gc.freeze()
        gc.unfreeze()
        gc.set_threshold(*before)


def keep() -> None:
    """Exclude the objects that are alive now from later collections, if they are many.

    Programs and torch's answers live as long as the run.
    """
    if _young() > _MANY:
        gc.freeze()


def free() -> None:
    """Free the cycles that a case has left behind, such as a graph of closures."""
    if _young() > _SOME:
        gc.collect(1)


def _young() -> int:
    """The number of new objects since the last collection; 0 outside of a `rarely_looked_for` block."""
    young, middle, _ = gc.get_count()
    if gc.get_threshold()[0] != _RARELY:
        return 0
    return young + middle * _RARELY
