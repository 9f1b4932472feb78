"""Results inside the range of floats, by formulas whose parts leave it: overflow, underflow, saturation.

The inputs are pinned to float64, whose range is meant.
"""

from functools import partial

from gradconform import Tolerance, case, trace
from gradconform.catalogue import literal
from gradconform.trace import grad, hypot, log, log_softmax, logsumexp, prod, sigmoid, softmax

RELATIVE = Tolerance(1e-9, 0.0, "the numbers are far from 1, so that only their digits count")
stable = partial(case, level="torch", tags=("stability",), convention="stable", tolerance=RELATIVE)
ordinary = partial(case, tags=("scalar",))


def pinned(nested):
    """Numbers in float64, whatever the dtype of the run."""
    return literal(nested, "float64")


# Points where the slope is small and not 0: a bound on the input, or a slope of 0 behind one, shows there.
SATURATED = {
    "tanh": (-5.5, 5.5, 8.5, -12.0),
    "sigmoid": (-8.0, 8.0, 17.0, -25.0),
    "softplus": (-18.0, 15.0, 18.0),
    "logsigmoid": (-18.0, 18.0),
    "silu": (-18.0, 18.0),
    "gelu": (-4.5, 4.5),
    "mish": (-18.0, 7.0),
    "elu": (-9.0, -20.0),
    "celu": (-9.0, -20.0),
    "selu": (-9.0, -20.0),
    "erf": (-2.7, 3.3),
    "erfc": (-2.7, 3.3),
    "atan": (300.0, -300.0),
    "softsign": (300.0, -300.0),
    "asinh": (300.0, -300.0),
    "exp": (-20.0,),
}
# Formulas that keep all digits are needed here, or the exponent of a float64 ends.
FAR_OUT = {
    "silu": (-700.0, -709.0),
    "mish": (-700.0,),
    "softplus": (-700.0,),
    "logsigmoid": (700.0,),
    "sigmoid": (-700.0, -709.0),
    "erfc": (5.5, 26.0),
    "cosh": (700.0, -700.0),
    "sinh": (700.0, -700.0),
    "log1p": (1e200,),
    "rsqrt": (1e-200, 1e200),
    "sqrt": (1e-300, 1e300),
    "log": (1e-300, 1e300),
}


# Many a gelu is made of tanh.
WITH_AN_OPTION = {"gelu": partial(trace.gelu, approximate="none")}


def points(table):
    """A variant for each function at each of its points."""
    return {
        f"{name}_of_{x:g}": {"op": WITH_AN_OPTION.get(name) or getattr(trace, name), "x": pinned(x)}
        for name, xs in table.items()
        for x in xs
    }


@ordinary(variants=points(SATURATED))
def saturated(x, *, op):
    """1000 * f(x) where f is nearly flat: the slope is small, and it is not 0

    A function that is set to its limit behind some bound has lost its gradient there.
    """
    return 1000.0 * op(x)


@stable(tags=("scalar", "stability"), variants=points(FAR_OUT))
def near_the_end_of_floats(x, *, op):
    """a function of a number far out: result and slope are tiny or huge, and they are finite"""
    return op(x)


@stable(
    tags=("scalar", "stability"),
    variants={
        "small": {"x": pinned(1e-200), "y": pinned(1e-200)},
        "large": {"x": pinned(1e200), "y": pinned(1e200)},
        "small_by_large": {"x": pinned(1e-100), "y": pinned(1e170)},
        "large_by_small": {"x": pinned(3e-170), "y": pinned(2e-170)},
    },
)
def quotient(x, y):
    """x / y where y * y overflows or underflows: the gradient is -(x / y) / y, and not -x / (y * y)"""
    return x / y


@stable(
    tags=("scalar", "stability"),
    variants={
        "small": {"x": pinned(3e-200), "y": pinned(4e-200)},
        "large": {"x": pinned(3e200), "y": pinned(4e200)},
    },
)
def hypotenuse(x, y):
    """hypot(x, y) where the squares leave the range of floats"""
    return hypot(x, y)


@stable(x=pinned(-700.0), tags=("scalar", "stability"))
def logarithm_of_a_tiny_sigmoid(x):
    """log(sigmoid(-700)) is -700, with the slope 1: the sigmoid is 1e-304 and not 0"""
    return log(sigmoid(x))


ROWS = pinned([[1000.0, 1001.0], [0.0, 1.0]])


@stable(
    x=ROWS,
    variants={
        "log_softmax": {"op": log_softmax},
        "softmax": {"op": softmax},
        "logsumexp": {"op": logsumexp},
    },
)
def rows_of_two_magnitudes(x, *, op):
    """softmax and its kin along rows, one of which is near 1000 and one near 0

    Each row is shifted by its own largest element. The largest of all would leave nothing of the second row.
    """
    return op(x, dim=-1)


@stable(x=pinned([1e200, 1e-200, 3.0]))
def product_of_large_and_small(x):
    """the product of 1e200, 1e-200 and 3: 3, with the gradients 3e-200, 3e200 and 1"""
    return prod(x)


@stable(x=pinned([1e-150, 2e-150, 4e-150]))
def variance_of_small_numbers(x):
    """the variance of numbers near 1e-150: 1e-300, and not 0"""
    return x.var()


@stable(tags=("scalar", "order2", "edge"), x=0.0, variants={f"{n}": {"n": n} for n in (2, 3, 4)})
def second_derivative_of_a_power_at_zero(x, *, n):
    """the second derivative of x ** n at 0: 2 for the square, and 0 beyond"""
    return grad(x**n, x)
