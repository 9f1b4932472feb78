"""Tensors whose elements do not lie in memory in their own order, and what is computed from them next."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import cumsum, diagonal, exp, expand, flatten, flip, ravel, relu

on_tensors = partial(case, x=normal(2, 3))

# Each gives a (3, 2), (2, 3) or (2, 2) whose elements an engine may leave where they are.
VIEWS = {
    "T": lambda x: x.T,
    "transpose": lambda x: x.transpose(0, 1),
    "permute": lambda x: x.permute((1, 0)),
    "steps": lambda x: x[:, ::2],
    "columns": lambda x: x[:, 1:],
    "flip": lambda x: flip(x, (0, 1)),
    "stretched": lambda x: expand(x[:1], (3, 3)),
    "reshape": lambda x: x.reshape((3, 2)),
}
NEXT = {
    "reshape": lambda v, n: v.reshape((n,)),
    "reshape_by_minus_one": lambda v, n: v.reshape((-1,)),
    "flatten": lambda v, n: flatten(v),
    "ravel": lambda v, n: ravel(v),
    "T": lambda v, n: v.T,
    "transpose": lambda v, n: v.transpose(0, 1),
    "relu": lambda v, n: relu(v),
    "cumsum": lambda v, n: cumsum(v, dim=0),
    "product": lambda v, n: v @ v.T,
}
SIZES = {"steps": 4, "columns": 4, "stretched": 9}


@on_tensors(
    variants={
        f"{view}-{name}": {"view": make, "op": op, "size": SIZES.get(view, 6)}
        for view, make in VIEWS.items()
        for name, op in NEXT.items()
    }
)
def of_a_view(x, *, view, op, size):
    """an op on a view of a matrix: its elements are read in the order of the view

    A reshape that takes the memory as it lies undoes a transposition.
    """
    return op(view(x), size)


@case(x=normal(2, 3, 4), variants={"0": {"dim": 0}, "1": {"dim": 1}})
def reshaped_after_a_permutation(x, *, dim):
    """three axes, two of them exchanged, then taken as one"""
    return x.transpose(dim, 2).reshape((4, 6))


@case(x=normal(3, 3))
def diagonal_scaled(x):
    """exp of a diagonal, which lies in memory with gaps"""
    return exp(diagonal(x))
