"""Running sums, products and extremes: every element contributes to all results after it."""

from functools import partial

from gradconform import Array, case
from gradconform.catalogue import literal, normal, positive
from gradconform.trace import cummax, cummin, cumprod, cumsum, logcumsumexp

INF = float("inf")

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")

AXES = {
    "vector": (positive(5), 0),
    "first": (positive(3, 4), 0),
    "last": (positive(3, 4), -1),
    "first_square": (positive(3, 3), 0),
    "last_square": (positive(3, 3), 1),
    "middle_cubic": (positive(3, 3, 3), 1),
}


def along(ops):
    """One variant for each op and each axis."""
    return {
        f"{op.__name__}-{axis}": {"op": op, "x": x, "dim": dim}
        for op in ops
        for axis, (x, dim) in AXES.items()
    }


@case(variants=along([cumsum, cumprod, logcumsumexp]))
def sums_and_products(x, *, op, dim):
    """a running sum, product or log of a sum of exponentials along an axis

    The backward pass runs the other way: each element collects the gradients of all results from
    its own position on.
    """
    return op(x, dim=dim)


@case(variants=along([cummax, cummin]))
def extremes(x, *, op, dim):
    """a running maximum or minimum along an axis: the values"""
    values, _ = op(x, dim=dim)
    return values


@case(
    x=positive(3, 3),
    tags=("reuse",),
    variants={op.__name__: {"op": op} for op in (cumsum, cumprod, logcumsumexp)},
)
def multiplied_back(x, *, op):
    """a running result, times the values that it runs over"""
    return op(x, dim=0) * x


@case(x=normal(4), tags=("reuse",))
def sum_used_twice(x):
    """s = cumsum(x), then s * s + s"""
    s = cumsum(x, dim=0)
    return s * s + s


@case(x=normal(2, 3, 2))
def sum_of_a_sum(x):
    """cumsum along the last axis, then along the first"""
    return cumsum(cumsum(x, dim=2), dim=0)


@case(x=normal(4, dtype="float64"))
def running_mean(x):
    """cumsum divided by 1, 2, 3, 4"""
    return cumsum(x, dim=0) / Array.of([1.0, 2.0, 3.0, 4.0])


@case(x=normal(2, 3), variants={"sum": {"op": cumsum}, "product": {"op": cumprod}})
def of_a_slice(x, *, op):
    """a running result from the last element to the first, by flipping before and after"""
    return op(x.flip((1,)), dim=1).flip((1,))


@case(
    tags=("edge",),
    variants={
        "middle": {"x": [2.0, 0.0, 3.0]},
        "first": {"x": [0.0, 2.0, 3.0]},
        "two": {"x": [2.0, 0.0, 3.0, 0.0, 5.0]},
    },
)
def product_with_zeros(x):
    """cumprod with zeros: the sum of cumprod([2, 0, 3]) has the gradients 1, 2 + 2 * 3 and 0

    The rule that divides the result by the factor gives nan at a zero.
    """
    return cumprod(x, dim=0)


@torch_choice(
    tags=("tie",),
    variants={
        "cummax": {"op": cummax, "x": [1.0, 3.0, 3.0, 2.0]},
        "cummin": {"op": cummin, "x": [3.0, 1.0, 1.0, 2.0]},
    },
    convention="implementation-defined",
)
def extreme_that_comes_twice(x, *, op):
    """a running extreme that comes twice: torch gives the gradient to the later position"""
    values, _ = op(x, dim=0)
    return values


@case(
    level="torch",
    tags=("edge",),
    convention="stable",
    x=5.0,
    variants={op.__name__: {"op": op} for op in (cumsum, cumprod)},
)
def of_a_0d_leaf(x, *, op):
    """a running result over a 0-d leaf: it is 0-d, where NumPy's has one axis"""
    return op(x, dim=0) * x


@case(
    level="torch",
    tags=("edge", "nan"),
    convention="questionable",
    x=[-INF, 1.0, 2.0],
)
def log_sum_exp_after_minus_infinity(x):
    """logcumsumexp that starts at minus infinity: torch gives nan gradients"""
    return logcumsumexp(x, dim=0)


# Pinned: in float32 torch's gradient is off by 2.8e-5.
@case(
    x=literal([1000.0, 0.0, 1000.0], "float64"),
    level="torch",
    tags=("stability",),
    convention="stable",
)
def log_sum_exp_far_out(x):
    """logcumsumexp where exp overflows"""
    return logcumsumexp(x, dim=0)


@refused(x=normal(2, 3), variants={"sum": {"op": cumsum}, "product": {"op": cumprod}})
def along_an_axis_that_is_not_there(x, *, op):
    """a running result along axis 2 of a matrix: an error"""
    return op(x, dim=2)
