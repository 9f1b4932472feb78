"""The walk back: where it starts, whether it gets everywhere, and its order, asked with `+`, `*` or `-`.

A grader takes the first of `by_add`, `by_mul` and `by_sub` whose op is right by itself.
"""

from functools import partial
from operator import add, mul, sub

from gradconform import case
from gradconform.trace import backward, read, zero_grad

scalar = partial(case, tags=("scalar",))
reuse = partial(case, tags=("scalar", "reuse"))

BY = {f"by_{op.__name__}": {"op": op} for op in (add, mul, sub)}


@scalar(x=1.7)
def from_a_leaf(x):
    """backward from a leaf: its derivative by itself is 1"""
    backward(x)
    read(x, x.grad)


@case(
    x=3.0,
    y=2.0,
    tags=("scalar", "lifecycle"),
    variants={op.__name__: {"op": op} for op in (add, mul, sub)},
)
def two_graphs(x, y, *, op):
    """two graphs share their leaves, and zero_grad of x comes between: y adds up both gradients"""
    backward(op(x, y))
    zero_grad(x)
    last = op(x, y)
    backward(last)
    read(x.grad, y.grad, result=last)


@scalar(x=1.7, y=0.6, z=-0.4, w=1.3, variants={n: BY[n] for n in ("by_add", "by_sub")})
def down_a_chain(x, y, z, w, *, op):
    """((x op y) op z) op w: each leaf has a gradient of 1 or -1"""
    return op(op(op(x, y), z), w)


@scalar(x=1.7, y=0.6, z=-0.4, w=1.3)
def down_two_branches(x, y, z, w):
    """(x + y) + (z + w): each leaf has a gradient of 1"""
    return (x + y) + (z + w)


@reuse(x=1.7, y=0.6, variants=BY)
def short_path_first(x, y, *, op):
    """h and a chain that starts at h; h is the left operand

    The walk may go on from the first node only when the gradient through the chain has arrived too.
    """
    h = op(x, y)
    return op(h, op(op(op(h, y), x), y))


@reuse(x=1.7, y=0.6, variants=BY)
def long_path_first(x, y, *, op):
    """h and a chain that starts at h; h is the right operand"""
    h = op(x, y)
    return op(op(op(op(h, y), x), y), h)


@reuse(x=1.7, y=0.6, variants=BY)
def diamond(x, y, *, op):
    """two branches of equal length part at h, meet again, and the result meets h"""
    h = op(x, y)
    return op(op(op(h, x), op(h, y)), h)


@reuse(x=1.7, y=0.6, variants=BY)
def three_uses_at_three_depths(x, y, *, op):
    """h is used at once, one step later and three steps later"""
    h = op(x, y)
    return op(op(h, x), op(op(h, y), op(op(op(h, x), y), x)))


@reuse(x=1.7, y=0.6, variants=BY)
def each_from_the_two_before(x, y, *, op):
    """each result is made from the two before, eight times"""
    for _ in range(8):
        x, y = y, op(x, y)
    return y


@reuse(x=1.7, y=0.6, z=-0.4, variants=BY)
def equal_results(x, y, z, *, op):
    """two results of equal value are two nodes

    A class with `__eq__` but no matching `__hash__`, or with both by value, merges the two.
    """
    a, b = op(x, y), op(x, y)
    return op(op(a, z), b)


@reuse(x=1.7, y=0.9, variants=BY)
def long_chain(x, y, *, op):
    """a chain of sixty nodes, and a leaf that all of them use"""
    h = x
    for _ in range(60):
        h = op(h, y)
    return op(h, x)
