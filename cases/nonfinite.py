"""NaN and infinity: how they travel through values, gradients, masks and extrema."""

from functools import partial

from gradconform import Array, case, trace
from gradconform.trace import (
    backward,
    clamp,
    exp,
    log,
    logaddexp,
    masked_fill,
    maximum,
    minimum,
    nan_to_num,
    read,
    sqrt,
    where,
    xlogy,
)

nan = partial(case, level="torch", tags=("scalar", "nan"), convention="stable")
on_tensors = partial(case, level="torch", tags=("nan",), convention="stable")
doubtful = partial(case, level="torch", tags=("scalar", "nan"), convention="questionable")
doubtful_tensors = partial(case, level="torch", tags=("nan",), convention="questionable")

NAN, INFINITY = float("nan"), float("inf")
ARITHMETIC = {
    "add": {"op": lambda x, y: x + y},
    "sub": {"op": lambda x, y: x - y},
    "mul": {"op": lambda x, y: x * y},
    "div": {"op": lambda x, y: x / y},
}
SAFELY_MASKED = {
    "sqrt": {"op": lambda x: where(x > 0, sqrt(where(x > 0, x, 1.0)), 0.0)},
    "log": {"op": lambda x: where(x > 0, log(where(x > 0, x, 1.0)), 0.0)},
    "reciprocal": {"op": lambda x: where(x == 0, 0.0, 1 / where(x == 0, 1.0, x))},
}
FIRST = Array.of([True, False], "bool")
CHOOSING = {
    "where": lambda x, number: where(FIRST, x, number),
    "where_not": lambda x, number: where(FIRST, number, x),
    "masked_fill": lambda x, number: masked_fill(x, FIRST, number),
    "by_comparison": lambda x, number: where(x > 2.5, x, number),
}
CUT_TO_ZERO = {
    "where": {"op": lambda x: where(FIRST, x, 0.0)},
    "where_not": {"op": lambda x: where(x > 2.5, 0.0, x)},
    "masked_fill": {"op": lambda x: masked_fill(x, FIRST, 0.0)},
    "tril": {"op": lambda x: trace.tril(x.reshape((1, 2)))},
    "threshold": {"op": lambda x: trace.threshold(x, 2.5, 0.0)},
    "hardshrink": {"op": lambda x: trace.hardshrink(x, 2.5)},
}
AT_THE_FLOOR = {
    "relu": trace.relu,
    "relu6": trace.relu6,
    "clamp": lambda x: clamp(x, 0.0, 5.0),
    "clamp_min": lambda x: trace.clamp_min(x, 0.0),
    "hardtanh": lambda x: trace.hardtanh(x, 0.0, 1.0),
    "maximum": lambda x: maximum(x, 0.0 * x.detach()),
}
FUNCTIONS = ("exp", "log", "sqrt", "sin", "tanh", "sigmoid", "softplus", "square", "atan", "neg")


@nan(x=NAN, y=2.0, variants=ARITHMETIC)
def nan_in_arithmetic(x, y, *, op):
    """one operator on nan and 2"""
    return op(x, y)


@nan(x=INFINITY, y=2.0, variants=ARITHMETIC)
def infinity_in_arithmetic(x, y, *, op):
    """one operator on infinity and 2"""
    return op(x, y)


@nan(x=INFINITY, y=INFINITY, variants=ARITHMETIC)
def infinities_in_arithmetic(x, y, *, op):
    """one operator on infinity and infinity"""
    return op(x, y)


@nan(x=NAN, variants={name: {"op": getattr(trace, name)} for name in FUNCTIONS})
def nan_in_a_function(x, *, op):
    """f(nan)"""
    return op(x)


@nan(
    variants={
        f"{name}_of_{x}": {"op": getattr(trace, name), "x": x}
        for name in FUNCTIONS
        for x in (INFINITY, -INFINITY)
    }
)
def infinity_in_a_function(x, *, op):
    """f of an infinity"""
    return op(x)


@nan(x=NAN, variants={f"{n}": {"n": n} for n in (0, 1, 2)})
def power_of_nan(x, *, n):
    """nan ** n: nan ** 0 is 1"""
    return x**n


@nan(variants={f"{x}_to_the_{n}": {"x": x, "n": n} for x in (INFINITY, -INFINITY) for n in (2, -1)})
def power_of_infinity(x, *, n):
    """an infinity to a whole power"""
    return x**n


@doubtful(x=NAN)
def relu_of_nan(x):
    """relu(nan) is nan, and torch's gradient there is 1"""
    return trace.relu(x)


@doubtful(x=NAN)
def abs_of_nan(x):
    """|nan| is nan, and torch's gradient there is 0"""
    return abs(x)


@nan(x=NAN)
def clamp_of_nan(x):
    """clamp(nan) is nan, and its gradient is 0"""
    return clamp(x, -1.0, 1.0)


@doubtful(x=NAN)
def sign_of_nan(x):
    """sign(nan) is 0 in torch, and nan in NumPy"""
    return x.sign()


@doubtful(
    variants={
        f"{op.__name__}_{x}_{y}": {"op": op, "x": x, "y": y}
        for op in (maximum, minimum)
        for x, y in [(NAN, 1.0), (1.0, NAN)]
    }
)
def extremum_with_nan(x, y, *, op):
    """maximum and minimum with nan: nan, and both operands get the whole gradient"""
    return op(x, y)


@nan(x=NAN, y=1.0, variants={"fmax": {"op": trace.fmax}, "fmin": {"op": trace.fmin}})
def extremum_that_ignores_nan(x, y, *, op):
    """fmax and fmin with nan: the other operand is the result, and gets the gradient"""
    return op(x, y)


@on_tensors(x=[NAN, INFINITY, -INFINITY, 1.0])
def replaced_by_numbers(x):
    """nan_to_num: the gradient of a replaced element is 0"""
    return nan_to_num(x) * 0.5


@nan(x=0.0, y=NAN)
def zero_times_the_logarithm_of_nan(x, y):
    """xlogy(0, nan) is nan: a zero does not hide it"""
    return xlogy(x, y)


@doubtful_tensors(
    x=[-1.0, 0.0, 4.0],
    variants={
        "sqrt": {"op": lambda x: where(x > 0, sqrt(x), 0.0)},
        "log": {"op": lambda x: where(x > 0, log(x), 0.0)},
        "reciprocal": {"op": lambda x: where(x == 0, 0.0, 1 / x)},
        "masked_fill": {"op": lambda x: masked_fill(sqrt(x), x <= 0, 0.0)},
    },
)
def masked_after_the_function(x, *, op):
    """a mask over an infinite slope: the value is 0, the gradient is 0 * inf, so nan"""
    return op(x)


@case(x=[-1.0, 0.25, 4.0], variants=SAFELY_MASKED)
def masked_before_and_after(x, *, op):
    """the safe form: the input is masked as well, and the gradient is 0 where the mask is"""
    return op(x)


@on_tensors(x=[-1.0, 0.0, 4.0], variants=SAFELY_MASKED)
def masked_before_and_after_at_zero(x, *, op):
    """the safe form, with the pole itself among the masked elements"""
    return op(x)


@on_tensors(x=[0.0, 4.0], variants={"sqrt": {"op": sqrt}, "log": {"op": log}})
def zero_cotangent_on_an_infinite_derivative(x, *, op):
    """a cotangent of 0 where the derivative is infinite: nan"""
    y = op(x)
    backward(y, [0.0, 1.0])
    read(y, x.grad)


@on_tensors(x=[1.0, 4.0])
def nan_cotangent(x):
    """a cotangent of nan: it goes through, and stays at its element"""
    y = exp(x)
    backward(y, [NAN, 1.0])
    read(y, x.grad)


@nan(
    variants={
        f"{name}_of_{x}": {"op": getattr(trace, name), "x": x}
        for name in ("relu", "relu6", "leaky_relu", "hardtanh", "abs", "sign", "elu", "softsign")
        for x in (INFINITY, -INFINITY)
    }
)
def infinity_in_a_piece(x, *, op):
    """an infinity in a function of pieces: relu(-inf) is 0, and 0 * inf would be nan"""
    return op(x)


@on_tensors(
    x=[2.0, 3.0],
    variants={
        f"{name}-{number}": {"op": op, "number": number}
        for name, op in CHOOSING.items()
        for number in (NAN, INFINITY, -INFINITY)
    },
)
def chosen_beside_no_number(x, *, op, number):
    """a choice between x and nan or an infinity: what is not chosen leaves no trace

    A choice that is computed as x * mask + other * (1 - mask) gives nan, because 0 * inf is nan.
    """
    return op(x, number)


@on_tensors(x=[2.0, 3.0], variants=CUT_TO_ZERO)
def logarithm_of_a_chosen_zero(x, *, op):
    """log of x where elements were set to 0: -inf there, and the gradient of x is 0

    The slope of the logarithm is inf. The way back chooses, and does not multiply by a mask.
    """
    return log(op(x))


@nan(
    x=-1.0,
    variants={
        f"{function.__name__}-{name}": {"f": function, "op": op}
        for function in (log, sqrt)
        for name, op in AT_THE_FLOOR.items()
    },
)
def infinite_slope_behind_a_floor(x, *, f, op):
    """log or sqrt of a function that is 0 at -1: the gradient is 0, and not 0 * inf"""
    return f(op(x))


@nan(x=-1.0, y=0.0)
def infinite_slope_at_the_other_branch(x, y):
    """sqrt(where(x > 0, x, y)) at -1 and 0: the gradient of x is 0, that of y infinite"""
    return sqrt(where(x > 0, x, y))


@nan(x=2.0)
def infinity_times_zero(x):
    """(x * inf) * 0: nan in value and gradient"""
    return (x * INFINITY) * 0


@nan(x=2.0, y=NAN)
def nan_times_zero(x, y):
    """x + y * 0 with y = nan: the factor 0 does not stop the nan"""
    return x + y * 0


@nan(x=2.0, y=NAN)
def nan_in_an_unread_branch(x, y):
    """a nan in a branch that does not reach the root changes nothing"""
    _unused = x * y
    z = x * 3
    backward(z)
    read(z, x.grad)


@nan(x=-INFINITY, y=-INFINITY)
def logaddexp_of_infinities(x, y):
    """logaddexp(-inf, -inf): -inf, with gradients of nan"""
    return logaddexp(x, y)
