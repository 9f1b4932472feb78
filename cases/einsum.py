"""einsum: products, transposes, sums, diagonals and traces by their indices."""

from functools import partial

from gradconform import Array, case
from gradconform.catalogue import normal
from gradconform.trace import (
    einsum,
)

refused = partial(case, level="torch", tags=("error",), convention="stable")

PAIRS = {
    "ij,jk->ik": ((2, 3), (3, 4)),
    "ij,jk->ki": ((3, 3), (3, 3)),
    "ij,kj->ik": ((2, 3), (4, 3)),
    "bij,bjk->bik": ((3, 3, 3), (3, 3, 3)),
    "bij,jk->bik": ((4, 2, 3), (3, 5)),
    "bij,bkj->bik": ((2, 3, 4), (2, 5, 4)),
    "ij,ij->": ((2, 3), (2, 3)),
    "ij,ij->i": ((3, 3), (3, 3)),
    "ij,ij->j": ((3, 3), (3, 3)),
    "i,j->ij": ((2,), (3,)),
    "i,j->ji": ((3,), (3,)),
    "i,i": ((3,), (3,)),
    "ij,j": ((3, 3), (3,)),
    "...ij,jk->...ik": ((2, 1, 2, 3), (3, 2)),
    "ij,kl->ijkl": ((2, 2), (1, 3)),
    # Several indices that one operand alone has.
    "ab,cd->": ((2, 3), (3, 2)),
    "ab,cd->a": ((2, 3), (3, 2)),
    "ab,cd->c": ((2, 3), (3, 2)),
    "abc,d->ad": ((2, 3, 2), (2,)),
    "abc,cd->d": ((2, 3, 2), (2, 3)),
    "bhqd,bhkd->bhqk": ((2, 2, 3, 2), (2, 2, 2, 2)),
}
SINGLES = {
    "ij->ji": (2, 3),
    "ij->i": (3, 3),
    "ij->j": (3, 3),
    "ij->": (2, 3),
    "ii->i": (3, 3),
    "ii->": (3, 3),
    "ijk->kij": (3, 3, 3),
    "ijk->ik": (2, 3, 4),
    "ijk->j": (2, 2, 2),
    "ijk->": (2, 3, 2),
    "ijkl->k": (2, 1, 3, 2),
    "iij->j": (2, 2, 3),
    "ba": (2, 3),
}


@case(
    variants={
        equation: {"equation": equation, "a": normal(*left), "b": normal(*right)}
        for equation, (left, right) in PAIRS.items()
    }
)
def of_two(a, b, *, equation):
    """einsum of two tensors

    The gradient of an operand is an einsum too: the same equation with that operand and the result
    exchanged. An index that only this operand has is stretched, not summed.
    """
    return einsum(equation, a, b)


@case(variants={e: {"equation": e, "x": normal(*shape)} for e, shape in SINGLES.items()})
def of_one(x, *, equation):
    """einsum of one tensor: transposes, sums, diagonals, traces"""
    return einsum(equation, x)


@case(
    a=normal(2, 3),
    b=normal(3, 2),
    c=normal(2, 4),
    variants={e: {"equation": e} for e in ("ij,jk,kl->il", "ij,jk,kl->lj")},
)
def of_three(a, b, c, *, equation):
    """einsum of three matrices in a row"""
    return einsum(equation, a, b, c)


@case(
    x=normal(3, 3),
    tags=("reuse", "square"),
    variants={e: {"equation": e} for e in ("ij,jk->ik", "ij,ji->", "ij,ij->ij")},
)
def with_itself(x, *, equation):
    """einsum of a square with itself"""
    return einsum(equation, x, x)


@case(x=normal(3, 3), y=normal(3, 3), tags=("square",))
def by_hand(x, y):
    """the sum over j of x[i, j] * y[j, k], by broadcasting"""
    return (x[:, :, None] * y[None, :, :]).sum(dim=1)


@case(level="torch", convention="stable", x=normal(3, dtype="float64"), tags=("reflected",))
def with_a_numpy_array(x):
    """einsum of a NumPy array and a tensor"""
    return einsum("ij,j->i", Array.of([[1.0, 2.0, 3.0], [0.0, -1.0, 0.5]]), x)


@refused(
    x=normal(2, 3),
    variants={
        "sizes": {"equation": "ij,jk->ik"},
        "rank": {"equation": "ijk,ij->i"},
        "unknown_index": {"equation": "ij,ij->ik"},
        "one_operand": {"equation": "ij->i"},
    },
)
def that_does_not_fit(x, *, equation):
    """einsum of a (2, 3) with itself where the equation does not fit: an error"""
    return einsum(equation, x, x)
