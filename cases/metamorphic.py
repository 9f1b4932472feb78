"""One function of numbers in several spellings: fused and composed, with a name and without.

All variants of a case are one function, so that they have one value and one gradient. A test checks
that torch's answers agree.
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    abs,
    add,
    div,
    exp,
    exp2,
    expm1,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    reciprocal,
    relu,
    rsqrt,
    sigmoid,
    softplus,
    sqrt,
    square,
    sub,
    tanh,
)

scalar = partial(case, tags=("scalar", "spellings"))


def spelt(**functions):
    """Variants over spellings."""
    return {name: {"f": function} for name, function in functions.items()}


SIGMOID = spelt(
    fused=sigmoid,
    quotient=lambda x: 1 / (1 + exp(-x)),
    power=lambda x: (1 + exp(-x)) ** -1,
    on_top=lambda x: exp(x) / (exp(x) + 1),
    by_tanh=lambda x: 0.5 * tanh(0.5 * x) + 0.5,
    by_softplus=lambda x: exp(-softplus(-x)),
    complement=lambda x: 1 - sigmoid(-x),
)
TANH = spelt(
    fused=tanh,
    quotient=lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)),
    one_exponential=lambda x: (exp(2 * x) - 1) / (exp(2 * x) + 1),
    by_sigmoid=lambda x: 2 * sigmoid(2 * x) - 1,
    by_expm1=lambda x: expm1(2 * x) / (expm1(2 * x) + 2),
)
SOFTPLUS = spelt(
    fused=softplus,
    composed=lambda x: log(1 + exp(x)),
    by_log1p=lambda x: log1p(exp(x)),
    by_sigmoid=lambda x: -log(sigmoid(-x)),
    by_logaddexp=lambda x: logaddexp(x, x * 0),
)
SQUARE = spelt(
    named=square,
    product=lambda x: x * x,
    power=lambda x: x**2,
    float_power=lambda x: x**2.0,
    quotient=lambda x: x / (1 / x),
    exponential=lambda x: exp(2 * log(x)),
)
SQRT = spelt(
    named=sqrt,
    power=lambda x: x**0.5,
    exponential=lambda x: exp(0.5 * log(x)),
    by_rsqrt=lambda x: x * rsqrt(x),
    quotient=lambda x: x / x**0.5,
)
RECIPROCAL = spelt(
    named=reciprocal,
    quotient=lambda x: 1 / x,
    power=lambda x: x**-1,
    twice=lambda x: x / (x * x),
    exponential=lambda x: exp(-log(x)),
)
LOGARITHMS = spelt(
    log2=lambda x: log2(x) * 0.6931471805599453,
    log10=lambda x: log10(x) * 2.302585092994046,
    log1p=lambda x: log1p(x - 1),
    of_square=lambda x: 0.5 * log(x * x),
    of_reciprocal=lambda x: -log(1 / x),
)
EXPONENTIALS = spelt(
    fused=exp,
    base_two=lambda x: exp2(x * 1.4426950408889634),
    number=lambda x: 2.718281828459045**x,
    split=lambda x: exp(0.25 * x) * exp(0.75 * x),
    expm1=lambda x: expm1(x) + 1,
    reciprocal=lambda x: 1 / exp(-x),
)


@scalar(x=0.7, variants=SIGMOID)
def sigmoid_of_a_leaf(x, *, f):
    """the sigmoid in seven spellings"""
    return f(x) * x


@case(x=normal(2, 3), tags=("spellings",), variants=SIGMOID)
def sigmoid_of_a_tensor(x, *, f):
    """the sigmoid of a (2, 3) tensor in seven spellings"""
    return f(x)


@scalar(x=-0.7, variants=TANH)
def tanh_of_a_leaf(x, *, f):
    """the hyperbolic tangent in five spellings"""
    return f(x) * x


@case(x=normal(2, 3), tags=("spellings",), variants=TANH)
def tanh_of_a_tensor(x, *, f):
    """the hyperbolic tangent of a (2, 3) tensor in five spellings"""
    return f(x)


@scalar(x=0.7, variants=SOFTPLUS)
def softplus_of_a_leaf(x, *, f):
    """log(1 + exp(x)) in five spellings"""
    return f(x) * x


@scalar(x=1.7, variants=SQUARE)
def square_of_a_leaf(x, *, f):
    """the square in six spellings"""
    return f(x) * x


@scalar(x=1.7, variants=SQRT)
def root_of_a_leaf(x, *, f):
    """the square root in five spellings"""
    return f(x) * x


@scalar(x=1.7, variants=RECIPROCAL)
def reciprocal_of_a_leaf(x, *, f):
    """the reciprocal in five spellings"""
    return f(x) * x * x


@scalar(x=1.7, variants=LOGARITHMS)
def logarithm_of_a_leaf(x, *, f):
    """the logarithm from log2, log10 and other functions"""
    return f(x) * x


@scalar(x=0.7, variants=EXPONENTIALS)
def exponential_of_a_leaf(x, *, f):
    """the exponential in six spellings"""
    return f(x) * x


@scalar(
    x=2.6,
    y=0.7,
    variants=spelt(
        difference=lambda x, y: x - y,
        negated=lambda x, y: x + (-y),
        times_minus_one=lambda x, y: x + -1 * y,
        reversed=lambda x, y: -(y - x),
        by_name=sub,
        by_name_negated=lambda x, y: add(x, neg(y)),
    ),
)
def difference(x, y, *, f):
    """x - y in six spellings"""
    return f(x, y) * y


@scalar(
    x=2.6,
    y=0.7,
    variants=spelt(
        quotient=lambda x, y: x / y,
        power=lambda x, y: x * y**-1,
        reciprocal=lambda x, y: x * (1 / y),
        reversed=lambda x, y: 1 / (y / x),
        by_name=div,
        logarithms=lambda x, y: exp(log(x) - log(y)),
    ),
)
def quotient(x, y, *, f):
    """x / y in six spellings"""
    return f(x, y) * y * y


@scalar(
    x=2.6,
    y=0.7,
    variants=spelt(
        product=lambda x, y: x * y,
        quotient=lambda x, y: x / (1 / y),
        squares=lambda x, y: ((x + y) ** 2 - (x - y) ** 2) / 4,
        logarithms=lambda x, y: exp(log(x) + log(y)),
        by_name=mul,
    ),
)
def product(x, y, *, f):
    """x * y in five spellings"""
    return f(x, y) * y


@scalar(
    x=2.6,
    y=0.7,
    variants=spelt(
        power=lambda x, y: x**y,
        logarithm=lambda x, y: exp(y * log(x)),
        base_two=lambda x, y: 2.0 ** (y * log2(x)),
        by_name=pow,
    ),
)
def power(x, y, *, f):
    """x ** y in four spellings"""
    return f(x, y) * y


@scalar(
    x=2.6,
    y=0.7,
    variants=spelt(
        maximum=maximum,
        by_abs=lambda x, y: (x + y + abs(x - y)) / 2,
        by_relu=lambda x, y: y + relu(x - y),
        by_minimum=lambda x, y: -minimum(-x, -y),
    ),
)
def larger_of_two(x, y, *, f):
    """maximum(x, y) in four spellings"""
    return f(x, y) * x * y
