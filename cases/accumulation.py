"""A value used more than once: its gradient is the sum over every path that leads from it."""

from functools import partial

from harness.case import case
from harness.recipes import normal
from harness.trace import backward, exp, no_grad, read, relu, sigmoid, tanh, zero_grad

reuse = partial(case, tags=("scalar", "reuse"))
lifecycle = partial(case, level="torch", tags=("scalar", "lifecycle"), convention="stable")


@reuse(x=3.0)
def sum_with_itself(x):
    """x + x: both operands are one leaf"""
    return x + x


@reuse(x=3.0)
def product_with_itself(x):
    """x * x: both operands are one leaf"""
    return x * x


@reuse(x=3.0)
def difference_with_itself(x):
    """x - x, plus x: the two contributions cancel"""
    return (x - x) + x


@reuse(x=3.0)
def quotient_with_itself(x):
    """x / x * x: the quotient is 1 and its derivative 0"""
    return x / x * x


@reuse(x=2.0)
def power_with_itself(x):
    """x ** x: base and exponent are one leaf"""
    return x**x


@reuse(x=3.0)
def sum_of_a_sum_with_itself(x):
    """b = a + a, then c = b + b

    A node that is visited once for each path instead of once for all of them is counted too often.
    """
    b = x + x
    return b + b


@reuse(x=1.5)
def square_of_a_square(x):
    """b = a * a, then c = b * b"""
    b = x * x
    return b * b


@reuse(x=1.5)
def three_powers(x):
    """x ** 2 + x ** 3 + x: one leaf in three terms"""
    return x**2 + x**3 + x


@reuse(x=1.5)
def three_powers_reversed(x):
    """x + x ** 3 + x ** 2"""
    return x + x**3 + x**2


@reuse(x=1.5, variants={f"to_the_{n}": {"n": n} for n in (2, 3, -1, 0.5)})
def power_times_base(x, *, n):
    """x ** n * x"""
    return x**n * x


@reuse(x=1.5, variants={f"{count}_times": {"count": count} for count in (3, 10, 50)})
def fan_out(x, *, count):
    """one leaf in several terms, each with another factor"""
    y = x * 1.0
    for factor in range(2, count + 1):
        y = y + x * float(factor)
    return y


@reuse(x=0.3)
def fan_out_of_a_result(x):
    """one result with four users of four kinds"""
    y = x * 2
    return y * 3 + exp(y) + y / 4 - y**2


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
    """h meets itself after a detour; the short way is the left operand

    The backward pass may leave h only when the detour has brought its part too.
    """
    h = long = x * 1.5
    for _ in range(length):
        long = long * 0.9 + 0.1
    return h * long


@reuse(x=0.7, variants={f"{length}_longer": {"length": length} for length in (1, 2, 3, 5, 20)})
def long_branch_first(x, *, length):
    """h meets itself after a detour; the short way is the right operand"""
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


@reuse(x=0.7)
def diamonds_in_a_row(x):
    """four diamonds, each from the end of the one before"""
    for factor in (0.5, 0.6, 0.7, 0.8):
        x = x * factor + tanh(x)
    return x


@reuse(x=2.0, y=2.0)
def equal_leaves(x, y):
    """two leaves with one value: x * x * y tells them apart"""
    return x * x * y


@reuse(x=2.0, y=2.0)
def equal_results(x, y):
    """two results with one value: 1.5 * x and y + 1

    A class with `__eq__` but no matching `__hash__`, or with both by value, merges the two.
    """
    a, b = x * 1.5, y + 1.0
    return a * b


@reuse(x=2.0)
def equal_results_of_one_leaf(x):
    """x + x, x * x and x ** 2 are all 4, and three nodes"""
    return (x + x) * 3 + (x * x) * 5 + x**2 * 7


@reuse(x=0.7, y=-1.2)
def one_expression_written_twice(x, y):
    """x * y + x * y: two nodes with the same operands"""
    return x * y + x * y


@reuse(x=0.7, y=-1.2)
def one_result_used_twice(x, y):
    """c = x * y, then c + c: one node"""
    c = x * y
    return c + c


@reuse(x=0.7)
def branch_left_unused(x):
    """exp(x) is computed and not used: it adds nothing"""
    _unused = exp(x)
    return x * 3


@reuse(x=2.0)
def root_reached_by_addition(x):
    """(x * x) + 0: an addition is the root that backward starts from"""
    return x * x + 0


@case(x=3.0, tags=("scalar",))
def root_is_a_leaf(x):
    """backward from a leaf itself: its gradient is 1"""
    return x


@case(x=normal(2, 3), tags=("reuse",))
def tensor_with_itself(x):
    """x * x + x on a (2, 3) tensor"""
    return x * x + x


@case(x=normal(2, 3), y=normal(2, 3), tags=("reuse",))
def tensors_at_uneven_depth(x, y):
    """h = x * y is used now, and again after two activations"""
    h = x * y
    return tanh(sigmoid(h) * 2) * h
