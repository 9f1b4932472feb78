"""Diamonds: paths of a graph that part and meet again, of equal and of unequal length."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import exp, sigmoid, tanh

reuse = partial(case, tags=("scalar", "reuse"))


@reuse(x=0.7, y=1.2)
def diamond(x, y):
    """h = x * y; two branches of equal length meet again"""
    h = x * y
    return (h + x) * (h - y)


@reuse(x=3.0)
def diamond_of_sums(x):
    """a = 2x, b = 3x, a * b + a"""
    a, b = 2 * x, 3 * x
    return a * b + a


@reuse(x=0.7, variants={f"{length}_longer": {"length": length} for length in (1, 2, 3, 5, 20)})
def short_branch_first(x, *, length):
    """h is multiplied by a chain that starts at h; h is the left operand

    The backward pass may go on from the first node only when the gradient through the chain has arrived too.
    """
    h = long = x * 1.5
    for _ in range(length):
        long = long * 0.9 + 0.1
    return h * long


@reuse(x=0.7, variants={f"{length}_longer": {"length": length} for length in (1, 2, 3, 5, 20)})
def long_branch_first(x, *, length):
    """h is multiplied by a chain that starts at h; h is the right operand"""
    h = long = x * 1.5
    for _ in range(length):
        long = long * 0.9 + 0.1
    return long * h


@reuse(x=0.7, y=1.2)
def result_at_three_depths(x, y):
    """h is used at once, one step later and three steps later"""
    h = x * y
    late = tanh(h * 2 + x)
    return h + h * y + late * h


@reuse(x=0.7, y=1.2)
def leaf_at_every_depth(x, y):
    """((x * y + x) * y + x) * y + x"""
    return ((x * y + x) * y + x) * y + x


@reuse(x=0.7)
def branch_from_the_middle_of_a_branch(x):
    """a, then b from a, then c from both, then d from a, b and c"""
    a = x * 2
    b = a * a
    c = a + b * 3
    return a * b * c


@reuse(x=0.7)
def diamond_in_a_diamond(x):
    """an inner diamond on one branch of an outer one"""
    a = exp(x)
    b = a * 0.5
    inner = b * 2 + b**2
    return a * 3 + inner * a


@reuse(x=0.7, y=1.2, variants={"left_first": {"late": False}, "right_first": {"late": True}})
def branches_built_in_either_order(x, y, *, late):
    """two branches of one diamond, the longer one built first or last: the gradients are the same"""
    h = x * y
    first = h * 2 if late else tanh(h) * x
    second = tanh(h) * x if late else h * 2
    return (second - first) * y if late else (first - second) * y


@reuse(x=0.7)
def diamonds_in_a_row(x):
    """four diamonds, each from the end of the one before"""
    for factor in (0.5, 0.6, 0.7, 0.8):
        x = x * factor + tanh(x)
    return x


@case(x=normal(2, 3), y=normal(2, 3), tags=("reuse",))
def tensors_at_uneven_depth(x, y):
    """h = x * y is used now, and again after two activations"""
    h = x * y
    return tanh(sigmoid(h) * 2) * h
