"""Cases that exist because a known mistake passes all others."""

from functools import partial
from operator import add, mul, sub, truediv

from harness.case import case

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv}

reuse = partial(case, tags=("scalar", "reuse"))


@reuse(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items()})
def leaf_with_number_times_leaf(x, *, op):
    """(x op 2) * x: the leaf is used again

    An operator that changes the value in place, because its other operand is only a number, shows
    here: the second factor has moved too.
    """
    return op(x, 2.0) * x
