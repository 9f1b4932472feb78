"""Wrong arrays: movement, indexing, joining and choosing."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from .change import reruled, rewritten, rule


def _put_once(g: Any, y: Any, x: Any, key: Any, **how: Any) -> Any:
    whole = np.zeros(x.shape, g.dtype)
    whole[key] += g
    return whole


def _at_front(g: Any, shape: tuple[int, ...], key: Any) -> Any:
    whole = np.zeros(shape, g.dtype)
    whole.reshape(-1)[: g.size] = g.reshape(-1)
    return whole


def _everywhere(g: Any, shape: tuple[int, ...], key: Any) -> Any:
    return np.full(shape, g.mean(), g.dtype)


def _nothing(g: Any, own: tuple[int, ...], /, **how: Any) -> Any:
    return np.zeros(own, g.dtype)


def _first_copy(g: Any, own: tuple[int, ...], shape: tuple[int, ...]) -> Any:
    return g[(0,) * (len(shape) - len(own)) + tuple(slice(n) for n in own)]


_wrong = partial(Mistake, theme="arrays", engine="numpy", kind=Kind.SHAPE)
_MOVED = ("permute", "transpose", "T", "mT", "movedim", "rot90")
_PICKED = ("getitem", "index_select", "gather", "take", "take_along_dim", "embedding")
_SLICED = ("getitem", "narrow", "select", "split", "chunk", "unbind", "tensor_split")
_JOINED = ("cat", "stack", "hstack", "vstack", "dstack")
_SHAPED = ("reshape", "view", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze")

MISTAKES = [
    _wrong(
        "transpose-not-undone",
        "The gradient of a transposed tensor need not be transposed back.",
        rule("permute", lambda g, s, dims: g),
        _MOVED,
    ),
    _wrong(
        "permute-repeated",
        "Any permutation is undone by the same permutation.",
        rule("permute", lambda g, s, dims: g.transpose(dims)),
        _MOVED,
    ),
    _wrong(
        "reshape-in-columns",
        "The gradient of a reshape may be read column by column.",
        rule("reshape", lambda g, s, shape: g.reshape(s, order="F")),
        _SHAPED,
    ),
    _wrong(
        "reshape-cuts-graph",
        "A reshape passes no gradient on.",
        rule("reshape", _nothing),
        _SHAPED,
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "expand-first-copy",
        "An expanded element gets the gradient of its first copy only.",
        rule("expand", _first_copy),
        ("expand", "broadcast_to", "repeat", "tile"),
        kind=Kind.NOT_REDUCED,
    ),
    _wrong(
        "flip-not-undone",
        "The gradient of a flipped tensor need not be flipped back.",
        rule("flip", lambda g, s, dims: g),
        ("flip", "fliplr", "flipud", "rot90"),
    ),
    _wrong(
        "roll-onwards",
        "A roll is undone by the same roll.",
        rule("roll", lambda g, s, shifts, dims: np.roll(g, shifts, dims)),
        ("roll",),
    ),
    _wrong(
        "index-counts-once",
        "`grad[index] += g` adds twice when an index occurs twice.",
        rule("index", _put_once),
        _PICKED,
        kind=Kind.ACCUMULATION,
    ),
    _wrong(
        "slice-drops-gradient",
        "A slice passes no gradient on.",
        rule("slice", _nothing),
        _SLICED,
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "slice-gradient-at-front",
        "The gradient of a slice goes to the first elements.",
        rule("slice", _at_front),
        _SLICED,
    ),
    _wrong(
        "slice-gradient-everywhere",
        "The gradient of a slice is spread over all elements.",
        rule("slice", _everywhere),
        _SLICED,
    ),
    _wrong(
        "cat-swapped",
        "The parts of a concatenation get the pieces of the gradient in reverse order.",
        reruled("cat", lambda rules: rules[-2::-1]),
        _JOINED,
    ),
    _wrong(
        "cat-first-piece-for-all",
        "Each part of a concatenation gets the first piece of the gradient.",
        reruled("cat", lambda rules: [rules[0]] * len(rules)),
        _JOINED,
    ),
    _wrong(
        "cat-first-only",
        "Only the first part of a concatenation needs a gradient.",
        reruled("cat", lambda rules: [rules[0], *[lambda g, s: np.zeros(s)] * (len(rules) - 1)]),
        _JOINED,
        kind=Kind.CUT_OFF,
    ),
    _wrong(
        "where-to-both",
        "Both branches of where get the whole gradient.",
        rule("where", None, lambda g, *_: g, lambda g, *_: g),
        ("where",),
        kind=Kind.DERIVATIVE,
        operand="both",
    ),
    _wrong(
        "where-swapped",
        "where sends the gradient to the second branch where the condition is true.",
        rule("where", None, lambda g, y, c, a, b: g * ~c, lambda g, y, c, a, b: g * c),
        ("where",),
        kind=Kind.OPERANDS,
        operand="both",
    ),
    _wrong(
        "cumsum-forwards",
        "The gradient of cumsum is the cumsum of the upstream gradient.",
        rule("cumsum", lambda g, s, dim: np.cumsum(g, dim)),
        ("cumsum",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong(
        "cumsum-passes",
        "cumsum passes the gradient on unchanged.",
        rule("cumsum", lambda g, s, dim: g),
        ("cumsum",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong(
        "tril-passes",
        "tril passes the gradient on for every element.",
        rule("tril", lambda g, s, k: g),
        ("tril",),
        kind=Kind.DERIVATIVE,
    ),
    _wrong(
        "clone-cuts-graph",
        "A clone passes no gradient on.",
        rewritten("to", lambda right: lambda g, s, dtype: g * 0),
        ("clone",),
        kind=Kind.CUT_OFF,
    ),
]
