"""Gradients of gradients: `grad` gives a new value, which is differentiated again."""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import normal, uniform
from gradconform.trace import (
    backward,
    cat,
    exp,
    grad,
    log,
    maximum,
    read,
    relu,
    sigmoid,
    sin,
    softmax,
    softplus,
    tanh,
)

scalar = partial(case, tags=("scalar", "order2"))
on_tensors = partial(case, tags=("order2",))
torchs = partial(case, level="torch", tags=("scalar", "order2"), convention="stable")

SMOOTH = {
    **dict.fromkeys(("exp", "exp2", "expm1", "square", "sin", "cos", "sinh", "cosh"), 0.7),
    **dict.fromkeys(("atan", "asinh", "erf", "erfc", "i0", "sinc", "tan", "tanh"), 0.7),
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal"), 0.7),
    **dict.fromkeys(("lgamma", "digamma", "entr", "logit", "neg", "abs", "relu"), 0.7),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), 0.4),
    **dict.fromkeys(("sigmoid", "logsigmoid", "softplus", "silu", "mish", "softsign"), -0.6),
    **dict.fromkeys(("elu", "celu", "selu", "tanhshrink"), -0.6),
    "acosh": 1.7,
}
PAIRS = {
    "mul": lambda x, y: x * y,
    "div": lambda x, y: x / y,
    "pow": lambda x, y: x**y,
    "atan2": trace.atan2,
    "hypot": trace.hypot,
    "logaddexp": trace.logaddexp,
    "maximum": lambda x, y: maximum(x * x, y * y),
}


def derivative(function, x, order):
    """The derivative of `function` at x, of the order asked."""
    y = function(x)
    for _ in range(order):
        y = grad(y, x)
    return y


@scalar(x=2.0, variants={f"order_{n}": {"n": n} for n in (1, 2, 3)})
def cube(x, *, n):
    """the derivatives of x ** 3 at 2: 12, 12 and 6"""
    read(derivative(lambda x: x**3, x, n))


@scalar(x=2.0, variants={f"order_{n}": {"n": n} for n in (1, 2)})
def cube_as_a_product(x, *, n):
    """the derivatives of x * x * x at 2"""
    read(derivative(lambda x: x * x * x, x, n))


@torchs(x=2.0)
def fourth_derivative_of_a_cube(x):
    """the fourth derivative of x ** 3 is 0: torch gives the number, and no error"""
    read(derivative(lambda x: x**3 * 1.0, x, 4))


@scalar(
    x=0.7,
    variants={
        f"{f.__name__}_{order}": {"f": f, "order": order}
        for f in (tanh, sigmoid, exp, softplus, sin, log)
        for order in (2, 3)
    },
)
def of_a_function(x, *, f, order):
    """the second or third derivative of a function"""
    read(derivative(f, x, order))


# Beyond the third derivative torch is wrong at 2; see `power_differentiated_by_both`.
@scalar(variants={f"order_{n}": {"n": n, "x": x} for n, x in ((1, 2.0), (2, 2.0), (3, 1.7))})
def self_power(x, *, n):
    """the derivatives of x ** x"""
    read(derivative(lambda x: x**x, x, n))


@scalar(
    x=0.0,
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("silu", "softplus", "mish", "gelu", "logsigmoid", "tanh", "sigmoid", "erf")
    },
)
def second_derivative_at_zero(x, *, op):
    """the gradient of the gradient of f(x) * 3 at 0, where f is smooth"""
    return grad(op(x) * 3.0, x)


@scalar(variants={n: {"op": getattr(trace, n), "x": x} for n, x in SMOOTH.items()})
def second_derivative(x, *, op):
    """the gradient of the gradient of f(x) * x"""
    return grad(op(x) * x, x)


@scalar(x=1.3, y=0.8, variants={name: {"op": op} for name, op in PAIRS.items()})
def mixed_derivatives(x, y, *, op):
    """the gradients of df/dx + 2 df/dy, by x and by y"""
    dx, dy = grad(op(x, y) * x * y * y, [x, y])
    return dx + 2 * dy


@scalar(x=2.0)
def gradient_added_to_the_first(x):
    """backward from x ** 3 and then from its gradient: 12 + 12 on the leaf"""
    y = x**3
    backward(y, retain_graph=True)
    backward(grad(y, x))
    read(x.grad)


@scalar(x=2.0)
def gradient_penalty(x):
    """backward from the squared gradient of x ** 3: 36 x ** 3, which is 288"""
    g = grad(x**3, x)
    return g * g


@scalar(x=0.7, w=1.3)
def gradient_penalty_of_a_neuron(x, w):
    """(|dy/dx| - 1) ** 2 of a tanh neuron, and its gradient by the weight"""
    return (grad(tanh(w * x), x) - 1) ** 2


@scalar(x=0.7)
def gradient_used_with_its_function(x):
    """y * y' of y = sin(x) * exp(x)"""
    y = sin(x) * exp(x)
    return y * grad(y, x)


@scalar(x=0.7)
def newton_step(x):
    """x - y' / y'' of y = exp(x) - 2 * x"""
    first = grad(exp(x) - 2 * x, x)
    return x - first / grad(first, x)


@scalar(x=0.7, y=1.3)
def gradient_by_an_inner_result(x, y):
    """the gradient of h * h * y by h = x * y, multiplied by x"""
    h = x * y
    return grad(h * h * y, h) * x


@scalar(x=0.7)
def second_derivative_over_a_diamond(x):
    """h = sin(x), then h * h + exp(h): both paths from h count in both derivatives"""
    h = sin(x)
    return grad(h * h + exp(h), x)


@on_tensors(x=normal(3), v=[1.0, -2.0, 0.5])
def hessian_times_vector(x, v):
    """the Hessian of sum(x ** 3) times a vector"""
    return (grad((x * x * x).sum(), x) * v).sum()


@on_tensors(a=normal(3, 3), x=normal(3))
def hessian_of_a_quadratic_form(a, x):
    """the gradient of x @ A @ x, summed with weights, by A and x"""
    g = grad(x @ a @ x, x)
    return (g * g).sum()


@on_tensors(x=normal(2, 3), b=normal(3))
def through_a_broadcast(x, b):
    """the second gradient of tanh(x * b): the broadcast is undone in both passes"""
    gx, gb = grad(tanh(x * b).sum(), [x, b])
    return (gx * gx).sum() + (gb * gb * gb).sum()


@on_tensors(x=normal(2, 3), w=normal(3, 2))
def through_a_layer(x, w):
    """the squared gradient of a tanh layer"""
    g = grad(tanh(x @ w), x)
    return (g * g).sum()


@on_tensors(x=normal(4))
def through_softmax(x):
    """the second gradient of softmax"""
    return grad(softmax(x, dim=0), x)


@on_tensors(x=normal(2, 3))
def through_movement(x):
    """the second gradient through transpose, slice and cat"""
    y = cat([x.T[1:], x.T[:1] * 2], dim=0)
    return grad(y * y * y, x)


@on_tensors(x=uniform(3, low=0.5, high=1.5))
def with_a_cotangent(x):
    """the gradient of exp(x) with a cotangent, differentiated again"""
    return grad(exp(x), x, [1.0, -2.0, 0.5])


@on_tensors(x=normal(3), v=normal(3))
def by_the_cotangent(x, v):
    """the gradient of sin(x) with the cotangent v, differentiated by v: a Jacobian-vector product"""
    return grad(sin(x), x, v)


@case(
    level="torch",
    tags=("scalar", "order2", "edge"),
    convention="questionable",
    variants={"exponent_0": {"x": 2.0, "y": 0.0}},
)
def power_differentiated_by_both(x, y):
    """x ** y differentiated by x and then by y, at y = 0: torch says 0, where 1 / x is right

    Torch masks the gradient by x where the exponent is 0, and loses the part that depends on the
    exponent.
    """
    return grad(x**y, x)


@torchs(x=1.3)
def second_derivative_of_relu(x):
    """the second derivative of relu: a zero that still has a graph"""
    read(derivative(relu, x, 2))


@torchs(x=1.0)
def second_derivative_at_a_tie(x):
    """maximum(x * x, x) at 1: each branch counts half, also in the second derivative"""
    read(derivative(lambda x: maximum(x * x, x), x, 2))
