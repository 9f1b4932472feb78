"""Functions of one number: alone, over a tensor, reused, at small and large ordinary arguments."""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import literal, uniform
from gradconform.trace import backward, cos, detach, exp, log, read, sin, sqrt, tanh

scalar = partial(case, tags=("scalar",))
small = partial(case, tags=("scalar", "stability"))
stopped = partial(case, tags=("scalar", "stop-gradient"))
reuse = partial(case, tags=("scalar", "reuse"))

# Where each function is smooth, and clear of where it ends.
DOMAINS = {
    **dict.fromkeys(("exp", "exp2", "expm1", "square", "sin", "cos", "sinh", "cosh"), (-1.5, 1.5)),
    **dict.fromkeys(("atan", "asinh", "erf", "erfc", "i0", "deg2rad", "rad2deg"), (-1.5, 1.5)),
    **dict.fromkeys(("log", "log2", "log10", "sqrt", "rsqrt", "reciprocal"), (0.3, 2.5)),
    **dict.fromkeys(("lgamma", "digamma", "entr", "sinc"), (0.3, 2.5)),
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv", "log1p", "tan"), (-0.8, 0.8)),
    **dict.fromkeys(("neg", "positive", "clone", "nan_to_num"), (-1.5, 1.5)),
    "acosh": (1.2, 2.5),
    "logit": (0.2, 0.8),
    "frac": (1.1, 1.9),
    "abs": (-1.5, -0.3),
}
EVERY_OP = {name: {"op": getattr(trace, name)} for name in DOMAINS}
SCALARS = {
    name: {**op, "x": uniform(low=DOMAINS[name][0], high=DOMAINS[name][1])}
    for name, op in EVERY_OP.items()
}
AT_ZERO = ("exp", "expm1", "log1p", "square", "sin", "cos", "tan", "asin", "acos", "atan", "sinh")
AT_ZERO += ("cosh", "tanh", "asinh", "atanh", "erf", "erfc", "erfinv", "neg", "clone", "sigmoid")
STEPWISE = {name: {"op": getattr(trace, name)} for name in ("sign", "floor", "ceil", "round")}
STEPWISE["trunc"] = {"op": trace.trunc}


@scalar(variants=SCALARS)
def alone(x, *, op):
    """one function of one leaf"""
    return op(x)


@reuse(variants=SCALARS)
def times_its_input(x, *, op):
    """f(x) * x * x: the input is used again

    The contributions add up. An op that assigns with `=` where it should add with `+=` loses
    one of them.
    """
    return op(x) * x * x


@reuse(variants=SCALARS)
def input_times_result(x, *, op):
    """x * f(x) + x: the input is the left operand"""
    return x * op(x) + x


@reuse(variants=SCALARS)
def result_used_twice(x, *, op):
    """y = f(x), then y * y + y

    The gradient of y is complete only when both of its users have passed their part on.
    """
    y = op(x)
    return y * y + y


@scalar(variants=SCALARS)
def of_an_expression(x, *, op):
    """-3 * f((x + x) * 0.5): the input of f is not a leaf, and its result is not the root

    The upstream gradient is not 1, so this shows a rule that forgets to multiply by it.
    """
    return -3.0 * op((x + x) * 0.5)


@reuse(x=1.3, variants=STEPWISE)
def stepwise_times_input(x, *, op):
    """f(x) * x for a step function: its derivative is 0, the factor x still counts"""
    return op(x) * x


@reuse(x=-1.3, variants=STEPWISE)
def stepwise_of_negative_times_input(x, *, op):
    """f(x) * x for a step function, at a negative number"""
    return op(x) * x


@case(x=[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5], level="torch", tags=("edge",), convention="stable")
def round_half_to_even(x):
    """round at the half-integers, times x: torch rounds them to even numbers"""
    return x.round() * x


@scalar(variants={name: {**each, "y": each["x"]} for name, each in SCALARS.items()})
def two_nodes(x, y, *, op):
    """f(x) + 2 * f(y): two nodes of one op, each with what it has saved

    A mask or an output that is kept on the class, and not on the node, is that of the last node.
    """
    return op(x) + 2.0 * op(y)


@scalar(variants=SCALARS)
def input_is_left_alone(x, *, op):
    """a function does not change its input: x is read after f(x) * x"""
    z = op(x) * x
    backward(z)
    read(z, x, x.grad)


@small(variants={f"{e}": {"x": 10.0**e} for e in (-3, -6, -9, -12)})
def log_of_a_small_number(x):
    """log of 0.001 and less, down to 1e-12

    This shows a bound such as max(x, 1e-10), or a constant that is added to x to be safe.
    """
    return log(x)


@small(variants={f"{e}": {"x": 10.0**e} for e in (-2, -4, -6)})
def sqrt_of_a_small_number(x):
    """sqrt of 0.01 and less"""
    return sqrt(x)


# Pinned: in float32 exp overflows beyond 88.
@scalar(variants={f"{x}": {"x": literal(x, "float64")} for x in (-20.0, 30.0, 95.0, 510.0, 705.0)})
def exp_of_a_large_number(x):
    """exp of numbers up to 705, whose results are finite in float64

    This shows a bound on the argument that is meant to avoid overflow.
    """
    return exp(x)


@scalar(x=0.0, variants={n: {"op": getattr(trace, n)} for n in AT_ZERO})
def at_zero(x, *, op):
    """f(x) + 2 * x at 0, an ordinary point of f"""
    return op(x) + 2 * x


@scalar(x=7.0, variants={n: {"op": getattr(trace, n)} for n in ("sin", "cos", "atan", "asinh")})
def beyond_one_turn(x, *, op):
    """f at 7, beyond one turn of the circle"""
    return op(x)


@scalar(x=0.9)
def function_of_a_function(x):
    """exp(sin(log(x)))"""
    return exp(sin(log(x)))


@scalar(x=0.9)
def one_function_four_times(x):
    """sin(sin(sin(sin(x))))"""
    return sin(sin(sin(sin(x))))


@reuse(x=0.9)
def three_functions_of_one_leaf(x):
    """exp(x) * sin(x) - cos(x) / (1 + x * x)"""
    return exp(x) * sin(x) - cos(x) / (1 + x * x)


@reuse(x=0.9)
def functions_multiplied_and_divided(x):
    """log(x) * sqrt(x) / exp(x) + tanh(x)"""
    return log(x) * sqrt(x) / exp(x) + tanh(x)


@stopped(x=1.3)
def detached_factor(x):
    """x * detach(x): the detached factor is a constant"""
    return x * detach(x)


@stopped(x=1.3)
def detached_difference(x):
    """exp(x) - detach(exp(x)): the value is 0, the gradient is that of exp"""
    return exp(x) - detach(exp(x))
