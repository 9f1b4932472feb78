"""Formulas that lose all digits when they are written naively: large logits, tiny arguments."""

from functools import partial

from gradconform import Tolerance, case, trace
from gradconform.catalogue import literal
from gradconform.trace import (
    backward,
    exp,
    expm1,
    hypot,
    log1p,
    log_softmax,
    logaddexp,
    nll_loss,
    read,
    sigmoid,
    softmax,
    var,
)

stable = partial(case, level="torch", tags=("scalar", "stability"), convention="stable")
on_tensors = partial(case, level="torch", tags=("stability",), convention="stable")
ordinary = partial(case, tags=("stability",))

RELATIVE = Tolerance(1e-12, 0.0, "the result is far below 1e-12, so only its digits count")
# Step by step infinity is divided by infinity. An engine that fuses the ops gives the number.
doubtful = partial(case, level="torch", convention="questionable")
BOUNDED = ("sigmoid", "tanh", "logsigmoid", "softplus", "silu", "gelu", "mish", "elu", "selu")
BOUNDED += ("softsign", "erf", "erfc", "atan")


def target(*classes):
    """Class indices."""
    return literal([*classes], "int64")


@stable(
    variants={
        f"{name}_of_{x}": {"op": getattr(trace, name), "x": x}
        for name in BOUNDED
        for x in (-1000.0, -40.0, 40.0, 1000.0)
    }
)
def far_from_zero(x, *, op):
    """a function that saturates, far from zero: exact limits and gradients, no nan

    A sigmoid that is written with exp(-x) divides infinity by infinity at -1000.
    """
    return op(x)


@stable(
    tolerance=RELATIVE,
    x=-40.0,
    variants={
        **{
            name: {"op": getattr(trace, name)}
            for name in ("sigmoid", "softplus", "silu", "mish", "elu", "selu")
        },
        "logsigmoid": {"op": lambda x: trace.logsigmoid(-x)},
    },
)
def tail_that_keeps_its_digits(x, *, op):
    """a function that saturates, at -40: values and gradients from 4e-18 to 2e-16, and not 0"""
    return op(x)


@stable(
    tolerance=RELATIVE,
    variants={f"{x}": {"x": x} for x in (1e-20, -1e-20, 1e-10)},
)
def expm1_of_a_tiny_number(x):
    """expm1 near 0: exp(x) - 1 would have no digit left"""
    return expm1(x)


@stable(
    tolerance=RELATIVE,
    variants={f"{x}": {"x": x} for x in (1e-20, -1e-20, 1e-10)},
)
def log1p_of_a_tiny_number(x):
    """log1p near 0: log(1 + x) would have no digit left"""
    return log1p(x)


@stable(x=-60.0, tolerance=RELATIVE)
def sigmoid_far_below_zero(x):
    """sigmoid(-60) is 9e-27, and not 0"""
    return sigmoid(x)


@stable(x=-60.0, tolerance=RELATIVE)
def softplus_far_below_zero(x):
    """softplus(-60) is 9e-27: log1p keeps what log(1 + exp(x)) loses"""
    return trace.softplus(x)


@stable(x=1e200, y=1e200)
def hypotenuse_of_large_sides(x, y):
    """hypot(1e200, 1e200): the squares overflow, the result does not"""
    return hypot(x, y)


@stable(variants={"equal": {"x": 1000.0, "y": 1000.0}, "unequal": {"x": -1000.0, "y": 1000.0}})
def logaddexp_of_large_numbers(x, y):
    """log(exp(1000) + exp(1000))"""
    return logaddexp(x, y)


@doubtful(x=[1000.0, 0.0], tags=("stability",))
def softmax_spelt_out(x):
    """exp(x) / exp(x).sum() of large logits: nan, because exp overflows"""
    e = exp(x)
    return e / e.sum()


@ordinary(x=[1.2, -0.7, 0.4], variants={f"{c}": {"c": c} for c in (-30.0, 10.0, 30.0)})
def softmax_of_shifted_logits(x, *, c):
    """softmax(x + c): a constant in every logit changes neither value nor gradient"""
    return softmax(x + c, dim=0)


LOGITS = [[1.2, -0.7, 0.4], [0.3, 0.9, -1.1], [-0.2, 0.5, 2.0]]


@ordinary(x=LOGITS, t=target(2, 1, 0))
def cross_entropy_in_two_steps(x, t):
    """nll_loss(log_softmax(x)), which is cross_entropy"""
    return nll_loss(log_softmax(x, dim=1), t)


# Pinned: in float32 torch has three right digits.
@on_tensors(
    x=literal([1.0e5 + 1, 1.0e5 + 2, 1.0e5 + 4], "float64"),
    tolerance=Tolerance(1e-9, 1e-9, "torch itself is off by 1e-11"),
)
def variance_far_from_zero(x):
    """var of numbers near 100,000: mean of squares minus square of the mean loses digits"""
    return var(x, correction=1)


@on_tensors(
    x=literal([1e9 + 1, 1e9 + 2, 1e9 + 4], "float64"),
    tolerance=Tolerance(1e-6, 1e-6, "torch itself is off by 1.2e-7"),
)
def variance_very_far_from_zero(x):
    """var of numbers near 1e9: mean of squares minus square of the mean loses every digit"""
    return var(x, correction=1)


# Pinned: float32 has no room for the ones.
@ordinary(x=literal([1e15, 1.0, -1e15, 2.0], "float64"))
def sum_with_cancellation(x):
    """1e15 + 1 - 1e15 + 2, exact in float64 in any order"""
    return x.sum()


@doubtful(x=710.0, tags=("scalar", "stability"))
def quotient_of_overflows(x):
    """exp(x) / exp(x) where both overflow: infinity over infinity, so nan"""
    return exp(x) / exp(x)


@on_tensors(x=[0.0, 0.0])
def equal_logits_with_a_given_cotangent(x):
    """log_softmax of equal logits with the cotangent (1, 0): a half, and minus a half"""
    y = log_softmax(x, dim=0)
    backward(y, [1.0, 0.0])
    read(y, x.grad)
