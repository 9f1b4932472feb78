"""Indexing: numbers, slices, lists, masks and index tensors, each also with repetition."""

from functools import partial

from gradconform import Array, case
from gradconform.catalogue import integers, literal, mask, normal
from gradconform.trace import argmax, backward, cat, exp, read

refused = partial(case, level="torch", tags=("error",), convention="stable")

BASIC = {
    "number": 1,
    "negative_number": -1,
    "negative_number_before_the_last": -2,
    "first_from_the_end": -4,
    "negative_numbers": (-2, -3),
    "negative_column": (slice(None), -2),
    "slice_between_negatives": slice(-3, -1),
    "negative_list": [-2, 0, -2],
    "two_numbers": (1, 2),
    "slice": slice(1, 3),
    "slice_with_step": slice(0, 4, 2),
    "slice_from_the_end": slice(-2, None),
    "slice_beyond_the_end": slice(2, 9),
    "everything": slice(None),
    "column": (slice(None), 1),
    "two_slices": (slice(1, None), slice(None, -1)),
    "ellipsis": (..., 0),
    "new_axis": (None, slice(1, 3)),
    "new_axis_inside": (slice(None), None, 2),
    "number_and_slice": (2, slice(1, 3)),
}


@case(x=normal(4, 3), variants={name: {"index": index} for name, index in BASIC.items()})
def of_a_matrix(x, *, index):
    """numbers, slices, None and ... in brackets

    The backward pass gives the gradient to the elements that were read, and zeros to all others.
    """
    return x[index]


@case(
    x=normal(4, 4),
    tags=("square",),
    variants={
        name: {"index": BASIC[name]} for name in ("number", "column", "two_slices", "ellipsis")
    },
)
def of_a_square(x, *, index):
    """rows and columns of a square"""
    return x[index]


@case(
    x=normal(3, 3, 3),
    variants={
        "first": {"index": 1},
        "middle": {"index": (slice(None), 1)},
        "last": {"index": (..., 1)},
        "line": {"index": (0, slice(None), 2)},
        "element": {"index": (2, 0, 1)},
        "outer": {"index": (0, ..., slice(1, None))},
    },
)
def of_a_cube(x, *, index):
    """planes, lines and elements of a cube"""
    return x[index]


@case(
    x=normal(4, 3),
    variants={
        "rows": {"index": [2, 0]},
        "negative": {"index": [-1, 1]},
        "columns": {"index": (slice(None), [2, 0])},
        "pairs": {"index": ([0, 3, 1], [2, 0, 1])},
        "outer": {"index": ([[0], [3]], [0, 2])},
        "list_and_number": {"index": ([0, 2], 1)},
    },
)
def by_lists(x, *, index):
    """lists of indices: the elements or rows in that order"""
    return x[index]


@case(
    tags=("repeat",),
    variants={
        "[0,0,2]": {"x": normal(3), "index": [0, 0, 2]},
        "[1,1,1,1]": {"x": normal(3), "index": [1, 1, 1, 1]},
        "[-1,2]": {"x": normal(3), "index": [-1, 2]},
        "rows": {"x": normal(3, 2), "index": [2, 0, 2]},
        "columns_square": {"x": normal(3, 3), "index": (slice(None), [1, 1, 0])},
        "pairs": {"x": normal(3, 3), "index": ([0, 0, 1], [2, 2, 1])},
    },
)
def with_repetition(x, *, index):
    """an index that comes more than once

    Each use of an element adds to its gradient. With NumPy, grad[index] += g adds only the last of
    them; np.add.at(grad, index, g) adds all.
    """
    return x[index]


@case(
    x=normal(4, 3),
    variants={
        "list_of_rows": {"i": [3, 1]},
        "repeated": {"i": [2, 2, 0]},
        "0-d": {"i": 2},
        "matrix_repeated": {"i": [[0, 1], [1, 3]]},
    },
)
def by_an_index_array(x, *, i):
    """a NumPy array of indices"""
    return x[Array.of(i, "int64")]


@case(x=normal(4, 3), i=integers(5, low=0, high=4), j=integers(5, low=0, high=3), tags=("repeat",))
def by_two_index_tensors(x, i, j):
    """x[i, j] with two tensors of indices"""
    return x[i, j]


@case(x=normal(3, 4), i=literal([2, 0, 2], dtype="int64"), tags=("repeat",))
def column_by_an_index_tensor(x, i):
    """x[:, i] with a tensor of indices, one of them twice"""
    return x[:, i]


@case(
    x=normal(3, 2),
    variants={
        "rows": {"m": [True, False, True]},
        "elements": {"m": [[True, False], [False, False], [True, True]]},
    },
)
def by_a_mask_array(x, *, m):
    """a NumPy array of bools, the result times itself"""
    y = x[Array.of(m, "bool")]
    return y * y


@case(x=normal(2, 3), m=mask(2, 3, share=0.6))
def by_a_mask(x, m):
    """x[m] with a mask of the same shape: a vector of the marked elements, times itself"""
    y = x[m]
    return y * y


@case(x=normal(3, 4), m=literal([True, False, True], dtype="bool"))
def by_a_mask_of_rows(x, m):
    """x[m] with a mask over the rows"""
    return x[m]


@case(
    level="torch",
    convention="stable",
    x=[1.0, -2.0, 3.0, -4.0],
    variants={"positive": {"low": 0.0}, "none": {"low": 9.0}},
)
def by_a_comparison(x, *, low):
    """x[x > low], with some elements or none: the others get zeros"""
    return x[x > low]


@case(
    x=normal(4),
    level="torch",
    convention="stable",
    tags=("empty",),
    variants={"slice": {"index": slice(1, 1)}, "list": {"index": slice(9, None)}},
)
def of_nothing(x, *, index):
    """a slice that is empty: the gradient is zeros"""
    return x[index]


@case(x=normal(5), tags=("reuse",))
def neighbours(x):
    """x[1:] * x[:-1]: slices of one leaf that overlap"""
    return x[1:] * x[:-1]


@case(x=normal(3), tags=("reuse",))
def element_by_element(x):
    """x[0] * x[1] + x[1] * x[2] + x[0]: each element is read by itself"""
    return x[0] * x[1] + x[1] * x[2] + x[0]


@case(x=normal(4, 3), tags=("reuse",))
def row_against_all(x):
    """x - x[0], times x: one row stretched over all"""
    return (x - x[0]) * x


@case(x=normal(4, 3), tags=("reuse",))
def indexed_twice(x):
    """x[1:][:, [0, 0]][1]: an index of an index of an index"""
    return x[1:][:, [0, 0]][1]


@case(x=normal(3, 3), tags=("reuse", "square"))
def after_a_transpose(x):
    """x.T[0] * x[0]: the first column times the first row"""
    return x.T[0] * x[0]


@case(x=normal(4, 3), y=normal(2, 3), tags=("reuse",))
def of_a_result_used_twice(x, y):
    """e = exp(x); e[:2] * y + e[2:]"""
    e = exp(x)
    return e[:2] * y + e[2:]


@case(x=normal(4), tags=("reuse",))
def rolled_by_slices(x):
    """cat of x[1:] and x[:1], times x"""
    return cat([x[1:], x[:1]], dim=0) * x


@case(level="torch", convention="stable", x=normal(5), tags=("reuse",))
def by_its_own_argmax(x):
    """x[argmax(x)] * x: the index is computed and carries no gradient"""
    return x[argmax(x)] * x


@case(level="torch", convention="stable", x=normal(4, 3))
def two_losses_of_two_slices(x):
    """a backward from each of two slices: both add to the leaf"""
    backward((x[0] * x[1]).sum())
    backward(x[1:].sum())
    read(x.grad)


@refused(
    x=normal(4, 3),
    variants={
        "number": {"index": 4},
        "negative_number": {"index": -5},
        "list": {"index": [0, 4]},
        "too_many": {"index": (0, 0, 0)},
        "lists_of_two_lengths": {"index": ([0, 1, 2], [0, 1])},
        "wrong_mask": {"index": [True, False]},
    },
)
def out_of_range(x, *, index):
    """an index out of range, or one too many: an error"""
    return x[index]


@case(x=normal(4), level="torch", tags=("error",), convention="implementation-defined")
def backwards_slice(x):
    """x[::-1]: torch raises, NumPy reverses"""
    return x[::-1]
