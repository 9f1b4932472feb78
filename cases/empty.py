"""Tensors without elements: sums, products, means and indices of nothing.

All of these are torch's choice: a correct engine may have no tensor of shape (0, 3), as nested lists
have none.
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import literal, normal
from gradconform.trace import (
    amax,
    argmax,
    backward,
    cat,
    cumsum,
    einsum,
    exp,
    linear,
    log_softmax,
    logsumexp,
    max,
    mean,
    median,
    mse_loss,
    norm,
    prod,
    read,
    relu,
    softmax,
    sort,
    split,
    stack,
    sum,
    var,
    where,
)

empty = partial(case, level="torch", tags=("empty",), convention="stable")
refused = partial(case, level="torch", tags=("empty", "error"), convention="stable")


@empty(
    variants={"(0,)": {"x": normal(0)}, "(0,3)": {"x": normal(0, 3)}, "(2,0)": {"x": normal(2, 0)}}
)
def summed(x):
    """the sum of nothing: 0"""
    return x.sum()


@empty(x=normal(0, 3), variants={"sum": {"op": sum}, "prod": {"op": prod}})
def over_the_empty_axis(x, *, op):
    """sum and prod over the axis of size 0: zeros and ones, one for each column"""
    return op(x, dim=0)


@empty(
    x=normal(0, 3),
    variants={
        "sum": {"op": sum},
        "prod": {"op": prod},
        "mean": {"op": mean},
        "logsumexp": {"op": logsumexp},
        "amax": {"op": amax},
    },
)
def over_the_other_axis(x, *, op):
    """a reduction over the axis of size 3 of a (0, 3): an empty vector"""
    return op(x, dim=1)


@empty(x=normal(0))
def multiplied(x):
    """the product of nothing: 1"""
    return x.prod()


@empty(x=normal(0, 3), y=normal(3), tags=("empty", "reuse"))
def with_a_row(x, y):
    """(exp(x) + y) * y: the row gets zeros"""
    return (exp(x) + y) * y


@empty(
    variants={
        "(0,3)@(3,2)": {"a": normal(0, 3), "b": normal(3, 2)},
        "(2,0)@(0,3)": {"a": normal(2, 0), "b": normal(0, 3)},
        "(2,3)@(3,0)": {"a": normal(2, 3), "b": normal(3, 0)},
        "(0,)@(0,)": {"a": normal(0), "b": normal(0)},
        "(0,2,3)@(3,2)": {"a": normal(0, 2, 3), "b": normal(3, 2)},
    }
)
def product_of_matrices(a, b):
    """a @ b with an axis of size 0: no rows, or a sum of nothing"""
    return a @ b


@empty(x=normal(0, 3), w=normal(2, 3), b=normal(2))
def linear_layer_of_no_rows(x, w, b):
    """relu(linear(x)) of no rows: weight and bias get zeros"""
    return relu(linear(x, w, b))


@empty(x=normal(0, 3), y=normal(2, 3))
def joined(x, y):
    """cat of no rows and two rows"""
    return cat([x, y], dim=0)


@empty(x=normal(0), y=normal(0))
def stacked(x, y):
    """stack of two empty vectors: (2, 0)"""
    return stack([x, y], dim=0)


@empty(x=normal(3))
def split_off(x):
    """split into nothing and the rest: exp of the rest"""
    nothing, rest = split(x, [0, 3], 0, results=2)
    return exp(rest) + nothing.sum()


@empty(
    x=normal(2, 3),
    variants={
        "rows": {"index": slice(1, 1)},
        "columns": {"index": (slice(None), slice(3, None))},
    },
)
def indexed(x, *, index):
    """exp of an empty index: the leaf gets zeros"""
    return exp(x[index])


@empty(x=normal(2, 3), m=literal([False, False], dtype="bool"))
def masked(x, m):
    """x[mask] with a mask that marks nothing, times 2"""
    return x[m] * 2.0


@empty(
    x=normal(0, 3),
    variants={
        "reshape": {"move": lambda x: x.reshape((3, 0))},
        "T": {"move": lambda x: x.T},
        "unsqueeze": {"move": lambda x: x.unsqueeze(0)},
        "flip": {"move": lambda x: x.flip((0,))},
    },
)
def moved(x, *, move):
    """the movement of an empty tensor"""
    return move(x)


@empty(
    x=normal(0, 3),
    variants={
        "softmax-1": {"op": softmax, "dim": 1},
        "log_softmax-1": {"op": log_softmax, "dim": 1},
        "cumsum-0": {"op": cumsum, "dim": 0},
    },
)
def along_an_axis(x, *, op, dim):
    """softmax and cumsum of an empty tensor"""
    return op(x, dim=dim)


@empty(x=normal(0, 3), y=normal(3))
def chosen(x, y):
    """where on empty tensors: both branches"""
    return where(x > 0, x, y)


@empty(x=normal(0, 2), y=normal(2, 3))
def by_einsum(x, y):
    """einsum of no rows"""
    return einsum("ij,jk->ik", x, y)


@empty(x=normal(0), tags=("empty", "reuse"))
def added_to_a_number(x):
    """x.sum() + (x * x).sum() + 1"""
    return x.sum() + (x * x).sum() + 1.0


@empty(x=normal(0, 3), variants={"all": {"options": {}}, "first": {"options": {"dim": 0}}})
def averaged(x, *, options):
    """the mean of nothing: nan"""
    return mean(x, **options)


@empty(
    x=normal(0),
    variants={
        "median": {"op": median},
        "norm": {"op": norm},
        "logsumexp": {"op": partial(logsumexp, dim=0)},
    },
)
def other_reductions(x, *, op):
    """the median of nothing is nan, its norm 0, its logsumexp minus infinity"""
    return op(x)


@empty(x=normal(0, 3), variants={"softmax": {"op": softmax}, "log_softmax": {"op": log_softmax}})
def softmax_over_the_empty_axis(x, *, op):
    """softmax over the axis of size 0: empty, where NumPy finds no largest element to subtract"""
    return op(x, dim=0)


@empty(x=normal(0, 3))
def variance(x):
    """the variance of nothing: nan"""
    return var(x, dim=0)


@empty(x=normal(0, 2), y=normal(0, 2))
def loss(x, y):
    """mse_loss of nothing: nan, the mean of nothing"""
    return mse_loss(x, y)


@empty(x=normal(0, 3))
def largest_of_each_empty_row(x):
    """max over the axis of size 3 of a (0, 3): empty, because there are no rows"""
    values, _ = max(x, dim=1)
    return values


@empty(x=normal(0, 3))
def sorted_rows(x):
    """sort of no rows"""
    values, _ = sort(x, dim=1)
    return values


@empty(x=normal(0, 3), tags=("empty", "lifecycle"))
def bare_backward(x):
    """backward from the sum of nothing, without an argument: zeros of shape (0, 3)"""
    y = (x * 2.0).sum()
    backward(y, None)
    read(y, x.grad)


@refused(
    x=normal(0, 3),
    variants={
        "max": {"op": max},
        "max_0": {"op": lambda x: max(x, dim=0)[0]},
        "amax_0": {"op": lambda x: amax(x, dim=0)},
        "argmax": {"op": argmax},
        "number": {"op": lambda x: x[0]},
        "reshape": {"op": lambda x: x.reshape((1, 3))},
        "reshape_unknown": {"op": lambda x: x.reshape((-1, 0))},
    },
)
def that_is_not_there(x, *, op):
    """the largest or the first element of an empty tensor: an error"""
    return op(x)
