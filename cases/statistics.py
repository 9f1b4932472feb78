"""Statistics: variance and standard deviation with their corrections, medians, sums that skip nan."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal, uniform
from gradconform.trace import (
    backward,
    count_nonzero,
    median,
    nanmean,
    nanmedian,
    nansum,
    read,
    std,
    var,
)

NAN = float("nan")

torch_choice = partial(case, level="torch", convention="stable")


@case(
    variants={
        f"{op.__name__}{correction}-{axis}": {"op": op, "x": x, "correction": correction, **dims}
        for op in (var, std)
        for correction in (0, 1)
        for axis, (x, dims) in {
            "all": (normal(2, 3), {"dim": None, "keepdim": False}),
            "first": (normal(4, 3), {"dim": 0, "keepdim": False}),
            "last_square": (normal(3, 3), {"dim": 1, "keepdim": False}),
            "outer_two_keepdim": (normal(3, 2, 4), {"dim": (0, 2), "keepdim": True}),
        }.items()
    }
)
def spread_with_a_correction(x, *, op, dim, correction, keepdim):
    """variance or standard deviation with a given correction: division by n - correction"""
    return op(x, dim=dim, correction=correction, keepdim=keepdim)


@torch_choice(
    variants={
        "var": {"op": var, "x": normal(5)},
        "std": {"op": std, "x": normal(5)},
        "var_last": {"op": partial(var, dim=1), "x": normal(3, 3)},
        "std_first": {"op": partial(std, dim=0), "x": normal(4, 2)},
    }
)
def spread_by_default(x, *, op):
    """variance or standard deviation without a correction given

    torch divides by n - 1 (Bessel's correction); NumPy divides by n.
    """
    return op(x)


@torch_choice(x=[3.0], tags=("edge", "nan"), variants={"var": {"op": var}, "std": {"op": std}})
def spread_of_one_element(x, *, op):
    """variance or standard deviation of one element: 0 / 0"""
    return op(x)


@torch_choice(x=[3.0], tags=("edge",), variants={"var": {"op": var}, "std": {"op": std}})
def spread_of_one_element_uncorrected(x, *, op):
    """variance or standard deviation of one element, correction 0"""
    return op(x, correction=0)


@torch_choice(x=[2.0, 2.0, 2.0], tags=("edge",), variants={"0": {"k": 0}, "1": {"k": 1}})
def standard_deviation_of_equal_elements(x, *, k):
    """standard deviation of equal elements: torch takes the gradient 0, not 0 / 0"""
    return std(x, correction=k)


@torch_choice(
    x=[[1.0, NAN, 3.0], [4.0, 5.0, NAN]],
    tags=("nan",),
    variants={
        f"{op.__name__}-{name}": {"op": op, "options": options}
        for op in (nansum, nanmean)
        for name, options in {
            "all": {},
            "first": {"dim": 0},
            "keepdim": {"dim": 1, "keepdim": True},
        }.items()
    },
)
def that_skips_nan(x, *, op, options):
    """nansum or nanmean: an element that is nan gets no gradient"""
    return op(x, **options)


@case(x=normal(2, 3), variants={"nansum": {"op": nansum}, "nanmean": {"op": nanmean}})
def that_would_skip_nan(x, *, op):
    """nansum or nanmean over the last axis where nothing is nan, times x"""
    return op(x, dim=1, keepdim=True) * x


@case(x=[[0.0, 1.5, 0.0], [2.0, -1.0, 0.5]], tags=("stop-gradient",))
def scaled_by_a_count(x):
    """the sum of each row, divided by the count of its nonzero elements"""
    return x.sum(dim=1) / count_nonzero(x, dim=1)


@case(x=normal(5), variants={"median": {"op": median}, "nanmedian": {"op": nanmedian}})
def middle_element(x, *, op):
    """the median of five elements, times x"""
    return op(x) * x


@case(x=normal(2, 3), c=constant(normal(2, 3)))
def mean_squared_error_spelt_out(x, c):
    """((x - c) ** 2).mean(), with backward without a cotangent"""
    loss = ((x - c) ** 2).mean()
    backward(loss, None)
    read(loss, x.grad)


@case(x=uniform(3, 4, low=-2.0, high=2.0), tags=("reuse",))
def standardised_rows(x):
    """(x - mean) / std of each row, spelt out with keepdim"""
    centred = x - x.mean(dim=1, keepdim=True)
    return centred / (centred * centred).mean(dim=1, keepdim=True).sqrt()
