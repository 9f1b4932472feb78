"""New tensors of a given size (float32 unless a dtype is given) or of another tensor's shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from .dtypes import FLOAT
from .movement import sizes
from .tensor import Tensor

__all__ = ["arange", "eye", "full", "full_like", "linspace", "ones", "ones_like", "zeros"]


def zeros(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the size."""
    return full(sizes(size), 0.0, dtype=dtype, requires_grad=requires_grad)


def ones(*size: Any, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """Ones of the size."""
    return full(sizes(size), 1.0, dtype=dtype, requires_grad=requires_grad)


def full(size: Any, fill_value: Any, *, dtype: Any = None, requires_grad: bool = False) -> Tensor:
    """The value, repeated over the size. Unless a dtype is given, the result has the dtype of the value."""
    value = Tensor(fill_value, dtype=dtype).data
    return Tensor(np.full(sizes((size,)), value, value.dtype), requires_grad)


def ones_like(input: Any) -> Tensor:
    """Ones of the shape and dtype of a tensor."""
    return full_like(input, 1)


def full_like(input: Any, fill_value: Any) -> Tensor:
    """The value, repeated over the shape of a tensor and in its dtype."""
    return full(input.shape, fill_value, dtype=input.dtype)


def arange(start: Any, end: Any = None, step: Any = 1, *, dtype: Any = None) -> Tensor:
    """start, start + step, ... up to but without end. With one number: from 0 to that number."""
    low, high = (0, start) if end is None else (start, end)
    array = np.arange(low, high, step)
    return Tensor(array.astype(dtype or (FLOAT if array.dtype.kind == "f" else array.dtype)))


def linspace(start: float, end: float, steps: int, *, dtype: Any = None) -> Tensor:
    """`steps` numbers at equal distances from start to end, both included."""
    return Tensor(np.linspace(start, end, steps), dtype=dtype or FLOAT)


def eye(n: int, m: int | None = None, *, dtype: Any = None) -> Tensor:
    """An n by m matrix with ones on the diagonal; n by n without m."""
    return Tensor(np.eye(n, m), dtype=dtype or FLOAT)
