"""Choosing between values: where, clamp, maximum and minimum, sorting, masks."""

from functools import partial

from gradconform import case
from gradconform.catalogue import (
    away_from_zero,
    constant,
    literal,
    mask,
    normal,
    positive,
    uniform,
)
from gradconform.trace import (
    clamp,
    clamp_max,
    clamp_min,
    exp,
    fmax,
    fmin,
    log,
    masked_fill,
    masked_select,
    maximum,
    minimum,
    sort,
    sqrt,
    topk,
    where,
)

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")
WIDE = uniform(3, 4, low=-3.0, high=3.0)


@case(c=mask(2, 3), x=normal(2, 3), y=normal(2, 3))
def where_of_a_mask(c, x, y):
    """where(mask, x, y): each element passes its gradient to one of the two"""
    return where(c, x, y)


@case(
    x=normal(3, 3),
    variants={
        "right": {"pick": lambda x: where(x > 0, x, 0.0)},
        "left": {"pick": lambda x: where(x > 0, 1.0, x)},
    },
)
def where_with_a_number(x, *, pick):
    """where of a comparison, a tensor and a number"""
    return pick(x)


@case(
    c=literal([True, False, True], dtype="bool"),
    variants={
        "last": {"x": normal(2, 3), "y": normal(2, 1)},
        "leading": {"x": normal(3), "y": normal(3, 3)},
        "0-d": {"x": 1.5, "y": normal(2, 3)},
    },
)
def where_that_broadcasts(c, x, y):
    """where of a (3,) condition and branches of other shapes"""
    return where(c, x, y)


@case(x=normal(2, 3), y=constant(normal(2, 3)), tags=("reuse",))
def where_of_functions_of_one_leaf(x, y):
    """where(x > y, x * x, exp(x)) * x: the leaf in every branch"""
    return where(x > y, x * x, exp(x)) * x


@case(
    variants={
        "both": {"x": WIDE, "options": {"min": -1.0, "max": 1.5}},
        "below": {"x": WIDE, "options": {"min": -0.5}},
        "above": {"x": WIDE, "options": {"max": 0.5}},
        "square": {"x": uniform(3, 3, low=-3.0, high=3.0), "options": {"min": -1.0, "max": 1.0}},
    }
)
def clamped(x, *, options):
    """clamp with numbers: inside the bounds the gradient passes, outside it is 0

    A clip that works on the bare data returns a fresh tensor, and the graph ends there.
    """
    return clamp(x, **options)


@case(x=WIDE, tags=("reuse",))
def clamped_in_the_middle(x):
    """exp(clamp(x * 2, -1, 1)) * x: the graph goes on through the clamp"""
    return exp(clamp(x * 2.0, -1.0, 1.0)) * x


@case(x=WIDE, variants={"min": {"op": clamp_min}, "max": {"op": clamp_max}})
def clamped_on_one_side(x, *, op):
    """clamp_min and clamp_max at 0.25"""
    return op(x, 0.25)


@case(
    level="torch",
    convention="stable",
    x=WIDE,
    low=uniform(4, low=-2.0, high=-1.0),
    high=uniform(3, 1, low=1.0, high=2.0),
)
def clamped_between_tensors(x, low, high):
    """clamp with tensors as bounds, which broadcast and get the gradient where they replace x"""
    return clamp(x, low, high)


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "y": y}
        for op in (maximum, minimum, fmax, fmin)
        for name, (x, y) in {
            "same": (normal(2, 3), normal(2, 3)),
            "last_square": (normal(3, 3), normal(3, 1)),
        }.items()
    }
)
def larger_or_smaller(x, y, *, op):
    """maximum, minimum, fmax and fmin, times x"""
    return op(x, y) * x


@case(x=normal(3, 4), y=normal(3, 4), tags=("reuse",))
def between_two_tensors(x, y):
    """maximum(minimum(x, y), x * y)"""
    return maximum(minimum(x, y), x * y)


@case(
    x=normal(2, 3),
    variants={
        "same": {"m": mask(2, 3)},
        "leading": {"m": literal([True, False, True], dtype="bool")},
        "last": {"m": literal([[True], [False]], dtype="bool")},
    },
)
def masked_with_a_number(x, m):
    """masked_fill, times x: the filled elements get zeros"""
    return masked_fill(x, m, 0.5) * x


@case(level="torch", convention="stable", x=normal(2, 3), m=mask(2, 3), v=1.5)
def masked_with_a_leaf(x, m, v):
    """masked_fill with a 0-d leaf, which collects the gradient of every filled place"""
    return masked_fill(x, m, v)


@case(
    x=normal(3, 3),
    variants={
        "same": {"m": mask(3, 3, share=0.6)},
        "row": {"m": literal([True, False, True], dtype="bool")},
    },
)
def chosen_by_a_mask(x, m):
    """masked_select: the marked elements as a vector"""
    return masked_select(x, m)


@torch_choice(
    tags=("tie",),
    x=[1.0, 2.0, 3.0],
    variants={
        "at_the_lower": {"low": [1.0, 1.0, 1.0], "high": [4.0, 4.0, 4.0]},
        "at_the_upper": {"low": [0.0, 0.0, 0.0], "high": [1.0, 2.0, 3.0]},
        "outside": {"low": [2.0, 0.0, 0.0], "high": [4.0, 1.0, 2.0]},
        "crossed": {"low": [5.0, 5.0, 5.0], "high": [2.0, 2.0, 2.0]},
    },
)
def clamped_at_bounds_that_are_tensors(x, low, high):
    """clamp with tensor bounds: at a tie x gets the whole gradient, outside the bound gets it"""
    return clamp(x, low, high)


SHORT_OF_A_BRANCH = {
    "sqrt": lambda x: where(x > 0, sqrt(x), 0.0),
    "log": lambda x: where(x > 0, log(x), 0.0),
    "reciprocal": lambda x: where(x == 0, 0.0, 1.0 / x),
    "masked_fill": lambda x: masked_fill(sqrt(x), x <= 0, 0.0),
}


@case(
    level="torch",
    tags=("edge", "nan"),
    convention="questionable",
    x=[-1.0, 0.0, 4.0],
    variants={name: {"guarded": guarded} for name, guarded in SHORT_OF_A_BRANCH.items()},
)
def guarded_after_the_fact(x, *, guarded):
    """where or masked_fill around an infinite slope: 0 * inf is nan in torch

    The branch not taken gets the gradient 0 and multiplies it by an infinite slope. Guard the
    argument too: where(x > 0, sqrt(where(x > 0, x, 1)), 0).
    """
    return guarded(x)


@case(x=[-1.0, 0.25, 4.0], tags=("edge",), variants={"sqrt": {"op": sqrt}, "log": {"op": log}})
def guarded_twice(x, *, op):
    """where around where: the argument is guarded too, and the gradient is 0"""
    return where(x > 0, op(where(x > 0, x, 1.0)), 0.0)


@refused(
    x=normal(2, 3),
    y=positive(4),
    variants={
        "where": {"op": lambda x, y: where(x > 0, x, y)},
        "maximum": {"op": maximum},
        "masked_fill": {"op": lambda x, y: masked_fill(x, y > 0, 0.0)},
        "topk": {"op": lambda x, y: topk(x, 4, dim=1)[0]},
        "sort": {"op": lambda x, y: sort(x, dim=2)[0]},
    },
)
def that_does_not_fit(x, y, *, op):
    """shapes that do not broadcast, an axis or a count out of range: an error"""
    return op(x, y)


MASKS = {
    "less": lambda x, y: x * (x < y) + y,
    "greater_on_the_left": lambda x, y: (x > y) * x - y,
    "less_or_equal": lambda x, y: x * (x <= y) * y,
    "greater_or_equal": lambda x, y: (x >= y) * (x - y),
    "of_a_number": lambda x, y: x * (x < 0.1) * y,
    "difference": lambda x, y: x * y - (x > y) * x,
}


@case(
    tags=("scalar", "reuse"),
    variants={
        f"{name}-{place}": {"op": op, "x": x, "y": y}
        for name, op in MASKS.items()
        for place, (x, y) in {"below": (-1.5, 0.7), "above": (2.5, 0.3)}.items()
    },
)
def times_a_comparison(x, y, *, op):
    """a comparison of two leaves as a factor: a mask, through which no gradient flows

    Backward must not stop at the comparison, and must not take it for a function of its operands.
    """
    return op(x, y)


@case(x=away_from_zero(2, 3), tags=("reuse",))
def tensor_times_its_comparison(x):
    """x * (x < 0): the negative part"""
    return x * (x < 0)
