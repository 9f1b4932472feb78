"""Another order of addresses: a set of nodes is walked in the order of their addresses, unless they say more.

`object.__hash__` is the address divided by 16, so that the free blocks of Python's allocator decide in which
order a set of new objects is walked. An engine whose result depends on this is wrong in some processes.
"""

from __future__ import annotations

import random

# The allocator of Python has one size class for each 16 bytes, up to 512 bytes: Objects/obmalloc.c.
_SIZES = range(16, 513, 16)
_BLOCKS = 128  # of each size; half of them are kept
_HEADER = bytes.__basicsize__

_kept: list[list[bytes]] = []


def scatter(order: int) -> None:
    """Make holes of every size between objects that stay, in an order that `order` decides.

    Later objects fill these holes, the hole that was made last first.
    """
    draw = random.Random(order)
    made = [bytes(max(size - _HEADER, 2)) for size in _SIZES for _ in range(_BLOCKS)]
    draw.shuffle(made)
    _kept.append(made[::2])
    # In a loop, because a list frees what it holds from its end to its start.
    del made[::2]
    while made:
        made.pop()
