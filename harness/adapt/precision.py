"""The precision in which an untrusted class computes: float64, or single precision by its own choice.

- `in_float64`: the usage with a leaf that keeps float64, or with the dtype float32.

An engine of single precision is correct, so that it is judged in float32. An engine that computes in
float64, and a part of its numbers in float32, makes a mistake there.
"""

from __future__ import annotations

import operator
import struct
from collections.abc import Iterator
from functools import partial
from typing import Any

from ..program.arrays import Array, answer
from .arithmetic import example_result
from .functions import Functions
from .leaves import LeafCall, attempt
from .usage import Usage

NOTE = "its numbers come back in float32, so it is judged in float32"

# Float32 rounds this number. It does not round a half, so that a product with a half shows how the other
# factor was kept.
_ROUNDED = 0.1


def in_float64(usage: Usage, functions: Functions) -> Usage:
    """The usage with the first way to make a leaf whose numbers stay in float64.

    The candidates are the leaf as it is, a leaf of NumPy's numbers, and the option `dtype`. Where the numbers
    of all of them come back in float32, the usage stays as it is, with the dtype float32 and a note.
    """
    for leaf in _candidates(usage.leaf):
        candidate = usage._replace(leaf=leaf, dtype="float64")
        if _keeps_float64(candidate, functions):
            return candidate
    return usage._replace(dtype="float32", notes=(*usage.notes, NOTE))


def _candidates(call: LeafCall) -> Iterator[LeafCall]:
    def of_numpy(data: Any, wanted: bool, **more: Any) -> Any:
        return call.make(_numpy_number(data), wanted, **more)

    def with_dtype(data: Any, wanted: bool, **more: Any) -> Any:
        return call.make(data, wanted, dtype=_numpy_number(data).dtype, **more)

    yield call

    of_number = call.code.replace("{}", "np.float64({})")
    yield LeafCall(of_numpy, call.words.replace("data", "np.float64(data)", 1), of_number)
    code = f"{call.code.removesuffix(')')}, dtype=np.dtype('float64'))" if call.code else ""
    yield LeafCall(with_dtype, f"{call.words.removesuffix(')')}, dtype=float64)", code)


def _numpy_number(data: Any) -> Any:
    """A Python number as NumPy's float64; arrays as they are. ImportError without NumPy."""
    return Array("float64", (), (data,)).numpy()[()] if type(data) is float else data


def _keeps_float64(usage: Usage, functions: Functions) -> bool:
    """True when neither leaves nor results come back in float32. False when no leaf can be made."""
    leaf, half = (attempt(partial(usage.make, number, True)) for number in (_ROUNDED, 0.5))
    nodes = [leaf, *_results(leaf, functions), attempt(partial(operator.mul, half, _ROUNDED))]
    if usage.arrays:
        table = attempt(partial(usage.make, usage.data_of(_TABLE), True))
        nodes += [table, *_results(table, functions)]
    return not isinstance(leaf, Exception) and not any(_is_single(usage, node) for node in nodes)


_TABLE = Array("float64", (2, 3), (_ROUNDED,) * 6)


def _results(node: Any, functions: Functions) -> list[Any]:
    return (
        [] if isinstance(node, Exception) else [attempt(partial(example_result, node, functions))]
    )


def _is_single(usage: Usage, node: Any) -> bool:
    """True when all numbers of a node are numbers of float32, and none is one that fewer bits can hold."""
    read = attempt(lambda: answer(usage.read(usage.value, node)))
    return isinstance(read, Array) and read.size > 0 and all(map(_needs_float32, read.data))


def _needs_float32(number: float) -> bool:
    try:
        single, half = (struct.unpack(to, struct.pack(to, number))[0] for to in ("f", "e"))
    except OverflowError:
        return False
    return bool(single == number != half)
