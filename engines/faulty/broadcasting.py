"""Wrong gradients of broadcasting: each is correct for some shapes and silently wrong for others."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import walk
from .change import Change, setting

Shape = tuple[int, ...]
_right = walk.unbroadcast


def _undone(unbroadcast: Any) -> Change:
    return setting(walk, unbroadcast=unbroadcast)


def _lead(g: Any, shape: Shape) -> int:
    return g.ndim - len(shape)


def _stretched(g: Any, shape: Shape) -> Shape:
    return tuple(d for d, n in enumerate(shape) if n == 1 and g.shape[d] != 1)


def _leading_only(g: Any, shape: Shape) -> Any:
    return g.sum(tuple(range(_lead(g, shape)))) if _lead(g, shape) else g


def _size_one_only(g: Any, shape: Shape) -> Any:
    return g if _lead(g, shape) else _right(g, shape)


def _trailing(g: Any, shape: Shape) -> Any:
    lead = _lead(g, shape)
    return g.sum(tuple(range(-lead, 0))) if lead else _right(g, shape)


def _first_axis(g: Any, shape: Shape) -> Any:
    return g.sum(0, keepdims=True).reshape(shape) if g.shape[0] == g.shape[-1] else _right(g, shape)


def _first_stretched(g: Any, shape: Shape) -> Any:
    if _lead(g, shape):
        return _right(g, shape)
    return g.sum(_stretched(g, shape)[0], keepdims=True)


def _first_leading(g: Any, shape: Shape) -> Any:
    return g.sum(0) if _lead(g, shape) else _right(g, shape)


def _without_keepdim(g: Any, shape: Shape) -> Any:
    return _leading_only(g, shape) if _lead(g, shape) else g.sum(_stretched(g, shape))


def _mean(g: Any, shape: Shape) -> Any:
    total = _right(g, shape)
    return total * (total.size / g.size)


def _first_copy(g: Any, shape: Shape) -> Any:
    return g[(0,) * _lead(g, shape) + tuple(slice(n) for n in shape)]


_wrong = partial(
    Mistake,
    theme="broadcasting",
    engine="numpy",
    kind=Kind.NOT_REDUCED,
    among=("broadcasting", "numpy_left", "reductions"),
)

MISTAKES = [
    _wrong(
        "broadcast-not-undone",
        "After broadcasting, a gradient needs no sum.",
        _undone(lambda g, shape: g),
    ),
    _wrong(
        "broadcast-leading-only",
        "Only a missing dimension is broadcast, never one of size 1.",
        _undone(_leading_only),
    ),
    _wrong(
        "broadcast-size-one-only",
        "Only a dimension of size 1 is broadcast, never a missing one.",
        _undone(_size_one_only),
    ),
    _wrong(
        "broadcast-trailing",
        "Broadcasting adds missing dimensions at the end of a shape.",
        _undone(_trailing),
    ),
    _wrong(
        "broadcast-first-axis",
        "Broadcasting is always along dimension 0.",
        _undone(_first_axis),
    ),
    _wrong(
        "broadcast-one-axis-of-two",
        "At most one dimension of size 1 is broadcast.",
        _undone(_first_stretched),
    ),
    _wrong(
        "broadcast-one-leading-of-two", "At most one dimension is missing.", _undone(_first_leading)
    ),
    _wrong(
        "broadcast-not-to-a-number",
        "The gradient of a 0-d operand needs no sum.",
        _undone(lambda g, shape: _right(g, shape) if shape else g),
    ),
    _wrong(
        "broadcast-without-keepdim",
        "A sum along a dimension keeps the dimension, with size 1.",
        _undone(_without_keepdim),
    ),
    _wrong(
        "broadcast-averaged",
        "A broadcast element gets the mean of the gradients of its uses.",
        _undone(_mean),
    ),
    _wrong(
        "broadcast-first-copy",
        "A broadcast element gets the gradient of its first use only.",
        _undone(_first_copy),
    ),
    _wrong(
        "broadcast-cut-to-shape",
        "A gradient with too many elements may be cut to the shape of its operand.",
        _undone(lambda g, shape: np.resize(g, shape)),
    ),
    _wrong(
        "broadcast-maximum",
        "A broadcast element gets the largest of the gradients of its uses.",
        _undone(lambda g, shape: _right(g, shape) * 0 + g.max()),
    ),
]
