"""Every elementwise op on a matrix: one operand stretched, the result used with its input."""

from functools import partial
from operator import eq, ge, gt, le, lt, ne

from gradconform import case, trace
from gradconform.catalogue import away_from_zero, constant, literal, normal, positive, uniform
from gradconform.trace import (
    addcdiv,
    addcmul,
    celu,
    detach,
    elu,
    exp,
    floor_divide,
    gelu,
    grad,
    hardtanh,
    heaviside,
    leaky_relu,
    lerp,
    logical_and,
    logical_not,
    logical_or,
    logit,
    prelu,
    softplus,
    threshold,
    where,
)

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")

# Clear of 0, of the integers and half-integers, and of the bounds 0.5, 1, 3 and 6.
SPREAD = literal([[0.3, -1.2, 2.8], [-3.7, 6.3, -0.35]])

# Each op at points where it is smooth and where float32 is as good as float64.
UNARY = {
    "exp exp2 expm1 square sin cos atan sinh cosh tanh asinh erf erfc i0": normal(2, 3),
    "deg2rad rad2deg positive clone neg nan_to_num": normal(2, 3),
    "sigmoid logsigmoid silu mish softplus softsign tanhshrink": normal(2, 3),
    "reciprocal abs sinc relu selu sign": away_from_zero(2, 3),
    "log log2 log10 log1p sqrt rsqrt lgamma digamma entr": positive(2, 3),
    "asin acos atanh erfinv tan": uniform(2, 3, low=-0.9, high=0.9),
    "acosh": uniform(2, 3, low=1.2, high=3.0),
    "logit": uniform(2, 3, low=0.1, high=0.9),
    "floor ceil round trunc": SPREAD,
    "frac": literal([[0.3, 1.2, 2.8], [3.7, 6.3, 0.35]]),  # below 0, libraries differ
    "relu6 hardtanh softshrink hardshrink": SPREAD,
}


@case(
    b=normal(3),
    tags=("reuse",),
    variants={
        name: {"op": getattr(trace, name), "x": x}
        for names, x in UNARY.items()
        for name in names.split()
    },
)
def of_one_operand(x, b, *, op):
    """op(x) * b + x on a (2, 3), b a row

    The rule multiplies the upstream gradient. x is used a second time, so a rule that assigns
    instead of adding loses one of the two parts.
    """
    return op(x) * b + x


PARAMETERS = {
    "leaky_relu": partial(leaky_relu, negative_slope=0.1),
    "elu": partial(elu, alpha=0.5),
    "celu": partial(celu, alpha=0.5),
    "softplus": partial(softplus, beta=2.0),
    "hardtanh": partial(hardtanh, min_val=-2.0, max_val=1.0),
    "threshold": partial(threshold, threshold=0.1, value=20.0),
    "gelu": partial(gelu, approximate="none"),
    "gelu_by_tanh": partial(gelu, approximate="tanh"),
}


@case(x=SPREAD, b=normal(3), variants={name: {"op": op} for name, op in PARAMETERS.items()})
def with_a_parameter(x, b, *, op):
    """an activation with its parameter given, times a row, plus x"""
    return op(x) * b + x


@case(x=SPREAD, variants={"for_all": {"w": [0.25]}, "for_each_column": {"w": [0.25, 0.5, -1.0]}})
def with_a_slope_that_is_learnt(x, w):
    """prelu: the slope is a leaf, one for all columns or one for each"""
    return prelu(x, w)


@torch_choice(
    x=SPREAD,
    b=normal(3),
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("gelu", "leaky_relu", "hardsigmoid", "hardswish", "frac")
    },
)
def with_torchs_choice(x, b, *, op):
    """an op whose constants or rounding differ between libraries, with torch's: times a row, plus x"""
    return op(x) * b + x


@torch_choice(x=[-0.5, 0.0, 0.3, 1.0, 1.5], tags=("edge",))
def logit_held_away_from_its_ends(x):
    """logit with eps = 0.1: the argument is clamped to 0.1 and 0.9"""
    return logit(x, eps=0.1)


# Each with operands at which it is smooth: the second is stretched, then the first.
BINARY = {
    "add sub mul atan2 hypot copysign maximum minimum fmax fmin": (away_from_zero, away_from_zero),
    "logaddexp logaddexp2": (normal, normal),
    "div fmod remainder": (away_from_zero, away_from_zero),
    "pow xlogy": (positive, positive),
    "ldexp": (normal, normal),
}


@case(
    tags=("reuse",),
    variants={
        f"{name}-{side}": {
            "op": getattr(trace, name),
            "x": left(*shapes[0]),
            "y": right(*shapes[1]),
        }
        for names, (left, right) in BINARY.items()
        for name in names.split()
        for side, shapes in {"right": ((2, 3), (3,)), "left": ((3, 1), (3, 3))}.items()
    },
)
def of_two_operands(x, y, *, op):
    """op(x, y) * x, one of the two stretched: (3,) over rows, or (3, 1) over the columns of a square"""
    return op(x, y) * x


@case(x=normal(2, 3), y=normal(3), w=uniform(2, 1, low=0.1, high=0.9))
def interpolated(x, y, w):
    """lerp of (2, 3), (3,) and a weight (2, 1)"""
    return lerp(x, y, w)


@case(
    x=normal(2, 3),
    y=away_from_zero(3),
    z=away_from_zero(2, 1),
    variants={"addcmul": {"op": addcmul}, "addcdiv": {"op": addcdiv}},
)
def of_three_operands(x, y, z, *, op):
    """addcmul and addcdiv, two operands stretched, with a factor"""
    return op(x, y, z, value=0.5)


@case(
    x=normal(2, 3),
    y=normal(3),
    variants={op.__name__: {"op": op} for op in (lt, le, gt, ge, eq, ne)},
)
def chosen_by_a_comparison(x, y, *, op):
    """where of a comparison: the gradient goes through the branches, not through the condition"""
    return where(op(x, y), x * x, exp(y))


@case(
    x=normal(2, 3),
    y=normal(3),
    variants={
        "and": {"test": lambda x, y: logical_and(x > 0, y > 0)},
        "or": {"test": lambda x, y: logical_or(x > 0, y > 0)},
        "not": {"test": lambda x, y: logical_not(x > 0)},
        "isnan": {"test": lambda x, y: trace.isnan(x)},
        "isinf": {"test": lambda x, y: trace.isinf(x)},
        "isfinite": {"test": lambda x, y: trace.isfinite(x)},
    },
)
def chosen_by_a_test(x, y, *, test):
    """where of and, or, not, isnan, isinf, isfinite"""
    return where(test(x, y), x * y, x + y)


@case(
    x=literal([[1.5, -0.5, 2.0], [-1.0, -2.0, -0.25]]),
    variants={
        f"{op.__name__}-{dim}": {"op": op, "dim": dim}
        for op in (trace.any, trace.all)
        for dim in (0, 1)
    },
)
def chosen_by_any_or_all(x, *, op, dim):
    """where of any or all along an axis, kept"""
    return where(op(x > 0, dim=dim, keepdim=True), x * x, x)


@case(x=normal(2, 3), tags=("reuse", "stop-gradient"))
def detached(x):
    """detach(x) * x: only one of the two factors passes a gradient on"""
    return detach(x) * x


@case(x=away_from_zero(2, 3), y=positive(3), tags=("reuse",))
def long_expression(x, y):
    """((x * y + 1) / (x * x + y)) ** 2 - x / y"""
    return ((x * y + 1.0) / (x * x + y)) ** 2 - x / y


@case(x=normal(2, 3), c=constant(normal(3)))
def with_a_constant(x, c):
    """(x - c) * c: an operand that needs no gradient"""
    return (x - c) * c


@case(
    x=normal(3),
    tags=("order2",),
    variants={"exp": {"op": exp}, "tanh": {"op": trace.tanh}, "sigmoid": {"op": trace.sigmoid}},
)
def second_derivative(x, *, op):
    """the squared gradient of op(x).sum()"""
    g = grad(op(x).sum(), x)
    return g * g


@torch_choice(
    x=SPREAD,
    variants={
        name: {"op": getattr(trace, name)} for name in ("sign", "floor", "ceil", "round", "trunc")
    },
)
def piecewise_constant(x, *, op):
    """sign, floor, ceil, round, trunc alone: the gradient is zeros, and not missing"""
    return op(x)


@refused(
    x=normal(3),
    y=away_from_zero(3),
    variants={"heaviside": {"op": heaviside}, "floor_divide": {"op": floor_divide}},
)
def without_a_rule(x, y, *, op):
    """backward from heaviside or floor_divide: an error, because torch has no rule for them"""
    return op(x, y) * x
