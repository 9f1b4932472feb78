"""How an untrusted class takes arrays, if it takes any.

- `array_use`: the answer of a probe with a table of two rows, an `ArrayUse`.
"""

from __future__ import annotations

import operator
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from ..program.arrays import Array, answer
from .arithmetic import example_result, first_that_works, ways_to_sum
from .attributes import usual_gradient
from .functions import Functions
from .leaves import NUMBER, LeafCall, attempt
from .usage import follow

_TABLE = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


class ArrayUse(NamedTuple):
    """`taken`: the class takes arrays; `as_lists`: as nested lists alone; `dtype`: it computes in this."""

    taken: bool
    as_lists: bool
    dtype: str


def array_use(
    leaf: LeafCall,
    numbers: Callable[[Any], Any],
    kept: Callable[[Any], Any],
    functions: Functions,
) -> ArrayUse:
    """Return the form in which the class takes arrays.

    `numbers` reads a node, and `kept` gives the object that holds its numbers.
    Raises every error that `leaf` raises for a number.
    """
    # True when the class makes a NumPy array of a number by itself.
    native = type(attempt(partial(kept, leaf.make(NUMBER, True)))).__name__ == "ndarray"
    candidates: list[tuple[bool, Any]] = [(True, [list(row) for row in _TABLE])]
    # An engine that uses NumPy has imported it. For others nested lists are the only candidate. What has the
    # name may be a placeholder or a module of the submission, and fail.
    table = attempt(lambda: sys.modules["numpy"].array(_TABLE))
    if not isinstance(table, Exception):
        # A class that does not use NumPy may keep its arrays by accident, and then computes with NumPy's
        # operators instead of its own. For this class nested lists come first.
        candidates.insert(0 if native else 1, (False, table))
    for as_lists, given in candidates:
        made = attempt(partial(leaf.make, given, True))
        read = attempt(partial(numbers, made))
        product = attempt(partial(numbers, example_result(made, functions)))
        # Python multiplies no lists, so that a class that does so computes on arrays.
        multiplies_lists = type(attempt(partial(kept, made))) in (list, tuple)
        if _shape(read) == _shape(product) == (2, 3) and (
            native or multiplies_lists or _is_of_arrays(made, numbers, functions)
        ):
            return ArrayUse(True, as_lists, "float32" if read.dtype == "float32" else "float64")
    return ArrayUse(False, False, "float64")


def _is_of_arrays(table: Any, numbers: Callable[[Any], Any], functions: Functions) -> bool:
    """True when a node made of a table has or does something that only arrays have and do.

    A scalar class may keep a table too, when it keeps any object, but then there is none of this.
    """
    shape: Any = getattr(table, "shape", None)
    if type(shape) in (list, tuple) and tuple(shape) == (2, 3):
        return True
    gradient = usual_gradient(table)
    if gradient and _shape(attempt(lambda: answer(follow(table, gradient)))) == (2, 3):
        return True
    if _shape(attempt(partial(operator.matmul, table, getattr(table, "T", None)))) == (2, 2):
        return True
    total = first_that_works(ways_to_sum(functions), table)
    return (
        total is not None and len(getattr(attempt(lambda: numbers(total(table))), "data", ())) == 1
    )


def _shape(found: Any) -> tuple[int, ...] | None:
    return found.shape if isinstance(found, Array) else None
