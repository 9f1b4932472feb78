"""Cases that catch a known mistake which passes all other cases."""

from functools import partial
from operator import add, mul, sub, truediv

from gradconform import Tolerance, case
from gradconform.catalogue import literal
from gradconform.trace import backward, read

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv}

reuse = partial(case, tags=("scalar", "reuse"))


@reuse(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items()})
def leaf_with_number_times_leaf(x, *, op):
    """(x op 2) * x: the leaf is used again

    This shows an operator that changes the value in place when its other operand is a number: the
    second factor has then changed too.
    """
    return op(x, 2.0) * x


# Pinned: float32 keeps three digits of the difference, and torch's are not the right ones.
@reuse(
    x=literal(0.6, "float64"),
    tolerance=Tolerance(1e-10, 1e-10, "the rounding of 12345.678 is left when 12345 is gone"),
)
def gradients_that_nearly_cancel(x):
    """x * 12345.678 - x * 12345: what is left of the gradients is 0.678

    An engine that rounds gradients to float32 on the way loses it.
    """
    return x * 12345.678 - x * 12345.0


@case(x=1.5, level="torch", tags=("scalar", "lifecycle"), convention="stable")
def cotangent_of_a_number(x):
    """backward(3.0) from x * x: the gradient is 3 * 2x"""
    y = x * x
    backward(y, 3.0)
    read(y, x.grad)
