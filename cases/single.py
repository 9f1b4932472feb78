"""One op of leaves, each used once: neither sums of gradients nor the order of a walk can matter.

The value is read before the backward, so that it is there also when the backward raises. Items of a rubric
about values and about local derivatives are made of these.
"""

from functools import partial
from operator import add, mul, pow, sub, truediv

from gradconform import case, trace
from gradconform.catalogue import literal
from gradconform.trace import (
    backward,
    clamp,
    exp,
    leaky_relu,
    log,
    maximum,
    minimum,
    read,
    sigmoid,
    tanh,
)

scalar = partial(case, tags=("scalar",))
reflected = partial(case, tags=("scalar", "reflected"))

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv, "pow": pow}
# A point on each piece of a function, and 0 where a formula fails there.
POINTS = {
    "neg": (-1.7, 0.6),
    "abs": (-1.3, 0.6),
    "exp": (-1.2, 0.7),
    "log": (0.6, 2.3),
    "relu": (-1.7, 0.5, 2.3),
    "sigmoid": (-1.7, 0.5),
    "tanh": (-1.7, 0.5),
    "leaky_relu": (-1.7, 0.5),
    "elu": (-1.7, 0.5),
    "clamp": (-2.5, 0.4, 2.5),
    "softplus": (-1.7, 0.5, 0.0),
    "silu": (-1.7, 0.5, 0.0),
    **dict.fromkeys(("square", "sin", "cos", "sinh", "cosh", "atan", "exp2", "expm1"), (-1.2, 0.7)),
    **dict.fromkeys(("sqrt", "rsqrt", "reciprocal", "log2", "log10", "log1p"), (0.6,)),
    **dict.fromkeys(("tan", "asin", "acos", "erf"), (0.6,)),
}
FUNCTIONS = {name: getattr(trace, name) for name in POINTS}
# Libraries differ in the slope that they take without one.
FUNCTIONS["leaky_relu"] = partial(leaky_relu, negative_slope=0.2)
FUNCTIONS["clamp"] = partial(clamp, min=-1.0, max=1.0)
ONE = {f"{name}_at_{x}": {"op": FUNCTIONS[name], "x": x} for name, xs in POINTS.items() for x in xs}
CHOICES = {"maximum": maximum, "minimum": minimum}
TWO = {
    f"{name}_{which}": {"op": op, "x": x, "y": y}
    for name, op in (OPERATORS | CHOICES).items()
    for which, x, y in (("larger_first", 2.6, 0.7), ("smaller_first", 0.6, 1.4))
}
TWO |= {
    f"{name}_negative": {"op": op, "x": -1.7, "y": 0.6}
    for name, op in OPERATORS.items()
    if name != "pow"
}
TWO["div_small_second"] = {"op": truediv, "x": 3.0, "y": 0.001}


@scalar(variants=ONE)
def of_one(x, *, op):
    """one function of one leaf: its value, and then its local derivative"""
    y = op(x)
    read(result=y)
    backward(y)
    read(x.grad)


# Pinned: in float32 exp overflows beyond 88.
@case(
    tags=("scalar", "stability"),
    variants={
        "exp": {"op": exp, "x": literal(705.0, "float64")},
        "log": {"op": log, "x": 1e-12},
        "sigmoid": {"op": sigmoid, "x": -18.0},
        "tanh": {"op": tanh, "x": 6.0},
    },
)
def of_one_far_out(x, *, op):
    """one function where a formula may be cut off to be safe: its value, and then its local derivative"""
    y = op(x)
    read(result=y)
    backward(y)
    read(x.grad)


@scalar(variants=TWO)
def of_two(x, y, *, op):
    """one op of two leaves: its value, and then its local derivatives"""
    z = op(x, y)
    read(result=z)
    backward(z)
    read(x.grad, y.grad)


@scalar(
    x=1.7,
    variants={f"{name}_{n}": {"op": op, "n": n} for name, op in OPERATORS.items() for n in (3, 2.5)}
    | {"pow_-2": {"op": pow, "n": -2}}
    | {
        "pow_2_negative": {"op": pow, "n": 2, "x": -1.7},
        "pow_1_at_0": {"op": pow, "n": 1, "x": 0.0},
    },
)
def with_a_number(x, *, op, n):
    """a leaf with a plain number on the right: the value, and then the local derivative"""
    y = op(x, n)
    read(result=y)
    backward(y)
    read(x.grad)


@reflected(x=0.8, variants={name: {"op": op} for name, op in OPERATORS.items()})
def number_with(x, *, op):
    """2.5 with a leaf on its right: the value, and then the local derivative"""
    y = op(2.5, x)
    read(result=y)
    backward(y)
    read(x.grad)
