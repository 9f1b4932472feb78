"""Functions of two numbers by name: where they are smooth, over tensors, and with an operand reused."""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import constant
from gradconform.trace import addcdiv, addcmul, lerp, maximum, minimum, where

scalar = partial(case, tags=("scalar",))
reuse = partial(case, tags=("scalar", "reuse"))

NAMES = ("maximum", "minimum", "fmax", "fmin", "atan2", "hypot", "fmod", "remainder")
NAMES += ("xlogy", "logaddexp", "logaddexp2", "copysign")
PAIRS = {name: {"op": getattr(trace, name)} for name in NAMES}
ROUNDED_QUOTIENT = {name: PAIRS[name] for name in ("fmod", "remainder")}


@scalar(x=2.6, y=0.7, variants=PAIRS)
def larger_first(x, y, *, op):
    """f(x, y), plus both, with x the larger one"""
    return op(x, y) + x + y


@scalar(x=0.7, y=2.6, variants=PAIRS)
def smaller_first(x, y, *, op):
    """f(x, y), plus both, with x the smaller one"""
    return op(x, y) + x + y


@scalar(x=-2.6, y=0.7, variants=PAIRS)
def negative_first(x, y, *, op):
    """f(x, y), plus both, at a negative x"""
    return op(x, y) + x + y


@reuse(x=2.6, y=0.7, variants=PAIRS)
def times_its_inputs(x, y, *, op):
    """f(x, y) * x * y: both inputs are used again"""
    return op(x, y) * x * y


@reuse(x=0.7, y=2.6, variants={name: PAIRS[name] for name in ("maximum", "minimum")})
def smaller_times_larger(x, y, *, op):
    """f(x, y) * x * y, with x the smaller one"""
    return op(x, y) * x * y


@reuse(x=2.6, y=0.7, variants=PAIRS)
def result_used_twice(x, y, *, op):
    """z = f(x, y), then z * z + z + x + y"""
    z = op(x, y)
    return z * z + z + x + y


@reuse(x=2.6, variants=PAIRS)
def of_a_leaf_and_its_half(x, *, op):
    """f(x, 0.3 * x): one leaf is behind both operands"""
    return op(x, 0.3 * x) + x


@scalar(x=-2.6, y=-0.7, variants=ROUNDED_QUOTIENT)
def remainder_of_negatives(x, y, *, op):
    """the remainder of two negative numbers: the quotient is truncated or floored"""
    return op(x, y)


@scalar(x=2.6, y=-0.7, variants=ROUNDED_QUOTIENT)
def remainder_by_a_negative(x, y, *, op):
    """the remainder by a negative number: the quotient is truncated or floored"""
    return op(x, y)


@scalar(x=2.6, y=constant(0.7), variants=PAIRS)
def with_a_constant(x, y, *, op):
    """f(x, c) + x with a constant second operand"""
    return op(x, y) + x


@reuse(x=2.6, y=0.7, z=1.1)
def largest_and_smallest_of_three(x, y, z):
    """max(x, y, z) - min(x, y, z), spelt in pairs, plus their product"""
    return maximum(maximum(x, y), z) - minimum(minimum(x, y), z) + x * y * z


@scalar(x=2.6, y=0.7, w=0.3)
def interpolated(x, y, w):
    """lerp(x, y, w) = x + w * (y - x); the weight gets a gradient too"""
    return lerp(x, y, w)


@scalar(x=2.6, y=0.7, z=1.1)
def product_added(x, y, z):
    """addcmul(x, y, z, value=0.5) = x + 0.5 * y * z"""
    return addcmul(x, y, z, value=0.5)


@scalar(x=2.6, y=0.7, z=1.1)
def quotient_added(x, y, z):
    """addcdiv(x, y, z, value=0.5) = x + 0.5 * y / z"""
    return addcdiv(x, y, z, value=0.5)


@case(x=[-1.0, 2.0, 3.0])
def chosen_with_a_number(x):
    """where(x > 0, x, 0.5): the other branch is a number"""
    return where(x > 0, x, 0.5) * x
