"""A tensor and a plain number, on either side of each operator."""

from gradconform import case
from gradconform.catalogue import normal, positive
from gradconform.trace import relu

NUMBERS = {
    "x+2": lambda x: x + 2,
    "2+x": lambda x: 2 + x,
    "x-2": lambda x: x - 2,
    "2-x": lambda x: 2 - x,
    "1-x": lambda x: 1 - x,
    "x*2": lambda x: x * 2,
    "2*x": lambda x: 2 * x,
    "x/2": lambda x: x / 2,
    "2/x": lambda x: 2 / x,
    "1/x": lambda x: 1 / x,
    "x**2": lambda x: x**2,
    "x**3": lambda x: x**3,
    "x**0.5": lambda x: x**0.5,
    "x**-1": lambda x: x**-1,
    "x**1": lambda x: x**1,
    "x**0": lambda x: x**0,
    "2**x": lambda x: 2**x,
    "0.5**x": lambda x: 0.5**x,
    "-x": lambda x: -x,
    "abs(x)": lambda x: abs(x),
}


@case(
    x=positive(2, 3),
    tags=("reuse", "reflected"),
    variants={n: {"f": f} for n, f in NUMBERS.items()},
)
def with_a_number(x, *, f):
    """a tensor and a plain number, on either side, times x * x

    `1 - x` and `1 / x` run x.__rsub__ and x.__rtruediv__. A class that writes these like __sub__
    and __truediv__ computes x - 1 and x / 1.
    """
    return f(x) * x * x


@case(
    x=positive(3, 3),
    tags=("reuse", "reflected", "square"),
    variants={name: {"f": NUMBERS[name]} for name in ("2-x", "1-x", "2/x", "1/x", "2**x")},
)
def of_a_result(x, *, f):
    """a number on the left of a result, times x"""
    return f(x * x) * x


@case(x=normal(2, 3), tags=("reuse", "reflected"))
def one_minus_a_product(x):
    """(1 - relu(x)) * (2 - x) * 3 - x / 4"""
    return (1 - relu(x)) * (2 - x) * 3 - x / 4


@case(x=2.0, tags=("reuse", "reflected"))
def with_a_0d_leaf(x):
    """3 / x - x * 2 of a 0-d leaf: the result and the gradient are 0-d"""
    return 3 / x - x * 2
