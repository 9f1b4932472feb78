"""Operands of different shapes: the backward pass sums over each axis that was stretched."""

import operator
from functools import partial

from gradconform import Array, case
from gradconform.catalogue import literal, normal, positive
from gradconform.trace import backward, exp, maximum, where

refused = partial(case, level="torch", tags=("error",), convention="stable")

OPERATIONS = {
    "add": operator.add,
    "sub": operator.sub,
    "mul": operator.mul,
    "div": operator.truediv,
    "pow": operator.pow,
    "maximum": maximum,
}
# The larger shape, then the one that is stretched to it.
KINDS = {
    "leading": ((2, 3), (3,)),
    "leading_square": ((3, 3), (3,)),
    "first": ((2, 3), (1, 3)),
    "last": ((2, 3), (2, 1)),
    "last_square": ((3, 3), (3, 1)),
    "middle": ((2, 3, 4), (2, 1, 4)),
    "leading_and_inner_cubic": ((3, 3, 3), (3, 1)),
    "0-d": ((2, 3), ()),
}


def pairs(kinds, *, swapped):
    """One variant for each operation and each kind of axis."""
    found = {}
    for name, op in OPERATIONS.items():
        for kind, shapes in kinds.items():
            x, y = reversed(shapes) if swapped else shapes
            found[f"{name}-{kind}"] = {"op": op, "x": positive(*x), "y": positive(*y)}
    return found


@case(variants=pairs(KINDS, swapped=False))
def of_the_right_operand(x, y, *, op):
    """the right operand is stretched

    Each element of the smaller operand is used several times, so its gradient is a sum over the
    axes that it lacks and over the axes where it has size 1; the latter stay. On a square or a cube
    a sum along the wrong axis has the right shape and the wrong numbers.
    """
    return op(x, y)


@case(variants=pairs(KINDS, swapped=True))
def of_the_left_operand(x, y, *, op):
    """the left operand is stretched

    As on the right: both rules of the op have to undo the broadcast.
    """
    return op(x, y)


BOTH = {
    "both": ((2, 1), (1, 3)),
    "both_square": ((3, 1), (1, 3)),
    "both_of_three_axes": ((5, 1, 4), (3, 1)),
}


@case(variants=pairs(BOTH, swapped=False))
def of_both_operands(x, y, *, op):
    """both operands are stretched, each along another axis"""
    return op(x, y)


@case(
    variants={
        "(3,)*()": {"x": normal(3), "y": 2.5},
        "()*(3,)": {"x": 2.5, "y": normal(3)},
        "(1,)*()": {"x": [1.5], "y": 2.5},
        "()*(1,)": {"x": 1.5, "y": [2.5]},
        "(3,)*(1,)": {"x": normal(3), "y": [2.5]},
        "(1,1)*(1,)": {"x": [[1.5]], "y": [2.5]},
        "(1,1,1)*(2,)": {"x": normal(1, 1, 1), "y": normal(2)},
        "(3,)*(1,1,1)": {"x": normal(3), "y": normal(1, 1, 1)},
        "(2,1,3,1)*(4,1,2)": {"x": normal(2, 1, 3, 1), "y": normal(4, 1, 2)},
        "(2,2,2)*(2,1)": {"x": normal(2, 2, 2), "y": normal(2, 1)},
        "(2,2,2)*(2,1,1)": {"x": normal(2, 2, 2), "y": normal(2, 1, 1)},
        "(2,2,2)*(1,2,1)": {"x": normal(2, 2, 2), "y": normal(1, 2, 1)},
    }
)
def of_shapes_with_ones(x, y):
    """a product of small shapes: () and (1,) and (1, 1) are three different shapes

    A gradient has the shape of its leaf, whatever the shape of the result was.
    """
    return x * y


@case(
    level="torch",
    convention="stable",
    tags=("empty",),
    variants={
        "(0,3)*(1,3)": {"x": normal(0, 3), "y": normal(1, 3)},
        "(0,3)*(3,)": {"x": normal(0, 3), "y": normal(3)},
        "(0,)*(1,)": {"x": normal(0), "y": normal(1)},
        "(2,0)*(2,1)": {"x": normal(2, 0), "y": normal(2, 1)},
        "(0,)*()": {"x": normal(0), "y": 2.0},
    },
)
def against_an_empty_tensor(x, y):
    """a product with an empty tensor: the gradient is a sum of nothing, so it is zeros"""
    return x * y


@case(x=normal(3, 4), tags=("reuse",), variants={"dim0": {"dim": 0}, "dim1": {"dim": 1}})
def centred_along_an_axis(x, *, dim):
    """x minus its mean along an axis, times x"""
    return (x - x.mean(dim=dim, keepdim=True)) * x


@case(x=normal(3, 3), tags=("reuse", "square"))
def centred_with_the_axis_dropped(x):
    """x - x.mean(dim=1) on a square: the means of the rows are subtracted along the columns"""
    return x - x.mean(dim=1)


@case(x=normal(2, 3), tags=("reuse",))
def centred_gradient_vanishes(x):
    """x - x.mean() with a cotangent of ones: the gradient is zero everywhere"""
    backward(y := x - x.mean(), [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0]])
    return y


@case(x=positive(4, 3), tags=("reuse",))
def rows_divided_by_their_sum(x):
    """x / x.sum(dim=1, keepdim=True), times x"""
    return x / x.sum(dim=1, keepdim=True) * x


@case(x=normal(3), tags=("reuse", "square"))
def outer_difference_with_itself(x):
    """x[:, None] - x[None, :], squared: one leaf stretched along both axes"""
    d = x[:, None] - x[None, :]
    return d * d


@case(x=normal(2, 3), b=normal(3), tags=("reuse",))
def smaller_operand_used_twice(x, b):
    """(x + b) * b: the smaller operand is stretched in two places"""
    return (x + b) * b


@case(x=normal(2, 3), b=normal(3), s=0.5, tags=("reuse",))
def smaller_operand_used_at_two_sizes(x, b, s):
    """exp(b * s) + x * s + b: the same leaf meets (2, 3), (3,) and ()"""
    return exp(b * s) + x * s + b


@case(x=normal(2, 3), b=normal(2, 1), tags=("reuse",))
def result_used_twice(x, b):
    """y = x * b, then y * y + y"""
    y = x * b
    return y * y + y


@case(x=normal(3, 1), y=normal(4), z=normal(2, 1, 1))
def three_operands_of_three_ranks(x, y, z):
    """x * y + z of (3, 1), (4,) and (2, 1, 1)"""
    return x * y + z


@case(c=literal([[True], [False]], dtype="bool"), x=normal(3), y=normal(2, 3))
def condition_and_branch(c, x, y):
    """where of a (2, 1) condition, a (3,) and a (2, 3)"""
    return where(c, x, y)


@case(x=positive(2, 3), y=positive(3))
def chosen_by_a_comparison(x, y):
    """where(x > y, x * y, x + y) of (2, 3) and (3,)"""
    return where(x > y, x * y, x + y)


@case(x=normal(2, 1, dtype="float64"), tags=("reflected",), variants={"3": {"c": [1.0, 2.0, 3.0]}})
def against_an_array_literal(x, *, c):
    """a NumPy array (3,) on the right of a (2, 1) tensor"""
    return x * Array.of(c)


@refused(
    variants={
        "(3,)*(4,)": {"x": normal(3), "y": normal(4)},
        "(2,3)*(2,)": {"x": normal(2, 3), "y": normal(2)},
        "(2,3)*(3,2)": {"x": normal(2, 3), "y": normal(3, 2)},
        "(2,3)*(3,1)": {"x": normal(2, 3), "y": normal(3, 1)},
        "(0,)*(2,)": {"x": normal(0), "y": normal(2)},
    }
)
def of_shapes_that_do_not_fit(x, y):
    """x * y of shapes that do not broadcast: an error"""
    return x * y
