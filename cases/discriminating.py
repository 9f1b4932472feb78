"""Cases that exist because a known mistake passes all others."""

from functools import partial
from operator import add, mul, sub, truediv

from harness import case
from harness.trace import backward, read

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv}

reuse = partial(case, tags=("scalar", "reuse"))


@reuse(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items()})
def leaf_with_number_times_leaf(x, *, op):
    """(x op 2) * x: the leaf is used again

    An operator that changes the value in place, because its other operand is only a number, shows
    here: the second factor has moved too.
    """
    return op(x, 2.0) * x


@reuse(x=0.6)
def gradients_that_nearly_cancel(x):
    """x * 12345.678 - x * 12345: what is left of the gradients is 0.678

    Gradients that are rounded to float32 on their way have lost it.
    """
    return x * 12345.678 - x * 12345.0


@case(x=1.5, level="torch", tags=("scalar", "lifecycle"), convention="stable")
def cotangent_of_a_number(x):
    """backward(3.0) from x * x: the gradient is 3 * 2x"""
    y = x * x
    backward(y, 3.0)
    read(y, x.grad)
