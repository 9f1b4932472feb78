"""Whether a class is one of arrays, and how these are handed over.

- `array_use`: tried on a table of two rows.
"""

from __future__ import annotations

import contextlib
import operator
from collections.abc import Callable
from functools import partial
from typing import Any

from harness.adapt.arithmetic import example, first_that_works, totals
from harness.adapt.functions import Functions
from harness.adapt.leaves import NUMBER, Make, attempt
from harness.adapt.spellings import OF_ARRAYS
from harness.program.arrays import Array

_TABLE = ((1.0, 2.0, 3.0), (4.0, 5.0, 6.0))


def array_use(
    make: Make, numbers: Callable[[Any], Any], native: bool, functions: Functions
) -> tuple[bool, bool, str]:
    """Whether it takes arrays, whether these must be nested lists, and the dtype that it keeps.

    `native` says that it makes NumPy's arrays of numbers by itself.
    """
    if not native and not any(hasattr(make(NUMBER, True), name) for name in OF_ARRAYS):
        return False, False, "float64"
    ways: list[tuple[bool, Any]] = [(True, [list(row) for row in _TABLE])]
    with contextlib.suppress(ImportError):  # on an interpreter without it, lists are what there is
        import numpy as np

        # Whoever has no NumPy may hold its arrays by accident, and then computes as it never does.
        ways.insert(0 if native else 1, (False, np.array(_TABLE)))
    for as_lists, given in ways:
        made = attempt(partial(make, given, True))
        read = attempt(partial(numbers, made))
        product = attempt(partial(numbers, example(made, functions)))
        if _shape(read) == _shape(product) == (2, 3) and (
            native or _means_it(made, numbers, functions)
        ):
            return True, as_lists, "float32" if read.dtype == "float32" else "float64"
    return False, False, "float64"


def _means_it(table: Any, numbers: Callable[[Any], Any], functions: Functions) -> bool:
    """Whether it does what only arrays do: a class that keeps what it is given takes anything."""
    shape: Any = getattr(table, "shape", None)
    if type(shape) in (list, tuple) and tuple(shape) == (2, 3):
        return True
    if _shape(attempt(partial(operator.matmul, table, getattr(table, "T", None)))) == (2, 2):
        return True
    total = first_that_works(totals(functions), table)
    return (
        total is not None and len(getattr(attempt(lambda: numbers(total(table))), "data", ())) == 1
    )


def _shape(found: Any) -> tuple[int, ...] | None:
    return found.shape if isinstance(found, Array) else None
