"""The ends of a function's domain: powers of zero, roots, logarithms, poles, overflow, empty variance."""

import math
from functools import partial

from gradconform import Tolerance, case, trace
from gradconform.catalogue import constant, literal
from gradconform.trace import (
    addcdiv,
    atan2,
    dist,
    exp,
    hypot,
    log,
    sqrt,
    tan,
    xlogy,
)

edge = partial(case, level="torch", tags=("scalar", "edge"), convention="stable")
far = partial(case, level="torch", tags=("scalar", "stability"), convention="stable")


DIGITS = Tolerance(1e-12, 0.0, "the result is far below 1e-12, so only its digits count")
# torch's answer is nan where a more accurate one is a number. A composition gives nan when each op is
# computed as IEEE arithmetic says; an engine that fuses the ops gives the number.
doubtful = partial(case, level="torch", tags=("scalar", "edge"), convention="questionable")


def at(**points):
    """Variants: each op, found by its name, at each of its points."""
    pairs = [(name, x) for name, xs in points.items() for x in xs]
    return {f"{name}_at_{x}": {"op": getattr(trace, name), "x": x} for name, x in pairs}


@edge(variants=at(sqrt=(0.0, -0.0, -1.0), rsqrt=(0.0,), reciprocal=(0.0, -0.0)))
def root_or_reciprocal(x, *, op):
    """roots and reciprocals at and below 0: infinities and nan, no exception

    Python's own functions raise here: an engine that calls them has to catch the exception.
    """
    return op(x)


@edge(variants=at(log=(0.0, -0.0, -1.0), log2=(0.0, -1.0), log10=(0.0, -1.0), log1p=(-1.0, -2.0)))
def logarithm(x, *, op):
    """logarithms at and below the end of their domain

    The value at -1 is nan, but torch's gradient there is 1 / -1, which is finite.
    """
    return op(x)


@edge(
    variants=at(
        asin=(1.0, -1.0, 2.0),
        acos=(1.0, -1.0, 2.0),
        atanh=(1.0, -1.0),
        acosh=(1.0, 0.5),
        erfinv=(1.0, -1.0),
        logit=(0.0, 1.0),
    )
)
def inverse_function(x, *, op):
    """inverse functions at and beyond the ends of their domain"""
    return op(x)


@edge(variants=at(lgamma=(0.0,), digamma=(0.0,), sinc=(0.0,), entr=(0.0, -1.0)))
def special_function(x, *, op):
    """special functions at their poles and at zero"""
    return op(x)


@edge(x=0.0, variants={f"{n}": {"n": n} for n in (0, 0.0, 1, 2, 0.5, 1.5, -1, -0.5, -2)})
def power_of_zero(x, *, n):
    """0 ** n for a number n: 0 ** 0 has the gradient 0, a negative n gives infinities"""
    return x**n


@edge(x=-0.0, variants={f"{n}": {"n": n} for n in (1, 2, -1, 0.5)})
def power_of_negative_zero(x, *, n):
    """(-0) ** n for a number n"""
    return x**n


@edge(variants={"square_root": {"x": -2.0, "n": 0.5}, "cube_root": {"x": -8.0, "n": 1 / 3}})
def root_of_a_negative_number(x, *, n):
    """(-2) ** 0.5 and (-8) ** (1 / 3): nan, where Python gives a complex number"""
    return x**n


@edge(
    variants={
        f"{x}_to_the_{y}": {"x": x, "y": y} for x in (0.0, -2.0) for y in (0.0, 0.5, 2.0, 3.0, -1.0)
    }
)
def power_of_two_leaves(x, y):
    """x ** y where both get a gradient, at and below x = 0"""
    return x**y


@edge(
    variants={
        f"{base}_to_the_{y}": {"base": base, "y": y}
        for base in (0.0, -2.0, 1.0)
        for y in (0.0, 1.0, -1.0)
    }
)
def power_of_a_number(y, *, base):
    """number ** y at and below a base of 0"""
    return base**y


@edge(variants={f"{x}_over_{y}": {"x": x, "y": y} for x in (1.0, -1.0, 0.0) for y in (0.0, -0.0)})
def division_by_zero(x, y):
    """x / 0 with leaves: infinities and nan, no exception"""
    return x / y


@edge(x=1.0)
def division_by_the_number_zero(x):
    """x / 0 with a number"""
    return x / 0


@edge(x=0.0)
def number_over_zero(x):
    """1 / x at 0"""
    return 1 / x


@edge(x=1.0, y=0.0)
def division_in_place_by_zero(x, y):
    """h = 2 * x, then h /= 0 with a leaf"""
    h = 2 * x
    h /= y
    return h


@edge(x=0.0, variants={"square": {"n": 2}, "root": {"n": 0.5}, "reciprocal": {"n": -1}})
def power_in_place_of_zero(x, *, n):
    """h = 2 * x, then h **= n at 0"""
    h = 2 * x
    h **= n
    return h


@edge(x=1.0, y=1.0, z=0.0)
def sum_with_a_quotient_by_zero(x, y, z):
    """addcdiv(x, y, z) = x + y / z at z = 0"""
    return addcdiv(x, y, z)


@edge(x=literal(math.pi / 2, "float64"))
def tangent_at_its_pole(x):
    """tan at the float nearest to pi / 2: 1.6e16, because no float is the pole itself"""
    return tan(x)


@edge(variants={f"{x}_{y}": {"x": x, "y": y} for x, y in [(0.0, 0.0), (0.0, -1.0), (2.0, 0.0)]})
def product_with_a_logarithm(x, y):
    """xlogy = x * log(y), taken as 0 where x is 0"""
    return xlogy(x, y)


@edge(x=0.0)
def product_with_a_logarithm_spelt_out(x):
    """x * log(x) at 0: nan, where xlogy and entr are defined"""
    return x * log(x)


@edge(x=0.0, y=0.0, variants={"atan2": {"op": atan2}, "dist": {"op": dist}})
def at_the_origin(x, y, *, op):
    """functions of two leaves at the origin"""
    return op(x, y)


@doubtful(x=0.0, y=0.0)
def hypotenuse_at_the_origin(x, y):
    """hypot(0, 0): torch's gradients are nan, and 0 is a legal subgradient, as it is for a norm"""
    return hypot(x, y)


@doubtful(x=0.0)
def root_of_a_square(x):
    """sqrt(x * x) at 0: infinity times 0, so nan; it is |x|, whose subgradient 0 is legal"""
    return sqrt(x * x)


@far(variants={"float": {"x": 1e200, "n": 2}, "third": {"x": -1e200, "n": 3}})
def power_overflows(x, *, n):
    """(1e200) ** 2: infinity, where Python's ** raises OverflowError"""
    return x**n


@far(x=literal(1e308, "float64"))
def product_overflows(x):
    """1e308 * 10: infinity"""
    return x * 10


@far(
    variants=at(
        exp=(1000.0, -1000.0),
        exp2=(2000.0,),
        expm1=(1000.0, -1000.0),
        sinh=(1000.0, -1000.0),
        cosh=(1000.0, -1000.0),
        square=(1e200,),
    )
)
def function_overflows(x, *, op):
    """a function beyond the range of float64: infinity, where Python's math module raises"""
    return op(x)


@far(x=1000.0, convention="questionable")
def overflow_in_a_denominator(x):
    """1 / (1 + exp(1000)): 0, with a gradient of nan, whose limit is 0"""
    return 1 / (1 + exp(x))


@far(x=1000.0)
def base_overflows(x):
    """2.0 ** 2000: infinity"""
    return 2.0 ** (x * 2)


@far(
    tolerance=DIGITS,
    variants={
        n: {"x": literal(x, "float64")} for n, x in {"tiny": 5e-324, "small": 1e-310}.items()
    },
)
def subnormal_number(x):
    """x * 3 of a subnormal number"""
    return x * 3


@far(x=literal(1e-200, "float64"), tolerance=DIGITS)
def square_underflows(x):
    """(1e-200) ** 2 is 0, its gradient 2e-200"""
    return x * x


@edge(x=constant(0.0), y=2.0)
def logarithm_of_a_constant_zero(x, y):
    """y * log(c) with a constant c = 0: minus infinity, as value and as gradient"""
    return y * log(x)
