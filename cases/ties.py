"""Equal candidates: how torch shares the gradient of a maximum, a median or a sorted order."""

from functools import partial

from harness import Array, trace
from harness.case import case
from harness.trace import amax, amin, aminmax, cummax, cummin, kthvalue, max_pool1d, maximum
from harness.trace import median, minimum, mode, scatter_reduce, sort, topk, vector_norm

tie = partial(case, level="torch", tags=("scalar", "tie"), convention="version-dependent")
changed = partial(case, level="torch", tags=("tie",), convention="version-dependent")
shared = partial(case, level="torch", tags=("tie",), convention="stable")
one_index = partial(case, level="torch", tags=("tie",), convention="implementation-defined")

EXTREMA = ("max", "min", "amax", "amin")
ROWS = [[1.0, 3.0, 3.0], [2.0, 2.0, 0.0]]


@tie(x=2.0, y=2.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def half_to_each(x, y, *, op):
    """maximum and minimum of two equal leaves: half of the gradient goes to each"""
    return op(x, y)


@tie(x=2.0, variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}})
def with_itself(x, *, op):
    """maximum(x, x): the two halves add up to 1"""
    return op(x, x)


@tie(x=0.0)
def maximum_with_the_number_zero(x):
    """maximum(x, c) at x = c: half of the gradient, where relu has none"""
    return maximum(x, x * 0)


@case(
    x=2.0, y=2.0, level="torch", tags=("scalar", "tie"), convention="stable",
    variants={"fmax": {"op": trace.fmax}, "fmin": {"op": trace.fmin}},
)
def all_to_the_first(x, y, *, op):
    """fmax and fmin of two equal leaves: the first operand gets it all"""
    return op(x, y)


@changed(
    x=[1.0, 2.0, 3.0],
    y=[3.0, 2.0, 3.0],
    variants={"maximum": {"op": maximum}, "minimum": {"op": minimum}},
)
def elementwise(x, y, *, op):
    """maximum and minimum of two tensors, equal at two places"""
    return op(x, y)


@changed(x=[1.0, 3.0, 3.0, 2.0, 3.0], variants={"max": {"op": trace.max}, "amax": {"op": amax}})
def largest_of_all(x, *, op):
    """the largest of all elements, three of them equal: a third each"""
    return op(x)


@changed(x=[2.0, 3.0, 2.0], variants={"min": {"op": trace.min}, "amin": {"op": amin}})
def smallest_of_all(x, *, op):
    """the smallest of all elements, two of them equal: a half each"""
    return op(x)


@changed(x=[2.0] * 4, variants={name: {"op": getattr(trace, name)} for name in EXTREMA})
def all_equal(x, *, op):
    """the extremum of four equal elements: a quarter each"""
    return op(x)


@shared(x=ROWS, variants={"amax": {"op": amax}, "amin": {"op": amin}})
def along_a_dimension(x, *, op):
    """amax and amin along a dimension: an equal share for each of the equal ones"""
    return op(x, dim=1)


@shared(x=ROWS)
def both_extrema_at_once(x):
    """aminmax along a dimension: equal shares on both ends"""
    low, high = aminmax(x, dim=1)
    return 2 * low + 3 * high


@shared(x=[[3.0, 1.0], [3.0, 3.0]])
def over_all_dimensions(x):
    """amax over both dimensions: a third for each of three"""
    return amax(x, dim=(0, 1))


@shared(x=[1.0, 1.0, 2.0], y=[5.0, 5.0, 2.0, 2.0])
def scattered(x, y):
    """scatter_reduce with amax: an equal share for each of the equal sources"""
    index = Array.of([0, 0, 1, 1], "int64")
    return scatter_reduce(x, 0, index, y, reduce="amax")


@one_index(x=ROWS, variants={"max": {"op": trace.max}, "min": {"op": trace.min}})
def index_along_a_dimension(x, *, op):
    """max and min along a dimension: the gradient goes to the index that is returned"""
    values, _indices = op(x, dim=1)
    return values


@one_index(x=[1.0, 3.0, 3.0, 2.0], variants={"cummax": {"op": cummax}, "cummin": {"op": cummin}})
def running_extremum(x, *, op):
    """cummax and cummin: of equal ones the last index gets the gradient"""
    values, _indices = op(x, dim=0)
    return values


@one_index(x=[2.0, 3.0, 3.0, 3.0])
def two_largest_of_three_equal(x):
    """topk of two among three equal ones"""
    values, _indices = topk(x, 2)
    return values


@one_index(x=[3.0, 1.0, 1.0, 2.0])
def second_smallest_of_two_equal(x):
    """kthvalue among equal ones"""
    value, _index = kthvalue(x, 2)
    return value


@one_index(x=[1.0, 2.0, 2.0, 3.0, 2.0])
def most_frequent(x):
    """mode: one of the equal ones gets the gradient"""
    value, _index = mode(x, dim=0)
    return value


@one_index(x=[[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
def median_along_a_dimension(x):
    """median along a dimension: one of the equal ones gets the gradient"""
    values, _indices = x.median(dim=1)
    return values


@changed(
    variants={
        "equal": {"x": [2.0, 1.0, 2.0, 2.0, 3.0]},
        "even_count": {"x": [1.0, 4.0, 2.0, 3.0]},
        "even_count_equal": {"x": [2.0, 4.0, 2.0, 1.0]},
    },
)
def median_of_all(x):
    """median() of all elements: the lower middle; equal ones share"""
    return median(x)


@one_index(x=[2.0, 1.0, 2.0, 1.0])
def sorted_order(x):
    """sort without a promise about equal elements"""
    values, _indices = sort(x)
    return values


@shared(x=[2.0, 1.0, 2.0, 1.0, 2.0], variants={"up": {"down": False}, "down": {"down": True}})
def stable_sorted_order(x, *, down):
    """a stable sort: equal elements keep their order, and so do their gradients"""
    values, _indices = sort(x, dim=0, descending=down, stable=True)
    return values


@one_index(x=[[[1.0, 3.0, 3.0, 2.0, 2.0, 2.0]]])
def pooled(x):
    """max_pool1d: the first of the equal ones in a window gets the gradient"""
    return max_pool1d(x, 3)


@shared(x=[3.0, -3.0, 1.0], variants={"inf": {"ord": float("inf")}, "-inf": {"ord": -float("inf")}})
def norm_of_infinite_order(x, *, ord):
    """the infinite norms: elements of equal magnitude share, each with its sign"""
    return vector_norm(x, ord=ord)
