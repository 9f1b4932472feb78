"""Ops along each axis of a tensor with three axes, all of another size, and counted from the end."""

from functools import partial

from gradconform import Array, case, trace
from gradconform.catalogue import normal, uniform
from gradconform.trace import amax, amin, cat, flip, glu, norm, roll, stack, unbind

AXES = (-1, -2, -3)

WITH_DIM = ("sum", "mean", "prod", "logsumexp", "amax", "amin", "softmax", "log_softmax", "softmin")
WITH_DIM += ("cumsum", "cumprod", "logcumsumexp", "normalize", "nansum")
# Libraries differ in the default of the correction.
SPREADS = {name: partial(getattr(trace, name), correction=1) for name in ("var", "std")}
# These give indices too; the values are the first result.
WITH_INDICES = ("max_dim", "min_dim", "median_dim", "cummax", "cummin", "sort")
# A pair of axes, the last or the first of which is -1.
OF_TWO_AXES = {
    "transpose": lambda x, a: x.transpose(a, 0),
    "movedim": lambda x, a: trace.movedim(x, a, 0),
    "permute": lambda x, a: x.permute((a, 1, 0)),
    "diagonal": lambda x, a: trace.diagonal(x, dim1=a, dim2=0),
    "flatten": lambda x, a: trace.flatten(x, 1, a),
    "rot90": lambda x, a: trace.rot90(x, 1, (0, a)),
    "cumsum_of_a_mean": lambda x, a: trace.cumsum(x.mean(dim=-2), dim=a),
    "sum_of_two": lambda x, a: x.sum(dim=(0, a)),
    "mean_of_two": lambda x, a: x.mean(dim=(a, -2)),
    "amax_of_two": lambda x, a: x.amax(dim=(a, 0)),
    "logsumexp_of_two": lambda x, a: x.logsumexp(dim=(0, a)),
    "var_of_two": lambda x, a: x.var(dim=(a, -3), correction=1),
}
MOVED = {
    "flip": lambda x, dim: flip(x, (dim,)),
    "roll": lambda x, dim: roll(x, 1, dim),
    "unsqueeze": lambda x, dim: x.unsqueeze(dim),
    "select": lambda x, dim: trace.select(x, dim, -2),
    "narrow": lambda x, dim: trace.narrow(x, dim, 1, 1),
    "unbind": lambda x, dim: unbind(x, dim, results=x_size(dim))[1],
    "cat": lambda x, dim: cat([x, x * 2.0], dim=dim),
    "stack": lambda x, dim: stack([x, x * 2.0], dim=dim),
    "repeat_interleave": lambda x, dim: trace.repeat_interleave(x, 2, dim=dim),
    "index_select": lambda x, dim: trace.index_select(x, dim, Array.of([1, 0, 1], "int64")),
    "topk": lambda x, dim: trace.topk(x, 2, dim=dim)[0],
    "split": lambda x, dim: trace.split(x, [1, x_size(dim) - 1], dim, results=2)[1],
    "norm": lambda x, dim: norm(x, dim=dim),
    "keeping": lambda x, dim: x / x.sum(dim=dim, keepdim=True),
    "shifted": lambda x, dim: x - amax(x, dim=dim, keepdim=True) + amin(x, dim=dim, keepdim=True),
}
SIZES = (2, 3, 4)

on_tensors = partial(case, x=uniform(2, 3, 4, low=0.3, high=1.7))


def x_size(dim):
    """The size of x along the axis."""
    return SIZES[dim]


@on_tensors(
    variants={
        f"{name},{dim}": {"op": op, "dim": dim}
        for name, op in ({name: getattr(trace, name) for name in WITH_DIM} | SPREADS).items()
        for dim in AXES
    }
)
def from_the_end(x, *, op, dim):
    """an op along an axis of three that is counted from the end"""
    return op(x, dim=dim)


@case(
    x=uniform(3, 5, 7, low=0.3, high=1.7),  # libraries differ in the median of an even number
    variants={
        f"{name},{dim}": {"op": getattr(trace, name), "dim": dim}
        for name in WITH_INDICES
        for dim in AXES
    },
)
def values_from_the_end(x, *, op, dim):
    """the values of an op that gives indices too, along an axis of three"""
    return op(x, dim=dim)[0]


@on_tensors(
    variants={f"{name},{dim}": {"op": op, "dim": dim} for name, op in MOVED.items() for dim in AXES}
)
def moved_from_the_end(x, *, op, dim):
    """elements that are moved, chosen or scaled along an axis of three"""
    return op(x, dim)


@on_tensors(variants={name: {"op": op} for name, op in OF_TWO_AXES.items()})
def two_axes(x, *, op):
    """an op of two axes of three, one of which is the last"""
    return op(x, -1)


@case(x=normal(2, 3, 4), variants={"-1": {"dim": -1}, "-3": {"dim": -3}})
def halves(x, *, dim):
    """glu along an axis of three: one half, times the sigmoid of the other"""
    return glu(x, dim=dim)
