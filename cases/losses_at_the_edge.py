"""Losses at kinks, at the ends of their range, far out, and with targets that are left out."""

from functools import partial

from gradconform import Tolerance, case
from gradconform.catalogue import constant, literal, normal
from gradconform.trace import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    hinge_embedding_loss,
    huber_loss,
    l1_loss,
    margin_ranking_loss,
    mse_loss,
    nll_loss,
    smooth_l1_loss,
    triplet_margin_loss,
)

INF = float("inf")
REDUCTIONS = {how: {"reduction": how} for how in ("mean", "sum", "none")}

torch_choice = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")


def classes(*indices):
    """Targets, which need no gradient."""
    return literal(list(indices), dtype="int64")


@torch_choice(x=[1.0, 2.0], y=[1.0, 3.0], tags=("kink",), variants=REDUCTIONS)
def l1_of_equal_elements(x, y, *, reduction):
    """l1_loss where input and target are equal: the subgradient 0"""
    return l1_loss(x, y, reduction=reduction)


@torch_choice(
    x=[0.0, 1.0, -1.0],
    y=constant([0.0, 0.0, 0.0]),
    tags=("kink",),
    variants={"smooth_l1": {"op": smooth_l1_loss}, "huber": {"op": huber_loss}},
)
def at_zero_and_at_the_width(x, y, *, op):
    """smooth l1 and huber loss at 0 and where the parabola meets the line"""
    return op(x, y, reduction="none")


@torch_choice(x=[1.0, 0.5], t=constant([-1.0, -1.0]), tags=("kink",))
def hinge_at_the_margin(x, t):
    """hinge embedding loss where the margin is met exactly: the loss is 0, its gradient -1 and not 0"""
    return hinge_embedding_loss(x, t, reduction="none")


@torch_choice(x=[1.0, 0.5], y=[0.5, 0.5], t=constant([1.0, 1.0]), tags=("kink",))
def ranking_at_the_margin(x, y, t):
    """margin ranking loss where the margin is met exactly: the loss is 0, its gradient is not"""
    return margin_ranking_loss(x, y, t, margin=0.5, reduction="none")


@torch_choice(x=[[0.0, 0.0]], y=[[3.0, 4.0]], z=[[6.0, 8.0]], tags=("kink",))
def triplet_at_the_margin(x, y, z):
    """triplet margin loss where the margin of 5 is met exactly: the loss is 0, its gradient is not"""
    return triplet_margin_loss(x, y, z, margin=5.0, eps=0.0)


@torch_choice(
    x=[[1000.0, 0.0]],
    tags=("stability",),
    variants={"right": {"t": classes(0)}, "wrong": {"t": classes(1)}},
)
def cross_entropy_far_out(x, t):
    """cross entropy of the logits 1000 and 0: 0 or 1000, and no overflow"""
    return cross_entropy(x, t)


@torch_choice(
    x=[[-INF, 0.0, 1.0]],
    tags=("edge",),
    variants={"finite": {"t": classes(2)}, "infinite": {"t": classes(0)}},
)
def cross_entropy_of_minus_infinity(x, t):
    """cross entropy with a logit of minus infinity, on the target or beside it"""
    return cross_entropy(x, t)


@torch_choice(x=normal(3, 3), t=classes(2, -100, 0), variants=REDUCTIONS)
def class_that_is_ignored(x, t, *, reduction):
    """cross entropy with the target -100: the row counts neither in the sum nor in the divisor"""
    return cross_entropy(x, t, reduction=reduction)


@torch_choice(x=normal(3, 3), t=classes(1, 1, 0), variants=REDUCTIONS)
def class_that_is_ignored_by_name(x, t, *, reduction):
    """cross entropy with ignore_index=1"""
    return cross_entropy(x, t, ignore_index=1, reduction=reduction)


@torch_choice(x=normal(2, 3), t=classes(-100, -100), tags=("nan",), variants=REDUCTIONS)
def every_class_ignored(x, t, *, reduction):
    """cross entropy with every target ignored: the mean is 0 / 0, the gradient 0"""
    return cross_entropy(x, t, reduction=reduction)


@torch_choice(x=normal(3, 3), t=classes(0, -100, 2))
def ignored_and_smoothed(x, t):
    """cross entropy with an ignored target and label smoothing"""
    return cross_entropy(x, t, label_smoothing=0.1)


@case(
    p=[0.0, 1.0, 0.0, 1.0],
    t=constant([1.0, 0.0, 0.0, 1.0]),
    tags=("edge",),
    level="torch",
    convention="questionable",
    tolerance=Tolerance(1e-8, 1e-8, "torch divides by 1e-12 in float32"),
    variants=REDUCTIONS,
)
def certain_probabilities(p, t, *, reduction):
    """binary cross entropy at 0 and 1: torch clamps the logarithm at -100, and the gradient -1 / p at 1e12"""
    return binary_cross_entropy(p, t, reduction=reduction)


@torch_choice(
    x=[1000.0, -1000.0, 1000.0, -1000.0],
    t=constant([1.0, 1.0, 0.0, 0.0]),
    tags=("stability",),
    variants=REDUCTIONS,
)
def logits_far_out(x, t, *, reduction):
    """binary cross entropy of the logits 1000 and -1000: 0 or 1000, and no overflow"""
    return binary_cross_entropy_with_logits(x, t, reduction=reduction)


@refused(
    x=normal(2, 3),
    variants={
        "too_large": {"t": classes(0, 3), "op": cross_entropy},
        "negative": {"t": classes(0, -1), "op": cross_entropy},
        "too_many": {"t": classes(0, 1, 2), "op": cross_entropy},
        "nll": {"t": classes(3, 0), "op": nll_loss},
    },
)
def class_that_is_not_there(x, t, *, op):
    """a class out of range, or a target too many: an error"""
    return op(x, t)


@refused(x=normal(2, 3), y=normal(2, 2))
def regression_of_two_shapes(x, y):
    """mse_loss of shapes that do not broadcast: an error"""
    return mse_loss(x, y)


@refused(p=[0.5, 1.5], t=constant([0.0, 1.0]))
def probability_above_one(p, t):
    """binary cross entropy of 1.5: an error"""
    return binary_cross_entropy(p, t)


@refused(x=normal(2), y=normal(2))
def unknown_reduction(x, y):
    """mse_loss with a reduction that does not exist: an error"""
    return mse_loss(x, y, reduction="average")
