"""Grids, products, combinations and blocks of several tensors."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .joining import cat, hstack, stack, tensor_split
from .matrices import diag_embed
from .movement import atleast_2d, expand, reshape, transpose
from .tensor import method
from .windows import pad

__all__ = [
    "block_diag", "broadcast_tensors", "cartesian_prod", "column_stack", "combinations", "diagflat", "dsplit",
    "hsplit", "meshgrid", "vsplit",
]  # fmt: skip


def _several(tensors: tuple[Any, ...]) -> list[Any]:
    """The tensors, given as `f(a, b)` or as `f([a, b])`."""
    one = len(tensors) == 1 and isinstance(tensors[0], (list, tuple))
    return list(tensors[0] if one else tensors)


def broadcast_tensors(*tensors: Any) -> tuple[Any, ...]:
    """Every tensor, expanded to their common shape."""
    parts = _several(tensors)
    shape = np.broadcast_shapes(*[tuple(x.shape) for x in parts])
    return tuple([expand(x, shape) for x in parts])


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Any, ...]:
    """The coordinates of a grid; with indexing 'xy' its first two dims are exchanged."""
    if indexing not in ("ij", "xy"):
        raise RuntimeError(f"meshgrid: indexing is 'ij' or 'xy', not {indexing!r}")
    parts = _several(tensors)
    if any(x.ndim > 1 for x in parts):
        raise RuntimeError(f"meshgrid: vectors are expected, not {[x.shape for x in parts]}")
    n = len(parts)
    apart = [reshape(x, [-1 if i == d else 1 for i in range(n)]) for d, x in enumerate(parts)]
    grids = broadcast_tensors(*apart)
    if indexing == "ij" or n < 2:
        return grids
    return tuple([transpose(x, 0, 1) for x in grids])


def cartesian_prod(*tensors: Any) -> Any:
    """Every combination of one element of each vector, as rows."""
    if len(tensors) == 1:
        return tensors[0]
    return stack([reshape(x, (-1,)) for x in meshgrid(*tensors)], 1)


def combinations(input: Any, r: int = 2, with_replacement: bool = False) -> Any:
    """Every choice of r elements of a vector in their order, as rows."""
    if input.ndim != 1:
        raise RuntimeError(f"combinations: a vector is expected, not shape {input.shape}")
    choose = itertools.combinations_with_replacement if with_replacement else itertools.combinations
    rows = np.array(list(choose(range(input.shape[0]), r)), np.int64)
    return input[rows.reshape(-1, r)]


def column_stack(tensors: Any) -> Any:
    """As `hstack`, but a vector is a column."""
    return hstack([x if x.ndim > 1 else reshape(x, (-1, 1)) for x in tensors])


def block_diag(*tensors: Any) -> Any:
    """The matrices along the diagonal of one, zeros elsewhere; vectors are rows."""
    parts = [atleast_2d(x) for x in tensors]
    width, at, rows = sum(x.shape[1] for x in parts), 0, []
    for x in parts:
        rows.append(pad(x, [at, width - at - x.shape[1]]))
        at += x.shape[1]
    return cat(rows, 0)


@method
def diagflat(input: Any, offset: int = 0) -> Any:
    """All elements along the diagonal of a matrix."""
    return diag_embed(reshape(input, (-1,)), offset)


def _cut(name: str, least: int, dim: int) -> Any:
    def op(input: Any, indices_or_sections: Any) -> tuple[Any, ...]:
        if input.ndim < least:
            raise RuntimeError(f"{name}: at least {least} dims are expected, not {input.shape}")
        axis = 0 if name == "hsplit" and input.ndim == 1 else dim
        parts = indices_or_sections
        if isinstance(parts, int) and (parts <= 0 or input.shape[axis] % parts):
            raise RuntimeError(f"{name}: {input.shape[axis]} is no multiple of {parts}")
        return tensor_split(input, parts, axis)

    op.__name__ = name
    op.__doc__ = f"Pieces of equal size along dim {dim}, or cut before the indices given."
    return method(op)


hsplit, vsplit, dsplit = _cut("hsplit", 1, 1), _cut("vsplit", 2, 0), _cut("dsplit", 3, 2)
