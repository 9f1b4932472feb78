"""Domain edges and overflow of scalars: where Python raises, torch gives inf or nan."""

from functools import partial

from harness import trace
from harness.case import case as declare
from harness.trace import exp, log, sqrt

case = partial(declare, level="torch", convention="stable", tags=("scalar", "edge"))


@case(x=1000.0)
def exp_of_a_thousand(x):
    """exp(1000) is inf, and so is its gradient"""
    return exp(x)


@case(x=-1000.0)
def exp_of_minus_a_thousand(x):
    """exp(-1000) is 0, and so is its gradient"""
    return exp(x)


@case(x=0.0)
def zero_to_the_minus_one(x):
    """0 ** -1 is inf"""
    return x**-1


@case(x=0.0)
def one_divided_by_zero(x):
    """1 / 0 is inf"""
    return 1 / x


@case(x=-2.0)
def root_of_a_negative_base(x):
    """(-2) ** 0.5 is nan, not a complex number"""
    return x**0.5


@case(x=0.0)
def zero_to_the_zero(x):
    """0 ** 0 is 1, with a gradient of 0"""
    return x**0


@case(variants={"zero": {"x": 0.0}, "negative": {"x": -1.0}})
def logarithm(x):
    """log at its edge and beyond"""
    return log(x)


@case(variants={"zero": {"x": 0.0}, "negative": {"x": -1.0}})
def square_root(x):
    """sqrt at its edge and beyond"""
    return sqrt(x)


@case(x=1e200)
def square_that_overflows(x):
    """(1e200) ** 2 is inf"""
    return x**2


@case(
    variants={
        f"{name}{x:+g}": {"f": getattr(trace, name), "x": x}
        for name in ("sigmoid", "tanh")
        for x in (1000.0, -1000.0)
    }
)
def saturated(x, *, f):
    """A function that saturates, with a gradient of 0"""
    return f(x)


@case(variants={"relu": {"f": trace.relu}, "abs": {"f": trace.abs}}, x=0.0)
def kink_at_zero(x, *, f):
    """The subgradient at the kink is 0"""
    return f(x)
