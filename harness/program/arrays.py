"""Arrays of numbers: a dtype, a shape and a flat tuple, made with the standard library alone.

- `Array`: the type of inputs, constants, cotangents and readings.
- `Opaque`: an answer that is not numbers, described in words.
- `answer`: turns an engine's object into one of the two.
- `plain`: a number as an `Array` holds it. `index_of`: the index of an element of it.
- `encode_number`, `decode_number`: non-finite floats as strings, because JSON has no word for them.
"""

from __future__ import annotations

import functools
import math
import struct
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

FLOAT_DTYPES = ("float64", "float32", "float16", "bfloat16")
# A run computes in one of these; a case may hold inputs of the others.
RUN_DTYPES = FLOAT_DTYPES[:2]
# The struct module's letters for the dtypes that are narrower than a Python float.
_PACKED = {"float32": "f", "float16": "e"}

# The dtype of a Python number, which may be compared with any other dtype.
WEAK = "number"
_LARGEST_INT = 2**64  # one more than the largest uint64


class NotOneNumber(ValueError):
    """One number was asked of an array that is not 0-d, for example by an adapter of scalars."""


@dataclass(frozen=True, slots=True)
class Array:
    """A dense array: `dtype` by NumPy's name, `shape`, and `data` flat in row-major order."""

    dtype: str
    shape: tuple[int, ...]
    data: tuple[float, ...]

    @classmethod
    def of(cls, nested: Any, dtype: str = "float64") -> Array:
        """Build from a number or nested lists, rounded to `dtype`.

        ValueError when the lists are ragged. TypeError when a part is no number. OverflowError for an integer
        beyond the range of a float.
        """
        shape = _shape(nested)
        flat: list[Any] = []
        _flatten(nested, shape, flat)
        return cls.of_flat(flat, shape, dtype)

    @classmethod
    def of_flat(cls, flat: Iterable[float], shape: tuple[int, ...], dtype: str) -> Array:
        """Build from a flat row-major sequence, rounded to `dtype`.

        TypeError when a part is no number. OverflowError for an integer beyond the range of a float.
        """
        return cls(dtype, shape, tuple(_cast(value, dtype) for value in flat))

    @property
    def size(self) -> int:
        """The number of elements."""
        return len(self.data)

    def item(self) -> float:
        """The one number of a 0-d array. NotOneNumber, a ValueError, for any other shape."""
        if self.shape != ():
            raise NotOneNumber(f"one number was asked of an array of shape {self.shape}")
        return self.data[0]

    def nested(self) -> Any:
        """Nested lists, or the bare number when 0-d. A zero-size array loses its trailing axes."""
        return _nest(list(self.data), self.shape)

    def numpy(self) -> Any:
        """A fresh writable `numpy.ndarray`. NumPy is imported only here; ImportError when it is missing."""
        import numpy as np

        return np.array(self.data, dtype=self.dtype).reshape(self.shape)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The same as `numpy()`, in `dtype` if it is given, so that `np.asarray(array)` works.

        ValueError for `copy=False`, because the numbers are always copied. ImportError as `numpy`.
        """
        if copy is False:
            raise ValueError("an Array of gradconform becomes a NumPy array only by a copy")
        return self.numpy() if dtype is None else self.numpy().astype(dtype)

    def to_json(self) -> dict[str, Any]:
        """A JSON object that `from_json` reads back unchanged."""
        return {
            "dtype": self.dtype,
            "shape": list(self.shape),
            "data": [encode_number(value) for value in self.data],
        }

    @classmethod
    def from_json(cls, document: dict[str, Any]) -> Array:
        """Read what `to_json` wrote.

        ValueError when the count does not fit the shape, or a string is no number. KeyError when a field is
        missing.
        """
        array = cls(
            document["dtype"],
            tuple(document["shape"]),
            tuple(decode_number(value) for value in document["data"]),
        )
        if math.prod(array.shape) != array.size:
            raise ValueError(f"{array.size} numbers do not fill shape {array.shape}")
        return array

    def __str__(self) -> str:
        return format(self, ".10g" if self.shape == () else ".6g")

    def __format__(self, number: str) -> str:
        """Each number in the format `number`, at most eight of them; as `str` when `number` is empty."""
        if not number:
            return str(self)
        if self.shape == ():
            return format(self.data[0], number)
        shown = ", ".join(format(value, number) for value in self.data[:8])
        more = f", ... {self.size - 8} more" if self.size > 8 else ""
        return f"[{shown}{more}] of shape {self.shape}"


@dataclass(frozen=True, slots=True)
class Opaque:
    """An answer that is not numbers: `kind` is its type's name, `text` a short description."""

    kind: str
    text: str = ""


def answer(value: object) -> Array | Opaque | None:
    """The object that an engine gave, reduced to builtin numbers. It raises nothing.

    Types are compared by identity, and no method of the object is called. So an object that overloads
    `__float__`, `__class__` or `__eq__` is Opaque.
    """
    kind = type(value)
    if value is None or kind is Array:
        return value  # type: ignore[return-value] # `kind` says so, and mypy does not see it
    if kind is float or kind is int or kind is bool:
        try:
            return Array(WEAK if kind is not bool else "bool", (), (plain(value),))
        except OverflowError:
            return Opaque("int", "an integer beyond the range of float64")
    if kind is list or kind is tuple:
        try:
            return Array.of(value, WEAK)
        except (TypeError, ValueError, OverflowError):
            return Opaque(kind.__name__, "a sequence that is not a rectangle of numbers")
    numpy = sys.modules.get("numpy")
    if numpy is not None and (kind is numpy.ndarray or kind in _numpy_scalars(numpy)):
        return _from_numpy(value, numpy)
    return Opaque(kind.__name__)


@functools.cache
def _numpy_scalars(numpy: Any) -> frozenset[type]:
    # Cached, because it is asked for each number of NumPy and takes longer than the rest of `answer`.
    return frozenset(kind for kind in numpy.sctypeDict.values() if isinstance(kind, type))


def _from_numpy(value: Any, numpy: Any) -> Array | Opaque:
    kind, data = value.dtype.kind, value.ravel()
    if kind == "O":
        return _of_objects(value.shape, data, numpy)
    if kind not in "fiub":
        return Opaque(f"numpy array of dtype {value.dtype}")
    if value.dtype.itemsize > 8:
        # NumPy makes no builtin floats of long doubles.
        with numpy.errstate(all="ignore"):
            data = data.astype("float64")
    return Array(_spelt(value.dtype), value.shape, tuple(data.tolist()))


def _of_objects(shape: tuple[int, ...], data: Any, numpy: Any) -> Array | Opaque:
    """The numbers in a NumPy array of objects. An array in it is none: it may hold itself."""
    numbers = {float, int, bool, *_numpy_scalars(numpy)}
    found = [answer(each) for each in data.tolist() if type(each) in numbers]
    flat = tuple(each.data[0] for each in found if isinstance(each, Array))
    if len(flat) < len(data):
        return Opaque("numpy array of dtype object")
    return Array(WEAK, shape, flat)


# NumPy computes the name of a dtype anew each time. That takes longer than the rest of `answer`.
_spelt: Callable[[Any], str] = functools.cache(str)


def index_of(flat: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index of an element, one number for each axis, from its place in row-major order."""
    index = []
    for extent in reversed(shape):
        flat, offset = divmod(flat, extent)
        index.append(offset)
    return tuple(reversed(index))


def encode_number(value: float) -> float | str:
    """The number itself, or "nan", "inf", "-inf"."""
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else ("inf" if value > 0 else "-inf")
    return value


def decode_number(value: float | str) -> float:
    """The inverse of `encode_number`; ValueError for any other string."""
    if isinstance(value, str):
        if value not in ("nan", "inf", "-inf"):
            raise ValueError(f"{value!r} is not a number")
        return float(value)
    return value


def plain(value: Any) -> float:
    """A number as an `Array` holds it: an int stays an int when some dtype can hold it, else it is a float.

    OverflowError for an int beyond the range of a float, because every number is compared with floats.
    """
    exact: float = value if -_LARGEST_INT < value < _LARGEST_INT else float(value)
    return exact


def _cast(value: Any, dtype: str) -> float:
    if type(value) not in (float, int, bool):
        raise TypeError(f"{type(value).__name__} is not a number")
    if dtype in _PACKED:
        try:
            rounded: float = struct.unpack(_PACKED[dtype], struct.pack(_PACKED[dtype], value))[0]
        except OverflowError:
            return math.copysign(math.inf, value)
        return rounded
    if dtype == "float64":
        return float(value)
    if dtype == "bool":
        return bool(value)
    return int(value) if dtype.startswith("int") else plain(value)


def _shape(nested: Any) -> tuple[int, ...]:
    shape: list[int] = []
    while isinstance(nested, list | tuple):
        shape.append(len(nested))
        if not nested:
            break
        nested = nested[0]
    return tuple(shape)


def _flatten(nested: Any, shape: tuple[int, ...], into: list[Any]) -> None:
    if not shape:
        into.append(nested)
        return
    if not isinstance(nested, list | tuple) or len(nested) != shape[0]:
        raise ValueError("the nested lists are ragged")
    for part in nested:
        _flatten(part, shape[1:], into)


def _nest(flat: list[float], shape: tuple[int, ...]) -> Any:
    if not shape:
        return flat[0]
    stride = math.prod(shape[1:])
    return [_nest(flat[i * stride : (i + 1) * stride], shape[1:]) for i in range(shape[0])]
