"""Other conventions for the gradient of equal elements."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import amax
from ..numpy_.reductions import spread
from .change import forward, rule, slope, together

_wrong = partial(Mistake, theme="ties", level="torch", kind=Kind.CONVENTION)
_wrong_numpy = partial(_wrong, engine="numpy")


def _first_of_several(g: Any, y: Any, x: Any) -> Any:
    whole = np.zeros(x.size, x.dtype)
    whole[x.argmax()] = g
    return whole.reshape(x.shape)


def _largest_to_each(g: Any, y: Any, x: Any, dim: Any, keepdim: bool) -> Any:
    return spread(g, x.shape, dim) * (x == spread(y, x.shape, dim))


def _values_of_amax(right: Any, x: Any, dim: Any = None, keepdim: bool = False) -> Any:
    return right(x) if dim is None else (amax(x, dim, keepdim), right(x, dim, keepdim)[1])


_amax_to_each = rule("amax", _largest_to_each)

MISTAKES = [
    _wrong(
        "maximum-tie-to-first",
        "When both operands of maximum are equal, the first one gets the whole gradient.",
        slope("maximum", lambda a, b, y: float(a >= b), lambda a, b, y: float(a < b)),
        ("maximum",),
    ),
    _wrong(
        "minimum-tie-to-both",
        "When both operands of minimum are equal, each gets the whole gradient.",
        slope("minimum", lambda a, b, y: float(a <= b), lambda a, b, y: float(a >= b)),
        ("minimum",),
    ),
    _wrong_numpy(
        "array-maximum-tie-to-first",
        "When both operands of maximum are equal, the first one gets the whole gradient.",
        rule("maximum", lambda g, y, a, b: g * (a >= b), lambda g, y, a, b: g * (a < b)),
        ("maximum",),
    ),
    _wrong_numpy(
        "max-tie-to-first",
        "When several elements are the largest, the first one gets the whole gradient.",
        rule("max", _first_of_several),
        ("max",),
    ),
    _wrong_numpy(
        "max-tie-to-each",
        "When several elements are the largest, each gets the whole gradient.",
        rule("max", lambda g, y, x: g * (x == y)),
        ("max",),
    ),
    _wrong_numpy(
        "amax-tie-to-each",
        "When several elements along a dimension are the largest, each gets the whole gradient.",
        _amax_to_each,
        ("amax",),
    ),
    _wrong_numpy(
        "max-along-axis-shared",
        "When several elements along a dimension are the largest, they share the gradient.",
        forward("max", _values_of_amax),
        ("max_dim",),
    ),
    _wrong_numpy(
        "max-along-axis-to-each",
        "When several elements along a dimension are the largest, each gets the whole gradient.",
        together(forward("max", _values_of_amax), _amax_to_each),
        ("max_dim",),
    ),
]
