"""Largest, smallest and middle elements along an axis: the value passes its gradient to one place."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    amax,
    amin,
    aminmax,
    argmax,
    argmin,
    backward,
    grad,
    kthvalue,
    max,
    max_pool1d,
    max_pool2d,
    median,
    min,
    mode,
    nanmedian,
    read,
)

NAN = float("nan")

torch_choice = partial(case, level="torch", convention="stable")
any_choice = partial(case, level="torch", tags=("tie",), convention="implementation-defined")
refused = partial(case, level="torch", tags=("error",), convention="stable")

AXES = {
    "first": (normal(4, 3), {"dim": 0}),
    "last": (normal(3, 5), {"dim": 1}),
    "first_square": (normal(3, 3), {"dim": -2}),
    "last_square": (normal(3, 3), {"dim": -1}),
    "keepdim": (normal(3, 5), {"dim": 1, "keepdim": True}),
    "middle_cubic": (normal(3, 3, 3), {"dim": 1}),
}
THREE = (max, min, median)


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "options": options}
        for op in THREE
        for name, (x, options) in AXES.items()
    }
)
def along_an_axis(x, *, op, options):
    """the values of max, min or median along an axis"""
    values, _ = op(x, **options)
    return values


@case(x=normal(3, 5), variants={"first": {"k": 1}, "third": {"k": 3}, "last": {"k": 5}})
def kth_smallest(x, *, k):
    """kthvalue along the last axis: the values"""
    values, _ = kthvalue(x, k, dim=1)
    return values


@case(x=normal(4, 3), tags=("reuse",), variants={op.__name__: {"op": op} for op in THREE})
def multiplied_back(x, *, op):
    """max, min or median along the first axis, with keepdim, times x"""
    values, _ = op(x, dim=0, keepdim=True)
    return values * x


@case(x=normal(3, 3), tags=("reuse", "square"), variants={"max": {"op": max}, "min": {"op": min}})
def subtracted_before_an_exponential(x, *, op):
    """x minus its extreme along each row, with keepdim, and the result used twice"""
    d = x - op(x, dim=1, keepdim=True)[0]
    return d.exp() * d


@case(x=normal(5), tags=("reuse",))
def largest_minus_smallest(x):
    """x.max() - x.min(), times x"""
    return (max(x) - min(x)) * x


@case(x=normal(3, 4), variants={"argmax": {"op": argmax}, "argmin": {"op": argmin}})
def elements_at_the_place(x, *, op):
    """the elements that gather takes at the positions of argmax or argmin"""
    return x.gather(1, op(x, dim=1, keepdim=True))


@torch_choice(x=normal(3, 4), tags=("lifecycle",))
def what_requires_grad(x):
    """the values of max along an axis require grad; its indices, argmax and comparisons do not"""
    values, indices = max(x, dim=1)
    read(values, values.requires_grad, indices, indices.requires_grad)
    read(argmax(x, dim=0), argmax(x, dim=0).requires_grad, (x > 0).requires_grad)


@torch_choice(
    tags=("tie",),
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x}
        for op in (max, min, amax, amin, median, nanmedian)
        for name, x in {
            "two": [2.0, 2.0],
            "all_of_three": [2.0, 2.0, 2.0],
            "matrix": [[1.0, 1.0], [1.0, 1.0]],
        }.items()
    },
)
def of_equal_elements(x, *, op):
    """an extremum or a median of all, where elements are equal: they share the gradient evenly"""
    return op(x)


@torch_choice(x=[1.0, 3.0, 3.0, 2.0], tags=("tie",))
def shared_by_two_of_four(x):
    """max where two of four are largest, times x"""
    return max(x) * x


@torch_choice(
    x=[[3.0, 1.0, 3.0], [1.0, 1.0, 0.0]],
    tags=("tie",),
    variants={"amax": {"op": amax}, "amin": {"op": amin}},
)
def shared_along_an_axis(x, *, op):
    """amax and amin along an axis with ties: shared evenly, unlike max and min"""
    return op(x, dim=1)


@torch_choice(x=[[3.0, 1.0, 3.0], [1.0, 1.0, 0.0]], tags=("tie",))
def shared_at_both_ends(x):
    """aminmax along an axis with ties at both ends: shared evenly"""
    smallest, largest = aminmax(x, dim=1)
    return smallest + 2.0 * largest


@any_choice(
    x=[[3.0, 1.0, 3.0], [1.0, 1.0, 0.0]],
    variants={op.__name__: {"op": op} for op in (max, min, median, mode)},
)
def given_to_one_index(x, *, op):
    """max, min, median and mode along an axis with ties: the index that is returned gets the gradient"""
    values, _ = op(x, dim=1)
    return values


@any_choice(x=[2.0, 1.0, 2.0, 3.0], variants={"second": {"k": 2}, "third": {"k": 3}})
def kth_of_equal_elements(x, *, k):
    """kthvalue where two elements are equal: the index that is returned gets the gradient"""
    values, _ = kthvalue(x, k, dim=0)
    return values


@any_choice(
    x=[[[1.0, 2.0, 2.0, 0.0]]], variants={"overlapping": {"stride": 1}, "apart": {"stride": 2}}
)
def pooled_with_a_tie(x, *, stride):
    """max_pool1d over equal elements: torch takes the first of a window"""
    return max_pool1d(x, kernel_size=2, stride=stride)


@any_choice(x=[[[1.0, 2.0], [2.0, 0.0]]])
def pooled_over_a_square_with_a_tie(x):
    """max_pool2d over equal elements: torch takes the first of a window, row by row"""
    return max_pool2d(x, kernel_size=2)


@torch_choice(x=[4.0, 1.0, 3.0, 2.0])
def median_of_an_even_count(x):
    """median of four elements: torch takes the lower of the two in the middle"""
    return median(x)


@case(
    level="torch",
    tags=("nan",),
    convention="questionable",
    x=[1.0, NAN, 3.0, NAN],
    variants={op.__name__: {"op": op} for op in (max, amax, min)},
)
def with_nan(x, *, op):
    """max, amax and min where some elements are nan: the result is nan, the gradients differ"""
    return op(x)


@case(x=[[[1.0, NAN, 2.0]]], level="torch", tags=("nan",), convention="implementation-defined")
def pooled_with_nan(x):
    """max_pool1d over a nan: the nan is the largest"""
    return max_pool1d(x, kernel_size=3)


@case(x=normal(4), tags=("order2",))
def second_derivative(x):
    """the squared gradient of (x * x).max()"""
    g = grad(max(x * x), x)
    return (g * g).sum()


@refused(
    x=normal(2, 3),
    variants={
        "max_2": {"op": lambda x: max(x, dim=2)[0]},
        "argmax_-3": {"op": lambda x: argmax(x, dim=-3)},
        "fourth_of_three": {"op": lambda x: kthvalue(x, 4, dim=1)[0]},
        "zeroth": {"op": lambda x: kthvalue(x, 0, dim=1)[0]},
    },
)
def out_of_range(x, *, op):
    """an axis or a rank out of range: an error"""
    return op(x)


@torch_choice(x=normal(2, 3), tags=("error",))
def backward_from_an_index(x):
    """backward from an argmax: an error, because indices carry no gradient"""
    y = argmax(x)
    backward(y)
    read(y)
