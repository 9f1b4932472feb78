"""The graph: its nodes, the mode in which ops are recorded or not, and the in-place changes.

- `Node`: one recorded op. The walk back over nodes is in `walk.py`.
- `no_grad`, `enable_grad`, `is_grad_enabled`: switch the recording of ops off or on, or ask for it.
- `overwritten`, `changed_since`: in-place changes, so that a walk can refuse a node that reads one.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import ContextDecorator
from typing import Any

import numpy as np

__all__ = ["enable_grad", "is_grad_enabled", "no_grad"]

Array = np.ndarray


class _Mode(threading.local):
    recording = True


mode = _Mode()
clock = itertools.count()


class no_grad(ContextDecorator):  # noqa: N801  torch's name
    """A block, or a decorated function, whose ops are not recorded."""

    recording = False

    def __enter__(self) -> None:
        self.before = mode.recording
        mode.recording = self.recording

    def __exit__(self, *error: object) -> None:
        mode.recording = self.before

    def _recreate_cm(self) -> no_grad:
        return type(self)()  # a recursive function needs one for each call, to hold its `before`


class enable_grad(no_grad):  # noqa: N801  torch's name
    """A block whose ops are recorded, inside a `no_grad` block too."""

    recording = True


def is_grad_enabled() -> bool:
    """True when ops are recorded in this thread."""
    return mode.recording


written: dict[int, tuple[Any, int]] = {}  # owner of memory -> when it was last changed in place


def _owner(array: Array) -> Array:
    while isinstance(array.base, Array):
        array = array.base
    return array


def overwritten(array: Array) -> None:
    """Note that the memory of the array changes now. The clock is the one that orders the nodes."""
    owner = _owner(array)
    key = id(owner)
    written[key] = (weakref.ref(owner, lambda _: written.pop(key, None)), next(clock))


def changed_since(node: Node) -> bool:
    """True when memory that the node saved was changed in place after the node was recorded."""
    arrays = [x for x in node.saved or () if isinstance(x, Array)]
    return any(written.get(id(_owner(x)), (None, -1))[1] > node.order for x in arrays)


class Node:
    """One recorded op, with all that is needed to compute its inputs' gradients from its output's.

    `rules` and `edges` have one item per input. An edge is the node that made the input, or the
    input itself when it is a leaf, or None when the input needs no gradient. `saved` holds the
    arrays that the rules read. It is empty for a linear op, whose rules read the shape only, and
    None once it has been freed. `order` grows with time, so inputs always come before outputs.
    """

    __slots__ = (
        "attributes", "dtype", "edges", "name", "order", "rules", "saved", "shape", "watchers",
    )  # fmt: skip

    name: str
    rules: Sequence[Callable[..., Any] | None]
    edges: list[Any]
    saved: tuple[Any, ...] | None
    attributes: dict[str, Any]
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    order: int
    watchers: tuple[Any, ...]  # weak references to the tensors that called retain_grad()
