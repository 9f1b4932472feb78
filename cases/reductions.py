"""Reductions: over everything, one axis, a negative axis, several axes, with and without keepdim."""

from functools import partial

from gradconform import Tolerance, case
from gradconform.catalogue import literal, normal, positive
from gradconform.trace import (
    amax,
    amin,
    aminmax,
    backward,
    exp,
    grad,
    logsumexp,
    max,
    mean,
    min,
    prod,
    read,
    stack,
    sum,
)

INF = float("inf")

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
    """a reduction over one axis

    The backward pass stretches the gradient along the axis that was reduced. Without keepdim the
    axis has to be put back first, or a square is silently stretched along the wrong axis.
    """
    return op(x, **options)


@case(variants=over([sum, mean, logsumexp, amax, amin], SEVERAL_AXES))
def over_several_axes(x, *, op, options):
    """a reduction over a tuple of axes"""
    return op(x, **options)


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": positive(*shape)}
        for op in (sum, mean, prod, max, min)
        for name, shape in {"vector": (4,), "matrix": (2, 3), "0-d": ()}.items()
    }
)
def over_everything(x, *, op):
    """a reduction to one number"""
    return op(x)


KEPT = {
    "first": (normal(3, 3), {"dim": 0, "keepdim": True}),
    "last": (normal(3, 3), {"dim": 1, "keepdim": True}),
}


@case(tags=("reuse", "square"), variants=over([sum, mean, amax], KEPT))
def multiplied_back(x, *, op, options):
    """a reduction with keepdim, times x"""
    return op(x, **options) * x


@case(
    x=positive(2, 3),
    tags=("reuse",),
    variants={op.__name__: {"op": op} for op in (sum, mean, prod, max, min)},
)
def whole_multiplied_back(x, *, op):
    """a reduction to one number, times x"""
    return op(x) * x


@case(x=positive(2, 3), y=positive(3), tags=("reuse",))
def used_twice(x, y):
    """s = x.sum(dim=0), then s * y + s"""
    s = x.sum(dim=0)
    return s * y + s


@case(x=positive(2, 3, 4))
def one_after_another(x):
    """the sum of means of exponentials, axis after axis"""
    return exp(x).mean(dim=2).prod(dim=0).sum()


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

    The gradient is the product of the other factors. The rule that divides the result by the factor
    gives nan at a zero.
    """
    return x.prod()


@case(
    x=[[3.0, 0.0, 5.0], [2.0, 4.0, 0.0]],
    tags=("edge",),
    variants={"0": {"dim": 0}, "1": {"dim": 1}},
)
def product_with_zeros_over_an_axis(x, *, dim):
    """prod over one axis with zeros among the factors"""
    return x.prod(dim=dim)


@torch_choice(x=0.0, tags=("edge", "order2"))
def product_three_times_differentiated(x):
    """the third derivative of x * x * x at 0, written as the product of a stack: it is 6"""
    return grad(grad(grad(stack([x, x, x]).prod(), x), x), x)


@case(x=[[1.0, 2.0], [3.0, 4.0]], tags=("order2",))
def differentiated_twice(x):
    """the squared gradient of a sum of squared row sums"""
    g = grad((x.sum(dim=1) ** 2).sum(), x)
    return (g * g * x).sum()


@case(x=normal(3, 4), tags=("reuse",))
def smallest_and_largest_at_once(x):
    """aminmax along an axis: both results used"""
    smallest, largest = aminmax(x, dim=1)
    return smallest * largest


@torch_choice(
    x=literal([1e8, 1.0, -1e8], dtype="float32"),
    tags=("dtype",),
    tolerance=Tolerance(1.3e-6, 1.0, "torch loses the 1, and a sum in float64 keeps it"),
)
def order_of_a_float32_sum(x):
    """1e8 + 1 - 1e8 in float32: summed in order the 1 is lost, so 0 and 1 are right"""
    return x.sum()


# Pinned: in float32 torch's gradient of the large ones is 0.49998546, and the right one is a half.
@torch_choice(
    tags=("stability",),
    variants={
        "large": {"x": literal([1000.0, 1000.0], "float64")},
        "far_apart": {"x": [1000.0, 0.0]},
        "minus_infinity": {"x": [-INF, 0.0]},
        "all_minus_infinity": {"x": [-INF, -INF]},
        "infinity": {"x": [INF, 0.0]},
    },
)
def log_sum_exp_far_out(x):
    """logsumexp where exp overflows or vanishes

    The largest element is subtracted first; log(sum(exp(x))) as it stands overflows at 710.
    """
    return logsumexp(x, dim=0)


@refused(
    x=normal(2, 3),
    variants={
        "too_large": {"options": {"dim": 2}},
        "too_small": {"options": {"dim": -3}},
        "twice": {"options": {"dim": (0, 0)}},
        "twice_by_a_negative": {"options": {"dim": (1, -1)}},
        "one_too_large": {"options": {"dim": (0, 2)}},
    },
)
def over_an_axis_that_is_not_there(x, *, options):
    """sum over an axis out of range, or named twice: an error"""
    return sum(x, **options)


@refused(
    x=normal(2, 3), variants={"mean": {"op": mean}, "prod": {"op": prod}, "amax": {"op": amax}}
)
def over_the_third_axis_of_two(x, *, op):
    """mean, prod or amax over axis 2 of a matrix: an error"""
    return op(x, dim=2)


@torch_choice(
    tags=("edge",),
    variants={
        "(1,)": {"x": [1.5]},
        "(1,1)": {"x": [[1.5]]},
        "()": {"x": 1.5},
    },
)
def backward_from_one_element(x):
    """backward without a cotangent from one element of any rank: gradients keep their shape"""
    y = x * x
    backward(y, None)
    read(y, x.grad)
