"""The dtype of a result, by torch's promotion rules, which differ from NumPy's.

- `result_type`: the dtype of an op over tensors, arrays and Python numbers.
- `as_array`: an array of new data, with torch's default dtypes.

Tensors with dimensions outrank 0-d tensors, and those outrank Python numbers: a lower rank changes
the dtype only when it brings a higher category (bool < integer < float).
Source: https://docs.pytorch.org/docs/stable/tensor_attributes.html#type-promotion-doc
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

FLOAT = np.dtype(np.float32)  # torch's dtype of Python floats and of an integer division
INTEGER = np.dtype(np.int64)
BOOL = np.dtype(np.bool_)

_CATEGORY = {"b": 0, "u": 1, "i": 1, "f": 2}


def category(dtype: np.dtype[Any]) -> int:
    """0 for bool, 1 for integers, 2 for floats. TypeError for any other dtype."""
    try:
        return _CATEGORY[dtype.kind]
    except KeyError:
        raise TypeError(
            f"a tensor holds floats, integers or bools, not {dtype}; convert the data first"
        ) from None


def is_floating(dtype: np.dtype[Any]) -> bool:
    """True when values of the dtype can have a gradient."""
    return dtype.kind == "f"


def real(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The dtype in which a function such as `exp` is computed: a float dtype itself, else float32."""
    return dtype if dtype.kind == "f" else FLOAT


def result_type(operands: Iterable[Any]) -> np.dtype[Any]:
    """The common dtype of arrays and Python or NumPy numbers by torch's rules."""
    ranks: list[np.dtype[Any] | None] = [None, None, None]  # with dimensions, 0-d, numbers
    for operand in operands:
        if isinstance(operand, np.ndarray):
            rank, dtype = (0 if operand.ndim else 1), operand.dtype
        else:
            rank, dtype = 2, number_dtype(operand)
        current = ranks[rank]
        ranks[rank] = dtype if current is None else promote(current, dtype)
    result: np.dtype[Any] | None = None
    for dtype_of_rank in ranks:
        if dtype_of_rank is None:
            continue
        if result is None or category(dtype_of_rank) > category(result):
            result = dtype_of_rank if result is None else promote(result, dtype_of_rank)
    assert result is not None
    return result


def promote(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """The common dtype of two operands of equal rank. A float keeps its width beside an integer."""
    if category(a) == category(b):
        return np.promote_types(a, b)
    return a if category(a) > category(b) else b


def number_dtype(number: Any) -> np.dtype[Any]:
    """The dtype of a number: float32, int64 or bool. The width of a NumPy number is ignored.

    TypeError for an object that is no number.
    """
    if isinstance(number, (bool, np.bool_)):
        return BOOL
    if isinstance(number, (int, np.integer)):
        return INTEGER
    if isinstance(number, (float, np.floating)):
        return FLOAT
    raise TypeError(f"an operand is a Tensor, an array or a number, not {type(number).__name__}")


def as_array(data: Any, dtype: Any = None) -> np.ndarray:
    """A new array of the data; Python floats become float32 unless a dtype is given."""
    if dtype is None and not isinstance(data, (np.ndarray, np.generic)):
        made = np.array(data)
        dtype = FLOAT if made.dtype == np.float64 and _is_plain(data) else made.dtype
    with np.errstate(all="ignore"):
        array = np.array(data, dtype=dtype)
    category(array.dtype)
    return array


def _is_plain(data: Any) -> bool:
    """True when nested lists hold Python numbers. The width of NumPy numbers is kept."""
    while isinstance(data, (list, tuple)) and data:
        data = data[0]
    return not isinstance(data, (np.ndarray, np.generic))
