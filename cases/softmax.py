"""softmax and its logarithm along every axis, alone, in losses, and far out."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal, uniform
from gradconform.trace import exp, grad, log, log_softmax, logsumexp, softmax, softmin

INF = float("inf")

far_out = partial(case, level="torch", tags=("stability",), convention="stable")
# Step by step log(0) is minus infinity. An engine that fuses the ops gives the logarithm.
doubtful = partial(case, level="torch", tags=("stability",), convention="questionable")
refused = partial(case, level="torch", tags=("error",), convention="stable")

AXES = {
    "vector": (normal(4), 0),
    "first": (normal(3, 4), 0),
    "last": (normal(3, 4), 1),
    "first_square": (normal(3, 3), 0),
    "last_square": (normal(3, 3), -1),
    "middle": (normal(2, 3, 4), 1),
    "middle_cubic": (normal(3, 3, 3), 1),
    "one_element": (normal(2, 1), 1),
}


@case(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x, "dim": dim}
        for op in (softmax, log_softmax, softmin)
        for name, (x, dim) in AXES.items()
    }
)
def along_an_axis(x, *, op, dim):
    """softmax, log_softmax or softmin along an axis

    With s = softmax(x) and g the gradient of s, the rule is s * (g - (g * s).sum(dim, keepdim)):
    each element of a row depends on all of them. s * (1 - s) alone is only the diagonal.
    """
    return op(x, dim=dim)


@case(
    x=normal(3, 3),
    tags=("reuse", "square"),
    variants={
        f"{op.__name__}-{dim}": {"op": op, "dim": dim}
        for op in (softmax, log_softmax)
        for dim in (0, 1)
    },
)
def multiplied_back(x, *, op, dim):
    """softmax or log_softmax of a square, times x"""
    return op(x, dim=dim) * x


@case(x=normal(2, 4), tags=("reuse",))
def entropy(x):
    """-(p * log_softmax(x)).sum() with p = softmax(x)"""
    return -(softmax(x, dim=1) * log_softmax(x, dim=1)).sum()


@case(x=normal(3, 4), tags=("reuse",), variants={"0": {"dim": 0}, "1": {"dim": 1}})
def spelt_out(x, *, dim):
    """exp(x) / exp(x).sum(dim, keepdim=True)"""
    e = exp(x)
    return e / e.sum(dim=dim, keepdim=True)


@case(x=normal(3, 3), tags=("reuse", "square"), variants={"0": {"dim": 0}, "1": {"dim": 1}})
def spelt_out_with_the_largest_taken_off(x, *, dim):
    """exp(x) / exp(x).sum(dim, keepdim=True), with the largest element subtracted first"""
    e = exp(x - x.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)


@case(x=normal(2, 3))
def logarithm_of_a_softmax(x):
    """log(softmax(x)): the same as log_softmax near 0"""
    return log(softmax(x, dim=1))


@case(x=normal(2, 3))
def by_logsumexp(x):
    """x - logsumexp(x): log_softmax by another name"""
    return x - logsumexp(x, dim=1, keepdim=True)


@case(x=normal(4, 3), w=normal(3, 3), t=constant(uniform(4, 3, low=0.0, high=1.0)))
def cross_entropy_with_soft_targets(x, w, t):
    """-(t * log_softmax(x @ w)).sum(dim=1).mean()"""
    return -(t * log_softmax(x @ w, dim=1)).sum(dim=1).mean()


@case(x=normal(2, 3), tags=("reuse",))
def softmax_of_a_softmax(x):
    """softmax over the rows, then over the columns"""
    return softmax(softmax(x, dim=1), dim=0)


@case(x=normal(3, 2), temperature=0.7)
def with_a_temperature(x, temperature):
    """softmax(x / t), where t is a 0-d leaf"""
    return softmax(x / temperature, dim=1)


@case(
    x=0.5, tags=("edge",), variants={"softmax": {"op": softmax}, "log_softmax": {"op": log_softmax}}
)
def of_a_0d_leaf(x, *, op):
    """softmax of one number: 1, whatever it is"""
    return op(x, dim=0) + x


@case(
    x=normal(3),
    tags=("order2",),
    variants={"softmax": {"op": softmax}, "log_softmax": {"op": log_softmax}},
)
def second_derivative(x, *, op):
    """the gradient of the squared gradient of (softmax(x) ** 2).sum()"""
    g = grad((op(x, dim=0) ** 2).sum(), x)
    return (g * g).sum()


@far_out(
    variants={
        f"{op.__name__}-{name}": {"op": op, "x": x}
        for op in (softmax, log_softmax)
        for name, x in {
            "large": [1000.0, 0.0],
            "large_and_equal": [1000.0, 1000.0],
            "large_negative": [-1000.0, -1001.0],
            "one_minus_infinity": [-INF, 0.0, 1.0],
            "all_minus_infinity": [-INF, -INF],
            "one_infinity": [INF, 0.0],
        }.items()
    }
)
def where_exp_overflows(x, *, op):
    """softmax and log_softmax of large numbers and infinities

    The largest element has to be subtracted before exp: otherwise exp(1000) is inf, and inf / inf
    is nan.
    """
    return op(x, dim=0)


@doubtful(x=[1000.0, 0.0])
def logarithm_of_a_vanished_probability(x):
    """log(softmax([1000, 0])): minus infinity and nan gradients, unlike log_softmax"""
    return log(softmax(x, dim=0))


@refused(x=normal(2, 3), variants={"softmax": {"op": softmax}, "log_softmax": {"op": log_softmax}})
def along_an_axis_that_is_not_there(x, *, op):
    """softmax along axis 2 of a matrix: an error"""
    return op(x, dim=2)
