"""Gathering and scattering by index tensors, with indices that come once and more than once."""

from functools import partial

from gradconform import case
from gradconform.catalogue import literal, mask, normal, positive
from gradconform.trace import (
    exp,
    gather,
    index_add,
    index_copy,
    index_fill,
    index_select,
    masked_fill,
    masked_scatter,
    one_hot,
    scatter,
    scatter_add,
    scatter_reduce,
    take,
    take_along_dim,
)

filled = partial(case, level="torch", convention="stable")
refused = partial(case, level="torch", tags=("error",), convention="stable")


def index(nested):
    """Indices, which need no gradient."""
    return literal(nested, dtype="int64")


@case(
    variants={
        "rows": {"x": normal(4, 3), "dim": 0, "i": index([2, 0])},
        "columns": {"x": normal(4, 3), "dim": 1, "i": index([2, 0])},
        "rows_repeated": {"x": normal(4, 3), "dim": 0, "i": index([1, 1, 3])},
        "columns_repeated_square": {"x": normal(3, 3), "dim": -1, "i": index([0, 2, 0])},
        "middle_cubic": {"x": normal(3, 3, 3), "dim": 1, "i": index([2, 2, 1])},
    }
)
def selected(x, i, *, dim):
    """index_select: whole rows or columns, some of them twice

    A row that is read twice gets the sum of both gradients.
    """
    return index_select(x, dim, i)


@case(
    variants={
        "first": {"x": normal(3, 2), "dim": 0, "i": index([[0, 2], [2, 1]])},
        "last": {"x": normal(2, 3), "dim": 1, "i": index([[0, 2], [2, 1]])},
        "repeated": {"x": normal(2, 3), "dim": 1, "i": index([[0, 0, 2], [1, 1, 1]])},
        "repeated_square": {
            "x": normal(3, 3),
            "dim": 0,
            "i": index([[0, 0, 2], [0, 1, 2], [0, 1, 0]]),
        },
        "smaller": {"x": normal(3, 3), "dim": -1, "i": index([[2], [0]])},
        "cubic": {"x": normal(2, 2, 2), "dim": 1, "i": index([[[1, 0]], [[0, 0]]])},
    }
)
def gathered(x, i, *, dim):
    """gather: one element along an axis for each entry of the index"""
    return gather(x, dim, i)


@case(
    x=normal(2, 3),
    variants={"once": {"i": index([5, 0, 2])}, "repeated": {"i": index([[1, 1], [4, 1]])}},
)
def taken(x, i):
    """take: indices into the flattened tensor"""
    return take(x, i)


@case(
    x=normal(3, 3),
    i=index([[2, 0, 1], [0, 0, 0], [1, 2, 2]]),
    variants={"0": {"dim": 0}, "1": {"dim": 1}},
)
def taken_along(x, i, *, dim):
    """take_along_dim on a square, some indices twice"""
    return take_along_dim(x, i, dim=dim)


@case(
    variants={
        "first": {"x": normal(3, 2), "dim": 0, "i": index([[0, 2], [2, 1]]), "s": normal(2, 2)},
        "last": {"x": normal(2, 3), "dim": 1, "i": index([[0, 2], [2, 1]]), "s": normal(2, 2)},
        "square": {"x": normal(3, 3), "dim": 1, "i": index([[2, 0, 1]]), "s": normal(1, 3)},
    }
)
def scattered(x, s, i, *, dim):
    """scatter without repetition: the overwritten elements get zeros"""
    return scatter(x, dim, i, s)


@case(
    variants={
        "once": {"x": normal(2, 3), "dim": 1, "i": index([[0, 2], [2, 1]]), "s": normal(2, 2)},
        "repeated": {"x": normal(2, 3), "dim": 1, "i": index([[0, 0], [2, 2]]), "s": normal(2, 2)},
        "square": {
            "x": normal(3, 3),
            "dim": 0,
            "i": index([[1, 1, 1], [1, 0, 1]]),
            "s": normal(2, 3),
        },
    }
)
def scattered_and_added(x, s, i, *, dim):
    """scatter_add, times x: nothing is overwritten, and repeated indices add up"""
    return scatter_add(x, dim, i, s) * x


@case(
    x=positive(4),
    s=positive(5),
    i=index([0, 2, 2, 0, 3]),
    variants={name: {"how": name} for name in ("sum", "prod", "mean", "amax", "amin")},
)
def scattered_and_reduced(x, s, i, *, how):
    """scatter_reduce with repetition: sum, prod, mean, amax, amin"""
    return scatter_reduce(x, 0, i, s, how)


@case(
    variants={
        "once": {"x": normal(4, 2), "dim": 0, "i": index([2, 0]), "s": normal(2, 2)},
        "repeated": {"x": normal(4, 2), "dim": 0, "i": index([2, 2, 0]), "s": normal(3, 2)},
        "last_square": {"x": normal(3, 3), "dim": 1, "i": index([1, 1, 2]), "s": normal(3, 3)},
    }
)
def added_at(x, s, i, *, dim):
    """index_add: rows or columns are added at given indices, some of them twice"""
    return index_add(x, dim, i, s)


@case(
    variants={
        "first": {"x": normal(3, 2), "dim": 0, "s": normal(2, 2)},
        "last_square": {"x": normal(3, 3), "dim": 1, "s": normal(3, 2)},
    },
    i=index([2, 0]),
)
def copied_to(x, s, i, *, dim):
    """index_copy: rows or columns are replaced; the replaced ones get zeros"""
    return index_copy(x, dim, i, s)


@case(x=normal(3, 3), i=index([2, 0]), variants={"0": {"dim": 0}, "1": {"dim": 1}})
def filled_at(x, i, *, dim):
    """index_fill with a number: the replaced elements get zeros"""
    return index_fill(x, dim, i, 0.5) * x


@case(x=normal(2, 3), s=normal(2, 3), m=mask(2, 3))
def scattered_by_a_mask(x, s, m):
    """masked_scatter: the marked places take the source's elements in order"""
    return masked_scatter(x, m, s)


@case(w=normal(4, 3), i=index([1, 3, 1]))
def rows_of_a_table_by_one_hot(w, i):
    """rows of a table picked by a one-hot mask and a sum"""
    return (one_hot(i, 4)[:, :, None] * w).sum(dim=1)


@case(x=normal(3), i=index([0, 2, 2]), tags=("reuse",))
def gathered_into_itself(x, i):
    """exp(x) gathered with repetition, times x"""
    return gather(exp(x), 0, i) * x


@case(x=normal(5), s=normal(5), i=index([0, 1, 0, 1, 1]), tags=("reuse",))
def sums_of_groups(x, s, i):
    """x minus the sum of its group, times s: scatter_add, then gather"""
    groups = scatter_add(x * 0.0, 0, i, x * s)
    return (x - gather(groups, 0, i)) * s


@case(
    x=normal(3),
    s=normal(2),
    i=index([1, 1]),
    level="torch",
    tags=("tie",),
    convention="questionable",
)
def scattered_twice_to_one_place(x, s, i):
    """scatter of two sources to one place: torch gives both the gradient, though only one is kept"""
    return scatter(x, 0, i, s)


@case(
    x=[1.0, 2.0],
    s=[2.0, 3.0, 3.0],
    i=index([1, 0, 0]),
    level="torch",
    tags=("tie",),
    convention="stable",
    variants={"amax": {"how": "amax"}, "amin": {"how": "amin"}},
)
def reduced_with_a_tie(x, s, i, *, how):
    """scatter_reduce where several are largest or smallest: they share the gradient evenly"""
    return scatter_reduce(x, 0, i, s, how)


@refused(
    x=normal(3, 2),
    variants={
        "index_select": {"i": index([3]), "op": index_select},
        "gather": {"i": index([[3, 0]]), "op": gather},
        "gather_rank": {"i": index([0]), "op": gather},
    },
)
def out_of_range(x, i, *, op):
    """an index out of range, or of the wrong rank: an error"""
    return op(x, 0, i)


@filled(
    x=normal(3, 2),
    v=1.5,
    variants={
        "once": {"i": index([2])},
        "repeated": {"i": index([1, 1])},
        "all": {"i": index([0, 2, 1, 0])},
    },
)
def filled_with_a_leaf(x, v, i):
    """index_fill with a 0-d leaf: its gradient is the sum over the elements that it fills, each once"""
    return index_fill(x, 0, i, v)


@filled(
    x=normal(2, 3),
    v=1.5,
    variants={
        "some": {"m": literal([[True, False, True], [False, False, True]], "bool")},
        "row": {"m": literal([True, False, True], "bool")},
        "none": {"m": literal([[False] * 3] * 2, "bool")},
    },
)
def masked_with_a_leaf(x, v, m):
    """masked_fill with a 0-d leaf: its gradient is the sum over the mask"""
    return masked_fill(x, m, v)


@filled(x=normal(2, 3), v=1.5, m=literal([[True, False, True], [False, False, True]], "bool"))
def masked_with_a_result(x, v, m):
    """masked_fill of x by v * v, times x"""
    return masked_fill(x, m, v * v) * x
