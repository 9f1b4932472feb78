"""Ops that only move elements. NumPy moves them, and no scalar step is appended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .element import Tensor, boxed, integers


def _view(input: Tensor, shape: Any) -> Tensor:
    if not input.flags.c_contiguous:
        raise ValueError("a view of elements that do not lie in order")
    return input.reshape(shape)


def _flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    shape = input.shape or (1,)
    first, last = start_dim % len(shape), end_dim % len(shape)
    if first > last:
        raise ValueError("start_dim comes after end_dim")
    return input.reshape(*shape[:first], -1, *shape[last + 1 :])


def _unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    dim %= input.ndim
    return input.reshape(*input.shape[:dim], *sizes, *input.shape[dim + 1 :])


def _squeeze(input: Tensor, dim: Any = None) -> Tensor:
    if dim is None:
        return input.squeeze()
    named = dim if isinstance(dim, list | tuple) else (dim,)
    # torch leaves an axis of another extent as it is; NumPy raises for it.
    return input.squeeze(tuple(axis for axis in named if input.ndim and input.shape[axis] == 1))


def _expand(input: Tensor, size: Any) -> Tensor:
    wanted = [size] if isinstance(size, int) else list(size)
    lead = len(wanted) - input.ndim
    shape = [
        input.shape[axis - lead] if extent == -1 else extent for axis, extent in enumerate(wanted)
    ]
    return np.broadcast_to(input, shape)


def _repeat(input: Tensor, repeats: Any) -> Tensor:
    return np.tile(input, repeats)


def _repeat_interleave(input: Tensor, repeats: Any, dim: int | None = None) -> Tensor:
    return np.repeat(input, integers(repeats), axis=dim)


def _flip(input: Tensor, dims: Any) -> Tensor:
    return np.flip(input, dims if isinstance(dims, int) else tuple(dims))


def _narrow(input: Tensor, dim: int, start: int, length: int) -> Tensor:
    return np.take(input, range(start, start + length), axis=dim)


def _pieces(input: Tensor, ends: Sequence[int], dim: int) -> list[Tensor]:
    return np.split(input, list(ends), axis=dim)


def _split(input: Tensor, split_size_or_sections: Any, dim: int = 0) -> list[Tensor]:
    sections = split_size_or_sections
    if isinstance(sections, int):
        return _pieces(input, range(sections, input.shape[dim], sections), dim)
    if sum(sections) != input.shape[dim]:
        raise ValueError(f"sections {sections} of an axis of {input.shape[dim]}")
    return _pieces(input, np.cumsum(sections)[:-1].tolist(), dim)


def _chunk(input: Tensor, chunks: int, dim: int = 0) -> list[Tensor]:
    return _split(input, -(-input.shape[dim] // chunks), dim)


def _unbind(input: Tensor, dim: int = 0) -> list[Tensor]:
    return [boxed(piece) for piece in np.moveaxis(input, dim, 0)]


def _pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float = 0.0) -> Tensor:
    # torch lists the last axis first, and need not list the leading axes.
    pairs = [(pad[k], pad[k + 1]) for k in range(0, len(pad), 2)]
    widths = [(0, 0)] * (input.ndim - len(pairs)) + pairs[::-1]
    if mode == "constant":
        return np.pad(input, widths, constant_values=value)
    if mode == "reflect" and any(max(w) >= n for w, n in zip(widths, input.shape, strict=True)):
        raise ValueError(f"padding {pad} reflected from shape {input.shape}")
    options = {"reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    padded: Tensor = np.pad(input, widths, mode=options[mode])  # type: ignore[call-overload] # mode: a str
    return padded


def _below(input: Tensor, diagonal: int) -> Any:
    rows, columns = input.shape[-2:]
    below: Any = np.tri(rows, columns, diagonal, dtype=bool)
    return below


def _tril(input: Tensor, diagonal: int = 0) -> Tensor:
    return np.where(_below(input, diagonal), input, 0.0)


def _triu(input: Tensor, diagonal: int = 0) -> Tensor:
    return np.where(_below(input, diagonal - 1), 0.0, input)


def _gather(input: Tensor, dim: int, index: Any) -> Tensor:
    chosen = integers(index)
    # torch takes the first rows where the index has fewer than the input; NumPy would repeat the index.
    first = [slice(extent) for extent in chosen.shape]
    first[dim] = slice(None)
    return np.take_along_axis(input[tuple(first)], chosen, axis=dim)


def _take_along_dim(input: Tensor, indices: Any, dim: int) -> Tensor:
    return np.take_along_axis(input, integers(indices), axis=dim)


def _masked_select(input: Tensor, mask: Any) -> Tensor:
    marked = integers(mask)
    shape = np.broadcast_shapes(input.shape, marked.shape)
    chosen: Tensor = np.broadcast_to(input, shape)[np.broadcast_to(marked, shape)]
    return chosen


def _getitem(input: Tensor, index: Any) -> Tensor:
    return boxed(input[_index(index)])


def _index(index: Any) -> Any:
    if isinstance(index, np.ndarray):
        return integers(index)
    if isinstance(index, tuple):
        return tuple(_index(part) for part in index)
    if isinstance(index, slice) and (index.step or 1) < 0:
        raise ValueError("torch has no negative step")
    return index


OPS: dict[str, Callable[..., Any]] = {
    "reshape": lambda input, shape: input.reshape(shape),
    "view": _view,
    "flatten": _flatten,
    "unflatten": _unflatten,
    "ravel": lambda input: input.reshape(-1),
    "transpose": lambda input, dim0, dim1: np.swapaxes(input, dim0, dim1),
    "permute": lambda input, dims: input.transpose(dims),
    "movedim": lambda input, source, destination: np.moveaxis(input, source, destination),
    "T": lambda input: input.T,
    "mT": lambda input: np.swapaxes(input, -1, -2),
    "squeeze": _squeeze,
    "unsqueeze": lambda input, dim: np.expand_dims(input, dim),
    "expand": _expand,
    "broadcast_to": _expand,
    "repeat": _repeat,
    "tile": lambda input, dims: np.tile(input, dims),
    "repeat_interleave": _repeat_interleave,
    "flip": _flip,
    "fliplr": np.fliplr,
    "flipud": np.flipud,
    "roll": lambda input, shifts, dims=None: np.roll(input, shifts, dims),
    "rot90": lambda input, k=1, dims=(0, 1): np.rot90(input, k, dims),
    "narrow": _narrow,
    "select": lambda input, dim, index: boxed(np.take(input, index, axis=dim)),
    "pad": _pad,
    "atleast_1d": np.atleast_1d,
    "atleast_2d": np.atleast_2d,
    "unbind": _unbind,
    "split": _split,
    "chunk": _chunk,
    "cat": lambda tensors, dim=0: np.concatenate(tensors, dim),
    "stack": lambda tensors, dim=0: np.stack(tensors, dim),
    "hstack": np.hstack,
    "vstack": np.vstack,
    "dstack": np.dstack,
    "diagonal": lambda input, offset=0, dim1=0, dim2=1: input.diagonal(offset, dim1, dim2),
    "diag": lambda input, diagonal=0: np.diag(input, diagonal),
    "tril": _tril,
    "triu": _triu,
    "getitem": _getitem,
    "index_select": lambda input, dim, index: np.take(input, integers(index), axis=dim),
    "gather": _gather,
    "take_along_dim": _take_along_dim,
    "take": lambda input, index: boxed(input.ravel()[integers(index)]),
    "masked_select": _masked_select,
    "embedding": lambda input, weight: weight[integers(input)],
}
