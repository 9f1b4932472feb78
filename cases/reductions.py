"""Reductions: over everything, one axis, a negative axis, several axes, with and without keepdim."""

from functools import partial

from harness.case import case
from harness.recipes import constant, literal, normal, positive, uniform
from harness.trace import (
    amax,
    amin,
    aminmax,
    backward,
    count_nonzero,
    exp,
    grad,
    logsumexp,
    max,
    mean,
    median,
    min,
    nanmean,
    nanmedian,
    nansum,
    prod,
    read,
    std,
    sum,
    var,
)

INF, NAN = float("inf"), float("nan")

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")

ONE_AXIS = {
    "first": (positive(3, 4), {"dim": 0}),
    "last": (positive(3, 4), {"dim": 1}),
    "first_square": (positive(3, 3), {"dim": 0}),
    "last_square": (positive(3, 3), {"dim": -1}),
    "keepdim": (positive(3, 4), {"dim": -2, "keepdim": True}),
    "middle": (positive(2, 3, 4), {"dim": 1}),
    "middle_cubic": (positive(3, 3, 3), {"dim": 1}),
}
SEVERAL_AXES = {
    "outer_two": (positive(2, 3, 4), {"dim": (0, 2)}),
    "outer_two_cubic": (positive(3, 3, 3), {"dim": (-1, 0)}),
    "inner_two_keepdim": (positive(2, 3, 4), {"dim": (1, 2), "keepdim": True}),
}


def over(ops, axes):
    """One variant for each op and each choice of axes."""
    return {
        f"{op.__name__}-{axis}": {"op": op, "x": x, "options": options}
        for op in ops
        for axis, (x, options) in axes.items()
    }


@case(variants=over([sum, mean, prod, logsumexp, amax, amin], ONE_AXIS))
def over_one_axis(x, *, op, options):
    """A reduction over one axis

    Backwards the gradient is stretched along the axis that went: without keepdim the axis has to be
    put back first, or a square is stretched along the wrong one without a complaint.
    """
    return op(x, **options)


@case(variants=over([sum, mean, logsumexp, amax, amin], SEVERAL_AXES))
def over_several_axes(x, *, op, options):
    """A reduction over a tuple of axes"""
    return op(x, **options)


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": positive(*shape)}
        for op in (sum, mean, prod, max, min)
        for name, shape in {"vector": (4,), "matrix": (2, 3), "0-d": ()}.items()
    }
)
def over_everything(x, *, op):
    """A reduction to one number"""
    return op(x)


@case(x=normal(3, 3), tags=("reuse", "square"), variants=over([sum, mean, amax], {
    "first": (normal(3, 3), {"dim": 0, "keepdim": True}),
    "last": (normal(3, 3), {"dim": 1, "keepdim": True}),
}))  # fmt: skip
def multiplied_back(x, *, op, options):
    """A reduction with keepdim, times what was reduced"""
    return op(x, **options) * x


@case(x=positive(2, 3), tags=("reuse",), variants={
    op.__name__: {"op": op} for op in (sum, mean, prod, max, min)
})  # fmt: skip
def whole_multiplied_back(x, *, op):
    """A reduction to one number, times what was reduced"""
    return op(x) * x


@case(x=positive(2, 3), y=positive(3), tags=("reuse",))
def used_twice(x, y):
    """s = x.sum(dim=0), then s * y + s"""
    s = x.sum(dim=0)
    return s * y + s


@case(x=positive(2, 3, 4))
def one_after_another(x):
    """The sum of means of exponentials, axis after axis"""
    return exp(x).mean(dim=2).prod(dim=0).sum()


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
    """Variance or standard deviation, the correction given: division by n - correction"""
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
    """Variance or standard deviation without a correction given

    torch divides by n - 1 (Bessel's correction); NumPy divides by n.
    """
    return op(x)


@torch_choice(x=[3.0], tags=("edge", "nan"), variants={"var": {"op": var}, "std": {"op": std}})
def spread_of_one_element(x, *, op):
    """Variance or standard deviation of one element: 0 / 0"""
    return op(x)


@torch_choice(x=[3.0], tags=("edge",), variants={"var": {"op": var}, "std": {"op": std}})
def spread_of_one_element_uncorrected(x, *, op):
    """Variance or standard deviation of one element, correction 0"""
    return op(x, correction=0)


@torch_choice(x=[2.0, 2.0, 2.0], tags=("edge",), variants={"0": {"k": 0}, "1": {"k": 1}})
def standard_deviation_of_equal_elements(x, *, k):
    """Standard deviation of equal elements: torch takes the gradient 0, not 0 / 0"""
    return std(x, correction=k)


@case(
    tags=("edge",),
    variants={
        "one": {"x": [3.0, 0.0, 5.0]},
        "two": {"x": [0.0, 4.0, 0.0]},
        "only": {"x": [0.0]},
    },
)
def product_with_zeros(x):
    """prod with zeros among the factors

    The gradient is the product of the other factors. Result divided by factor is the same only
    where the factor is not zero; at a zero it gives nan.
    """
    return x.prod()


@case(x=[[3.0, 0.0, 5.0], [2.0, 4.0, 0.0]], tags=("edge",), variants={"0": {"dim": 0}, "1": {"dim": 1}})
def product_with_zeros_over_an_axis(x, *, dim):
    """prod over one axis with zeros among the factors"""
    return x.prod(dim=dim)


@torch_choice(x=0.0, tags=("edge", "order2"))
def product_three_times_differentiated(x):
    """The third derivative of x * x * x, as the product of a stack, at 0: it is 6"""
    from harness.trace import stack

    return grad(grad(grad(stack([x, x, x]).prod(), x), x), x)


@case(x=[[1.0, 2.0], [3.0, 4.0]], tags=("order2",))
def differentiated_twice(x):
    """The squared gradient of a sum of squared row sums"""
    g = grad((x.sum(dim=1) ** 2).sum(), x)
    return (g * g * x).sum()
