"""Equal candidates: how torch shares the gradient of a maximum, a median or a sorted order.

| convention of torch | cases |
| --- | --- |
| maximum and minimum of two: half to each | `half_to_each`, `with_itself`, `nested`, ... |
| fmax and fmin: all to the first | `all_to_the_first` |
| max(), amax, median() and aminmax: shared evenly | `extremes/of_equal_elements`, `extremes/shared_*` |
| max(dim), topk, cummax, pooling: all to the index given | `extremes/given_to_one_index`, `sorting/*` |
| argmax and argmin: the first | `first_of_equal_elements` |
"""

from functools import partial

from gradconform import case, trace
from gradconform.trace import (
    amax,
    argmax,
    argmin,
    maximum,
    median,
    minimum,
    read,
    sort,
)

tie = partial(case, level="torch", tags=("scalar", "tie"), convention="version-dependent")
changed = partial(case, level="torch", tags=("tie",), convention="version-dependent")
shared = partial(case, level="torch", tags=("tie",), convention="stable")
one_index = partial(case, level="torch", tags=("tie",), convention="implementation-defined")


@tie(x=2.0, y=2.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def half_to_each(x, y, *, op):
    """maximum and minimum of two equal leaves: half of the gradient goes to each"""
    return op(x, y)


@tie(x=2.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def with_itself(x, *, op):
    """maximum(x, x): the two halves add up to 1"""
    return op(x, x)


@tie(x=2.0, y=2.0, z=2.0)
def nested(x, y, z):
    """maximum(maximum(x, y), z) of three equal leaves: a quarter, a quarter and a half"""
    return maximum(maximum(x, y), z)


@tie(x=1.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def of_two_results(x, *, op):
    """maximum(x * x, x) at 1: half of 2 and half of 1"""
    return op(x * x, x)


@tie(x=0.0, y=-0.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def of_two_zeros(x, y, *, op):
    """0 and -0 are equal: half of the gradient goes to each"""
    return op(x, y)


@tie(x=2.0, y=2.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def times_its_inputs(x, y, *, op):
    """maximum(x, y) * x at a tie: the share of the extremum and the factor add up"""
    return op(x, y) * x


@tie(x=0.0)
def maximum_with_the_number_zero(x):
    """maximum(x, c) at x = c: x gets half of the gradient, where relu gives none"""
    return maximum(x, x * 0)


@case(
    x=2.0,
    y=2.0,
    level="torch",
    tags=("scalar", "tie"),
    convention="stable",
    variants={"fmax": {"op": trace.fmax}, "fmin": {"op": trace.fmin}},
)
def all_to_the_first(x, y, *, op):
    """fmax and fmin of two equal leaves: the first operand gets the whole gradient"""
    return op(x, y)


@changed(
    x=[1.0, 2.0, 3.0],
    y=[3.0, 2.0, 3.0],
    variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}},
)
def elementwise(x, y, *, op):
    """maximum and minimum of two tensors, equal at two places"""
    return op(x, y)


@shared(x=[[3.0, 1.0], [3.0, 3.0]])
def over_all_dimensions(x):
    """amax over both dimensions: a third for each of three"""
    return amax(x, dim=(0, 1))


@changed(
    variants={
        "equal": {"x": [2.0, 1.0, 2.0, 2.0, 3.0]},
        "even_count": {"x": [1.0, 4.0, 2.0, 3.0]},
        "even_count_equal": {"x": [2.0, 4.0, 2.0, 1.0]},
    },
)
def median_of_all(x):
    """median() of all elements: the lower of the two middle ones; equal elements share the gradient"""
    return median(x)


@shared(x=[[1.0, 3.0, 3.0], [2.0, 2.0, 0.0]])
def first_of_equal_elements(x):
    """argmax, argmin, max and min along an axis name the first of equal elements"""
    read(argmax(x), argmin(-x), *trace.max(x, 1), *trace.min(x, 1))
    read(argmax(x, dim=1), argmin(x, dim=1))


@one_index(x=[2.0, 1.0, 2.0, 1.0])
def sorted_order(x):
    """sort with equal elements, whose order torch does not promise"""
    values, _indices = sort(x)
    return values
