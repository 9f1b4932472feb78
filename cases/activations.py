"""Elementwise functions of one scalar, alone and reused."""

from functools import partial

from harness import trace
from harness.case import case as declare

# A point, or two, inside each function's smooth domain.
POINTS = {
    "relu": (1.5, -1.5),
    "sigmoid": (0.7, -2.0),
    "tanh": (0.7, -2.0),
    "exp": (0.7, -2.0),
    "log": (0.5, 3.0),
    "sqrt": (0.5, 4.0),
    "sin": (0.7, -2.0),
    "cos": (0.7, -2.0),
    "abs": (1.5, -1.5),
    "neg": (1.5, -1.5),
}
AT = {
    f"{name}-{x:g}": {"f": getattr(trace, name), "x": x} for name, xs in POINTS.items() for x in xs
}
ONCE = {name: {"f": getattr(trace, name), "x": xs[0]} for name, xs in POINTS.items()}

case = partial(declare, tags=("scalar",))
reused = partial(declare, tags=("scalar", "reuse"))


@case(variants=AT)
def function(x, *, f):
    """f(x), scaled so that a forgotten upstream gradient shows"""
    return f(x) * -3.0


@reused(variants=ONCE)
def times_its_own_input(x, *, f):
    """f(x) * x: the input is reached twice

    A backward that assigns (=) in place of accumulating (+=) loses one of the two paths.
    """
    return f(x) * x


@reused(variants=ONCE)
def input_times_the_function(x, *, f):
    """x * f(x): the same two paths, in the other order"""
    return x * f(x)


@reused(variants=ONCE)
def result_used_twice(x, *, f):
    """y = f(x); y * y + y: the result is reached three times"""
    y = f(x)
    return y * y + y


@reused(variants=ONCE)
def sum_of_two_applications(x, *, f):
    """f(x) + f(x): two nodes of the same kind on one input"""
    return f(x) + f(x)


@reused(variants=ONCE)
def at_uneven_depth(x, *, f):
    """The result is used at once, and again four nodes later"""
    y = f(x)
    z = ((y * 2.0 + 1.0) * y - 3.0) * 0.5
    return z + y


@case(x=0.8)
def sigmoid_of_tanh_of_exp(x):
    """Three functions inside one another"""
    return trace.sigmoid(trace.tanh(trace.exp(x)))


@case(x=0.4)
def tanh_spelt_out(x):
    """tanh as (exp(2x) - 1) / (exp(2x) + 1)"""
    e = trace.exp(2 * x)
    return (e - 1) / (e + 1)


@case(x1=2.0, x2=0.0, w1=-3.0, w2=1.0, b=6.8813735870195432)
def tanh_neuron(x1, x2, w1, w2, b):
    """A neuron of two inputs with tanh"""
    return trace.tanh(x1 * w1 + x2 * w2 + b)
