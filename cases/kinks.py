"""Functions at the points where they have no derivative: which subgradient torch takes.

| convention of torch | cases |
| --- | --- |
| an open range: 0 at both ends of relu, relu6, hardtanh, hardsigmoid, the shrinks | `gradient_zero*` |
| a closed range: 1 at the bounds of clamp, clamp_min and clamp_max | `clamp_*` |
| one side: hardswish, elu, celu, selu, leaky_relu, prelu | `gradient_from_one_side`, `*relu_at_zero` |
| steps have a gradient of 0, not None; heaviside has none at all | `steps_*`, `heaviside_*` |
| the gradient of a norm at 0 is 0; spelt out it is nan | `norms/*at_zero`, `absolute_value_as_a_root` |
"""

from functools import partial

from gradconform import case, trace
from gradconform.trace import (
    clamp,
    clamp_max,
    clamp_min,
    copysign,
    heaviside,
    leaky_relu,
    prelu,
    relu,
    softplus,
    threshold,
)

kink = partial(case, level="torch", tags=("scalar", "kink"), convention="stable")
on_tensors = partial(case, level="torch", tags=("kink",), convention="stable")


def at(**points):
    """Variants: each op, found by its name, at each of its points."""
    pairs = [(name, x) for name, xs in points.items() for x in xs]
    return {f"{name}_at_{x}": {"op": getattr(trace, name), "x": x} for name, x in pairs}


@kink(variants=at(relu=(0.0, -0.0), abs=(0.0, -0.0), relu6=(0.0, 6.0), hardtanh=(-1.0, 1.0)))
def gradient_zero(x, *, op):
    """an activation at its kink, where torch's gradient is 0"""
    return op(x)


@kink(variants=at(softshrink=(-0.5, 0.5), hardshrink=(-0.5, 0.5), hardsigmoid=(-3.0, 3.0)))
def gradient_zero_at_the_end_of_a_range(x, *, op):
    """an activation at the end of a range, where torch's gradient is 0"""
    return op(x)


@kink(variants=at(hardswish=(-3.0, 3.0), elu=(0.0,), celu=(0.0,), selu=(0.0,)))
def gradient_from_one_side(x, *, op):
    """an activation at its kink, where torch takes the gradient of one side"""
    return op(x)


@kink(variants={"lower": {"x": -1.0}, "upper": {"x": 1.0}})
def clamp_at_a_bound(x):
    """clamp(x, -1, 1) at a bound: the range is closed and the gradient 1, unlike hardtanh's"""
    return clamp(x, -1.0, 1.0)


@kink(x=0.0)
def clamp_min_at_zero(x):
    """clamp_min(x, 0) at 0: the gradient is 1, unlike relu's"""
    return clamp_min(x, 0.0)


@kink(x=0.0)
def clamp_max_at_zero(x):
    """clamp_max(x, 0) at 0: the gradient is 1"""
    return clamp_max(x, 0.0)


@on_tensors(x=[-2.0, -1.0, 0.0, 1.0, 2.0])
def clamp_with_crossed_bounds(x):
    """clamp with min 1 above max -1: the result is max everywhere and the gradient 0"""
    return clamp(x, 1.0, -1.0)


@on_tensors(x=[-2.0, -1.0, 0.0, 1.0, 2.0], low=[-1.0] * 5, high=[1.0] * 5)
def clamp_with_tensor_bounds(x, low, high):
    """clamp between tensors: at a bound x gets the gradient, beyond it the bound does"""
    return clamp(x, low, high)


@on_tensors(x=[-2.0, 0.0, 2.0], low=[1.0] * 3, high=[-1.0] * 3)
def clamp_with_crossed_tensor_bounds(x, low, high):
    """clamp between crossed tensors: max gets the gradient"""
    return clamp(x, low, high)


@kink(x=0.0, variants={"default": {"slope": 0.01}, "steep": {"slope": 3.0}})
def leaky_relu_at_zero(x, *, slope):
    """leaky_relu at 0: the gradient is the slope of the left side"""
    return leaky_relu(x, slope)


@on_tensors(x=[0.0, 1.0], w=[0.3])
def prelu_at_zero(x, w):
    """prelu at 0: the gradient is the weight"""
    return prelu(x, w)


@kink(x=0.5)
def threshold_at_the_threshold(x):
    """threshold at its threshold: the value is the replacement and the gradient 0"""
    return threshold(x, 0.5, 3.0)


@kink(variants={"at": {"x": 20.0}, "beyond": {"x": 20.0001}, "far_beyond": {"x": 800.0}})
def softplus_at_its_threshold(x):
    """softplus up to 20 is log(1 + exp(x)); beyond 20 torch takes x, with the gradient 1"""
    return softplus(x)


@kink(variants=at(**dict.fromkeys(("sign", "floor", "ceil", "round", "trunc"), (1.3, 2.0, 0.0))))
def steps_have_a_zero_gradient(x, *, op):
    """a step function: the gradient is zero, not None"""
    return op(x)


@kink(variants=at(round=(0.5, 1.5, 2.5, -0.5, -1.5)))
def round_at_a_half(x, *, op):
    """round at a half goes to the even neighbour"""
    return op(x)


@kink(variants=at(frac=(2.0, 0.0, -1.0)))
def fraction_at_an_integer(x, *, op):
    """frac at an integer: value 0, gradient 1"""
    return op(x)


@kink(x=6.0, y=2.0, variants={"fmod": {"op": trace.fmod}, "remainder": {"op": trace.remainder}})
def remainder_of_a_multiple(x, y, *, op):
    """the remainder of a multiple: the gradients are 1 and minus the quotient"""
    return op(x, y)


@kink(x=0.0, y=1.0, tags=("scalar", "kink"))
def copysign_at_zero(x, y):
    """copysign(0, 1): the gradient is 0"""
    return copysign(x, y)


@case(x=float("inf"), y=1.0, level="torch", tags=("scalar", "nan"), convention="questionable")
def copysign_at_infinity(x, y):
    """copysign(inf, 1): the value is infinite, and torch's gradient is nan instead of 1"""
    return copysign(x, y)


@kink(x=0.0)
def relu_as_a_product(x):
    """relu(x) * 2 + relu(-x): both sides of the kink at once"""
    return relu(x) * 2 + relu(-x)


@on_tensors(x=[-1.0, -0.0, 0.0, 1.0])
def relu_of_a_tensor_with_zeros(x):
    """relu of a tensor with zeros of both signs"""
    return relu(x)


@on_tensors(x=[-1.0, -0.0, 0.0, 1.0])
def abs_of_a_tensor_with_zeros(x):
    """|x| of a tensor with zeros of both signs"""
    return abs(x)


@case(x=0.0, level="torch", tags=("scalar", "kink"), convention="questionable")
def absolute_value_as_a_root(x):
    """(x * x) ** 0.5 at 0: the gradient is 0 times infinity, so nan, where that of abs is 0"""
    return (x * x) ** 0.5


@kink(x=0.0, tags=("scalar", "kink", "error"))
def heaviside_has_no_derivative(x):
    """backward from heaviside: an error, because torch implements no derivative"""
    return heaviside(x, x)
