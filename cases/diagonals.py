"""Diagonals and triangles of matrices, and matrices made of them."""

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    diag,
    diag_embed,
    diagonal,
    tril,
    triu,
)

CUBE = normal(3, 3, 3)


@case(
    variants={
        f"{op.__name__}-{offset}-{name}": {"op": op, "x": x, "offset": offset}
        for op in (tril, triu)
        for offset in (0, -1, 1)
        for name, x in {"square": normal(3, 3), "wide": normal(2, 4)}.items()
    }
)
def triangle(x, *, op, offset):
    """tril and triu: the elements that are cut away get zeros"""
    return op(x, diagonal=offset)


@case(
    variants={
        "square": {"x": normal(3, 3), "options": {}},
        "wide_above": {"x": normal(2, 4), "options": {"offset": 1}},
        "below": {"x": normal(4, 3), "options": {"offset": -1}},
        "of_a_cube": {"x": CUBE, "options": {"dim1": 0, "dim2": 2}},
    }
)
def along_a_diagonal(x, *, options):
    """diagonal of a matrix or of two axes"""
    return diagonal(x, **options)


@case(variants={"of_a_vector": {"x": normal(3)}, "of_a_matrix": {"x": normal(3, 3)}})
def diag_either_way(x):
    """diag: a matrix with a vector on its diagonal, or the diagonal of a matrix"""
    return diag(x, diagonal=1)


@case(x=normal(2, 3), variants={"0": {"offset": 0}, "1": {"offset": 1}})
def diagonals_of_a_batch(x, *, offset):
    """diag_embed: a matrix for each row, with the row on its diagonal"""
    return diag_embed(x, offset=offset)
