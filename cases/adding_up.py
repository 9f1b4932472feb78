"""The operands of an op are used again: gradients add up. No result is used twice, so any walk has an order.

The op is reached after all other uses of its operands. So a contribution that replaces earlier ones is seen,
and it is that of this op. `by_sum` (or `by_difference`) and `by_product` ask the same with
other ops around.
"""

from functools import partial
from operator import add, mul, sub

from gradconform import case

from .single import CHOICES, FUNCTIONS, OPERATORS
from .upstream import USUAL

reuse = partial(case, tags=("scalar", "reuse"))


def around(ops, falling=()):
    """Each op in a sum, and in a product where courses ask for it.

    The ops that are `falling` by 1 stand in a difference: in a sum their gradient would always be 0.
    """
    sums = {
        f"{name}_by_difference" if name in falling else f"{name}_by_sum": {
            "op": op,
            "around": sub if name in falling else add,
        }
        for name, op in ops.items()
    }
    usual = {name: op for name, op in ops.items() if name in USUAL}
    return sums | {f"{name}_by_product": {"op": op, "around": mul} for name, op in usual.items()}


@reuse(x=1.3, variants={name: {"op": OPERATORS[name]} for name in ("add", "mul", "pow")})
def with_itself(x, *, op):
    """both operands of one op are one leaf"""
    return op(x, x)


@reuse(x=0.7, variants=around(FUNCTIONS, falling=("neg",)))
def of_one(x, *, op, around):
    """a leaf is used by a function, and again"""
    return around(op(x), x)


@reuse(x=1.8, y=0.7, variants=around(OPERATORS | CHOICES))
def of_two(x, y, *, op, around):
    """two leaves are used by an op, and each of them again"""
    return around(around(op(x, y), x), y)


@reuse(x=0.7, variants=around(OPERATORS))
def with_a_number(x, *, op, around):
    """a leaf is used with the number 2.5 on its right, and again"""
    return around(op(x, 2.5), x)


# The product of 2.5 / x and x is 2.5 for every x.
REFLECTED = around(OPERATORS, falling=("sub",))
del REFLECTED["div_by_product"]


@case(x=0.7, tags=("scalar", "reuse", "reflected"), variants=REFLECTED)
def number_with(x, *, op, around):
    """a leaf is used with the number 2.5 on its left, and again"""
    return around(op(2.5, x), x)
