"""Activation functions on every piece of their range: alone, over a tensor, reused, in a neuron."""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import normal
from gradconform.trace import (
    backward,
    clamp,
    elu,
    gelu,
    hardtanh,
    leaky_relu,
    log,
    read,
    relu,
    sigmoid,
    softplus,
    tanh,
    threshold,
)

scalar = partial(case, tags=("scalar",))
reuse = partial(case, tags=("scalar", "reuse"))

# Clear of every kink, with a point on each piece. Some lie below 1: a rule that compares with 1 fails there.
PIECES = {
    **dict.fromkeys(("relu", "elu", "celu", "selu", "sigmoid", "tanh"), (-1.7, -0.3, 0.5, 2.3)),
    **dict.fromkeys(("silu", "mish", "softplus", "softsign"), (-1.7, -0.3, 0.5, 2.3)),
    **dict.fromkeys(("logsigmoid", "tanhshrink"), (-1.7, 0.5, 2.3)),
    **dict.fromkeys(("relu6", "hardtanh"), (-1.7, 0.5, 7.5)),
    **dict.fromkeys(("softshrink", "hardshrink"), (-1.7, -0.3, 0.8)),
}
EVERY_OP = {name: {"op": getattr(trace, name)} for name in PIECES}
EVERY_PIECE = {
    f"{name}_at_{x}": {"op": getattr(trace, name), "x": x}
    for name, xs in PIECES.items()
    for x in xs
}
SMOOTH_AT_ZERO = ("silu", "softplus", "mish", "gelu", "logsigmoid", "softsign", "tanhshrink")
SMOOTH_AT_ZERO += ("elu", "celu", "sigmoid", "tanh")
POINTS = [[-7.5, -2.4, -1.7], [-0.3, 0.3, 0.7], [1.7, 2.4, 7.5]]


@scalar(variants=EVERY_PIECE)
def alone(x, *, op):
    """an activation of one leaf, on one piece of its range"""
    return op(x)


@reuse(x=0.7, variants=EVERY_OP)
def times_its_input(x, *, op):
    """f(x) * x: the input is used again"""
    return op(x) * x


@reuse(x=-0.7, variants=EVERY_OP)
def times_its_negative_input(x, *, op):
    """f(x) * x + x at a negative number"""
    return op(x) * x + x


@reuse(x=0.7, variants=EVERY_OP)
def result_used_twice(x, *, op):
    """y = f(x), then y * y + y"""
    y = op(x)
    return y * y + y


@scalar(x=0.7, variants=EVERY_OP)
def of_an_expression(x, *, op):
    """-3 * f((x + x) * 0.5): the upstream gradient is not 1"""
    return -3.0 * op((x + x) * 0.5)


@scalar(x=0.7, y=-0.4, variants=EVERY_OP)
def two_nodes(x, y, *, op):
    """f(x) + 2 * f(y): two nodes of one op, each with what it has saved

    A mask or an output that is kept on the class, and not on the node, is that of the last node.
    """
    return op(x) + 2.0 * op(y)


@scalar(x=-0.7, variants=EVERY_OP)
def input_is_left_alone(x, *, op):
    """an activation does not change its input: x is read after f(x) + x"""
    z = op(x) + x
    backward(z)
    read(z, x, x.grad)


@scalar(x=0.7, variants=EVERY_OP)
def applied_twice(x, *, op):
    """f(f(x))"""
    return op(op(x))


@scalar(w=0.8, x=1.5, b=-0.4, variants=EVERY_OP)
def neuron(w, x, b, *, op):
    """f(w * x + b), the gradients of w, x and b"""
    return op(w * x + b)


@case(w=normal(2, 3), x=normal(3), b=normal(2), variants=EVERY_OP)
def layer(w, x, b, *, op):
    """f(w @ x + b) of a layer with 3 inputs and 2 outputs"""
    return op(w @ x + b)


@scalar(x=0.0, variants={name: {"op": getattr(trace, name)} for name in SMOOTH_AT_ZERO})
def at_zero(x, *, op):
    """f(x) + 2 * x at 0, where f is smooth

    A slope by y / x is nan there, and one from the parts max(x, 0) and |x| has lost a half.
    """
    return op(x) + 2.0 * x


@scalar(
    x=0.0,
    level="torch",
    convention="stable",
    variants={name: {"op": getattr(trace, name)} for name in ("hardsigmoid", "hardswish")},
)
def at_zero_with_torchs_constants(x, *, op):
    """f(x) + 2 * x at 0, where f is smooth there"""
    return op(x) + 2.0 * x


@scalar(variants={"negative": {"x": -1.7}, "positive": {"x": 1.7}})
def leaky_relu_with_a_slope(x):
    """leaky_relu with the negative slope 0.2"""
    return leaky_relu(x, 0.2) * x


@scalar(variants={"negative": {"x": -1.7}, "positive": {"x": 1.7}})
def elu_with_alpha(x):
    """elu with alpha 0.5"""
    return elu(x, alpha=0.5) * x


@scalar(variants={"negative": {"x": -1.7}, "small": {"x": 0.1}, "positive": {"x": 1.7}})
def softplus_with_beta(x):
    """softplus with beta 2"""
    return softplus(x, beta=2.0)


@scalar(variants={"below": {"x": -2.5}, "inside": {"x": 0.4}, "above": {"x": 2.5}})
def hardtanh_with_bounds(x):
    """hardtanh between -2 and 1.5, plus x"""
    return hardtanh(x, -2.0, 1.5) + x


@scalar(variants={"below": {"x": -2.5}, "inside": {"x": 0.4}, "above": {"x": 2.5}})
def clamp_with_bounds(x):
    """clamp between -2 and 1.5, plus x

    Inside the bounds the gradient passes: a clamp that computes on bare numbers cuts the graph.
    """
    return clamp(x, -2.0, 1.5) + x


@reuse(x=0.4)
def clamp_times_its_input(x):
    """clamp between -2 and 1.5, times x: the upstream gradient is not 1"""
    return clamp(x, -2.0, 1.5) * x


@scalar(variants={"below": {"x": 0.1}, "above": {"x": 2.5}})
def threshold_with_a_value(x):
    """threshold at 0.5 with the value 3, plus x"""
    return threshold(x, 0.5, 3.0) + x


@scalar(variants={"negative": {"x": -1.2}, "positive": {"x": 1.2}})
def gelu_by_the_error_function(x):
    """gelu with approximate="none": x times the normal distribution function"""
    return gelu(x, approximate="none")


@scalar(variants={"negative": {"x": -1.2}, "positive": {"x": 1.2}})
def gelu_by_tanh(x):
    """gelu with approximate="tanh\""""
    return gelu(x, approximate="tanh")


@case(
    x=POINTS,
    level="torch",
    convention="stable",
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("gelu", "leaky_relu", "hardsigmoid", "hardswish")
    },
)
def with_torchs_constants(x, *, op):
    """an activation whose formula or constants differ between libraries, with torch's defaults"""
    return op(x)


@scalar(x=0.3)
def relu_below_one(x):
    """relu of 0.3, times 5: the derivative is 1 above 0, not only above 1"""
    return 5 * relu(x)


@scalar(x=-1.2)
def relu_stops_a_branch(x):
    """relu(x) * x + sigmoid(x) at a negative number: only the second branch has a gradient"""
    return relu(x) * x + sigmoid(x)


@reuse(x=0.6)
def tanh_and_sigmoid_of_one_leaf(x):
    """tanh(x) * sigmoid(x) + tanh(x)"""
    t = tanh(x)
    return t * sigmoid(x) + t


@scalar(x=0.6, y=1.0)
def logistic_loss(x, y):
    """-(y * log(p) + (1 - y) * log(1 - p)) with p = sigmoid(x)"""
    p = sigmoid(x)
    return -(y * log(p) + (1 - y) * log(1 - p))


@scalar(x0=0.5, x1=-1.0, w0=0.3, w1=-0.8, w2=1.1, w3=0.4, v0=0.9, v1=-1.2)
def two_hidden_neurons(x0, x1, w0, w1, w2, w3, v0, v1):
    """a network of two inputs, two tanh neurons and one sigmoid output"""
    h0 = tanh(w0 * x0 + w1 * x1)
    h1 = tanh(w2 * x0 + w3 * x1)
    return sigmoid(v0 * h0 + v1 * h1)
