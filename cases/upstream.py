"""An op below others, in a tree: its local derivatives are multiplied by the gradient that comes.

Each leaf and each result is used once. The op is there twice, with different numbers: saved values belong to
a node, not to a class. `by_difference`, `by_square` and `by_product` ask the same with other ops around.
"""

from functools import partial
from operator import mul, sub

from gradconform import case

from .single import CHOICES, FUNCTIONS, OPERATORS

scalar = partial(case, tags=("scalar",))


def _square_of_sum(f, g):
    return (f + g) ** 2


# Courses ask for these. A grader has other questions for them when one of the ops around is wrong.
USUAL = (*OPERATORS, "neg", "exp", "log", "relu", "sigmoid", "tanh")
# The first of two nodes is on another piece of the function than the second. (A product would make another 0
# of the 0 of relu, and equal values are another question.)
APART = {name: {"x": -0.9, "y": 0.4} for name in ("relu", "leaky_relu", "elu", "abs")}
APART["clamp"] = {"x": 2.5, "y": 0.4}


def by_difference(ops):
    """Each op with the difference of its two nodes."""
    return {
        f"{name}_by_difference": {"op": op, "around": sub, **APART.get(name, {})}
        for name, op in ops.items()
    }


def by_product(ops):
    """Each op with the product of its two nodes."""
    return {f"{name}_by_product": {"op": op, "around": mul} for name, op in ops.items()}


def around(ops):
    """Each op among the ops around it, and again among others where courses ask for it."""
    usual = {name: op for name, op in ops.items() if name in USUAL}
    squares = {
        f"{name}_by_square": {"op": op, "around": _square_of_sum} for name, op in usual.items()
    }
    return by_difference(ops) | squares | by_product(usual)


@scalar(x=0.9, y=0.4, variants=around(FUNCTIONS))
def of_one(x, y, *, op, around):
    """two nodes of one function, each below other ops"""
    return around(op(x), op(y))


# The difference passes the gradient of its first operand on as it came. One node would hide one operand.
@scalar(x=1.8, y=0.7, z=0.6, w=1.3, variants=around(OPERATORS) | by_product(CHOICES))
def of_two(x, y, z, w, *, op, around):
    """two nodes of one op of two leaves, each below other ops"""
    return around(op(x, y), op(z, w))


@scalar(x=1.8, y=0.7, variants=around(OPERATORS))
def with_a_number(x, y, *, op, around):
    """two nodes of one op with the number 2.5 on the right, each below other ops"""
    return around(op(x, 2.5), op(y, 2.5))


@case(x=1.8, y=0.7, tags=("scalar", "reflected"), variants=around(OPERATORS))
def number_with(x, y, *, op, around):
    """two nodes of one op with the number 2.5 on the left, each below other ops"""
    return around(op(2.5, x), op(2.5, y))
