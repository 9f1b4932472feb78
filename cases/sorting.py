"""Sorting: sort, argsort and topk, whose gradients go back to the original positions."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import (
    argsort,
    sort,
    topk,
)

torch_choice = partial(case, level="torch", convention="stable")


@case(
    variants={
        "vector": {"x": normal(5), "options": {"dim": 0}},
        "first": {"x": normal(4, 3), "options": {"dim": 0}},
        "last_square": {"x": normal(3, 3), "options": {"dim": 1}},
        "descending": {"x": normal(3, 4), "options": {"dim": -1, "descending": True}},
        "middle_cubic": {"x": normal(3, 3, 3), "options": {"dim": 1}},
    }
)
def sorted_values(x, *, options):
    """sort: the gradient of each value goes back to its position before the sort"""
    values, _ = sort(x, **options)
    return values


@case(x=normal(3, 5), variants={"largest": {"largest": True}, "smallest": {"largest": False}})
def best_two(x, *, largest):
    """topk of two along the last axis, sorted"""
    values, _ = topk(x, 2, dim=1, largest=largest)
    return values


@case(x=normal(4, 3), tags=("reuse",))
def best_two_of_a_column_times_the_sum(x):
    """topk of two along the first axis, times the sums"""
    values, _ = topk(x, 2, dim=0)
    return values * x.sum(dim=0)


@case(level="torch", convention="stable", x=normal(5), tags=("reuse",))
def sorted_by_argsort(x):
    """x[argsort(x)] * x"""
    return x[argsort(x)] * x


@case(x=normal(4), tags=("reuse",))
def sorted_and_unsorted(x):
    """the values of sort times x, plus x"""
    values, _ = sort(x, dim=0)
    return values * x + x


@case(x=[2.0, 1.0, 2.0, 2.0], level="torch", tags=("tie",), convention="implementation-defined")
def best_two_of_equal_elements(x):
    """topk where three are largest: the gradient goes to the two that are returned"""
    values, _ = topk(x, 2, dim=0)
    return values


@torch_choice(
    x=[2.0, 1.0, 2.0, 1.0],
    tags=("tie",),
    variants={"up": {"descending": False}, "down": {"descending": True}},
)
def sorted_with_ties(x, *, descending):
    """a stable sort with ties: equal elements keep their order"""
    values, _ = sort(x, dim=0, descending=descending, stable=True)
    return values
