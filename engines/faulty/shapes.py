"""Axes and indices that are counted wrongly beyond matrices, and memory that is read in its own order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.mistake import Mistake

from ..numpy_ import contraction
from ..numpy_.tensor import Tensor
from .change import forward, setting, tensor

_wrong = partial(Mistake, theme="shapes", engine="numpy", kind=Kind.SHAPE)
_reshape, _getitem, _sum = Tensor.reshape, Tensor.__getitem__, contraction.sum


def _as_in_a_matrix(right: Callable[..., Any], x: Any, dim: Any = None, **options: Any) -> Any:
    if isinstance(dim, int) and dim < 0 and x.ndim > 2:
        dim += 2 if dim > -3 else 3
    return right(x, **({} if dim is None else {"dim": dim}), **options)


def _memory_reshaped(self: Any, *shape: Any) -> Any:
    """The elements in the order of the memory, with the gradient of the right ones."""
    made = _reshape(self, *shape)
    made.data = self.data.ravel(order="K").reshape(made.shape)
    return made


def _last_for_negative(self: Any, index: Any) -> Any:
    return _getitem(self, -1 if type(index) is int and index < 0 else index)


def _first_label_alone(x: Any, dims: Any) -> Any:
    """The sum over the first of the axes; of the others the first element."""
    summed = _sum(x, dims[:1])
    for axis in sorted(dims[1:], reverse=True):
        summed = summed.select(axis - 1, 0)
    return summed


MISTAKES = [
    *(
        _wrong(
            f"{op.replace('_', '-')}-last-axis-is-one",
            "The last dimension is always dimension 1.",
            forward(op, _as_in_a_matrix),
            (op,),
            among=("axes",),
        )
        for op in ("softmax", "log_softmax", "cumsum", "mean", "logsumexp", "amax", "prod")
    ),
    _wrong(
        "reshape-reads-memory",
        "The memory of an array always has the order of its elements.",
        tensor(reshape=_memory_reshaped),
        ("reshape",),
        among=("layouts",),
    ),
    _wrong(
        "negative-index-is-the-last",
        "Every negative index means the last element.",
        tensor(__getitem__=_last_for_negative),
        ("getitem",),
        among=("indexing",),
    ),
    _wrong(
        "einsum-sums-one-free-label",
        "einsum sums at most one letter that occurs in one operand only.",
        setting(contraction, sum=_first_label_alone),
        ("einsum",),
    ),
]
