"""The operands of an op are used again: gradients add up. No result is used twice, so any walk has an order.

The op is reached after all other uses of its operands. So a contribution that replaces earlier ones is seen,
and it is that of this op. `by_sum` and `by_product` ask the same with other ops around.
"""

from functools import partial
from operator import add, mul

from gradconform import case

from .single import CHOICES, FUNCTIONS, OPERATORS
from .upstream import USUAL

reuse = partial(case, tags=("scalar", "reuse"))

AROUND = {"by_sum": add, "by_product": mul}


def around(ops):
    """Each op among the ops around it, and once more among others where courses ask for it."""
    return {
        f"{name}_{way}": {"op": op, "around": AROUND[way]}
        for way in AROUND
        for name, op in ops.items()
        if way == "by_sum" or name in USUAL
    }


@reuse(x=1.3, variants={name: {"op": OPERATORS[name]} for name in ("add", "mul", "pow")})
def with_itself(x, *, op):
    """both operands of one op are one leaf"""
    return op(x, x)


@reuse(x=0.7, variants=around(FUNCTIONS))
def of_one(x, *, op, around):
    """a leaf is used by a function, and twice again"""
    return around(around(op(x), x), x)


@reuse(x=1.8, y=0.7, variants=around(OPERATORS | CHOICES))
def of_two(x, y, *, op, around):
    """two leaves are used by an op, and each of them again"""
    return around(around(op(x, y), x), y)


@reuse(x=0.7, variants=around(OPERATORS))
def with_a_number(x, *, op, around):
    """a leaf is used with the number 2.5 on its right, and twice again"""
    return around(around(op(x, 2.5), x), x)


@case(x=0.7, tags=("scalar", "reuse", "reflected"), variants=around(OPERATORS))
def number_with(x, *, op, around):
    """a leaf is used with the number 2.5 on its left, and twice again"""
    return around(around(op(2.5, x), x), x)
