"""Sliding windows and padding, of which convolution and pooling are made.

- `windows`: overlapping pieces along a dim. `overlap_add` puts them back and adds overlapping elements.
- `pad`: adds elements around a tensor: a constant, a reflection, the border or the other end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .graph import Array
from .indexing import getitem, index_select
from .movement import reshape, wrap_dim
from .primitive import linear
from .tensor import method

__all__ = ["constant_pad_nd", "pad"]


def _np_windows(x: Array, dim: int, size: int, step: int, dilation: int) -> Array:
    span = (size - 1) * dilation + 1
    view = np.lib.stride_tricks.sliding_window_view(x, span, axis=dim)
    return view[(slice(None),) * dim + (slice(None, None, step),)][..., ::dilation]


def _np_overlap_add(w: Array, dim: int, size: int, step: int, dilation: int, n: int) -> Array:
    whole = np.zeros((*w.shape[:dim], n, *w.shape[dim + 1 : -1]), w.dtype)
    before = (slice(None),) * dim
    for k in range(size):
        start = k * dilation
        whole[(*before, slice(start, start + (w.shape[dim] - 1) * step + 1, step))] += w[..., k]
    return whole


windows = linear(
    "unfold",
    _np_windows,
    lambda g, s, dim, **how: overlap_add(g, dim=dim, n=s[dim], **how),
)
overlap_add = linear("overlap_add", _np_overlap_add, lambda g, s, n, **how: windows(g, **how))


def _unfold(input: Any, dimension: int, size: int, step: int) -> Any:
    """All windows along a dim as a new last dim. Each begins `step` elements after the one before."""
    axis = wrap_dim(dimension, input.ndim)
    n = input.shape[axis] if input.ndim else 1
    if not 0 <= size <= n or step <= 0:
        raise RuntimeError(f"unfold: windows of {size} every {step} do not fit into {n}")
    if not input.ndim:
        return reshape(
            windows(reshape(input, (1,)), dim=0, size=size, step=step, dilation=1), (-1,)
        )
    return windows(input, dim=axis, size=size, step=step, dilation=1)


method(_unfold, "unfold")

_pad_constant = linear(
    "pad",
    lambda x, widths, value: np.pad(x, widths, constant_values=value),
    lambda g, s, widths, value: getitem(
        g, tuple([slice(a, a + n) for (a, _), n in zip(widths, s, strict=True)])
    ),
)
_FOLDS = {
    "reflect": lambda at, n: n - 1 - np.abs(n - 1 - at % (2 * n - 2)),
    "replicate": lambda at, n: np.clip(at, 0, n - 1),
    "circular": lambda at, n: at % n,
}


def pad(input: Any, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Any:
    """Add elements around the input: `pad` is (left, right) of the last dim, then of the one before, ...

    mode: 'constant' (with value, 0 unless given), 'reflect', 'replicate' or 'circular'. Negative
    widths remove elements.
    """
    widths = [(0, 0)] * input.ndim
    for i in range(len(pad) // 2):
        widths[-1 - i] = (pad[2 * i], pad[2 * i + 1])
    if len(pad) % 2 or len(pad) > 2 * input.ndim:
        raise RuntimeError(f"pad: {list(pad)} is not a pair for each of up to {input.ndim} dims")
    if mode in ("constant", "circular") and min([0, *pad]) < 0:
        input, widths = _trimmed(input, widths)
    if mode == "constant":
        return _pad_constant(input, widths=tuple(widths), value=0 if value is None else value)
    if mode not in _FOLDS:
        raise NotImplementedError(f"pad: mode is constant, {', '.join(_FOLDS)}, not {mode!r}")
    for dim, (before, behind) in enumerate(widths):
        n = input.shape[dim]
        if not before and not behind:
            continue
        if not n or (max(before, behind) > n - (mode == "reflect") and mode != "replicate"):
            raise RuntimeError(f"pad: {(before, behind)} is too much for size {n} in mode {mode}")
        input = index_select(input, dim, _FOLDS[mode](np.arange(-before, n + behind), n))
    return input


def _trimmed(x: Any, widths: list[tuple[int, int]]) -> tuple[Any, list[tuple[int, int]]]:
    """Apply the negative widths to x. Return x and the other widths."""
    per = zip(widths, x.shape, strict=True)
    kept = tuple([slice(max(0, -a), n + min(0, b)) for (a, b), n in per])
    return getitem(x, kept), [(max(0, a), max(0, b)) for a, b in widths]


def constant_pad_nd(input: Any, pad: Sequence[int], value: float = 0) -> Any:
    """`pad` with a constant."""
    return _pad(input, pad, value=value)


_pad = pad  # where a parameter has the name
