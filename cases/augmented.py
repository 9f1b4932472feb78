"""Augmented operators: `total += x` changes a value in place, or gives a new one by the name of the old.

A class without `__iadd__` gets `total = total + x` from Python. One that has it must give a result that
remembers both operands. torch changes the tensor in place, and records the change.
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal, positive
from gradconform.trace import backward, exp, read

scalar = partial(case, tags=("scalar", "augmented"))
on_tensors = partial(case, tags=("augmented",))


def _add(t, y):
    t += y
    return t


def _sub(t, y):
    t -= y
    return t


def _mul(t, y):
    t *= y
    return t


def _div(t, y):
    t /= y
    return t


def _pow(t, y):
    t **= y
    return t


ARITHMETIC = {"add": {"op": _add}, "sub": {"op": _sub}, "mul": {"op": _mul}, "div": {"op": _div}}
EVERY_OP = {**ARITHMETIC, "pow": {"op": _pow}}


@scalar(x=3.0, y=2.5, variants=EVERY_OP)
def one_operator(x, y, *, op):
    """t = x * 1, then t op= y: both operands get their part"""
    return op(x * 1.0, y)


@scalar(x=3.0, variants=EVERY_OP)
def by_a_number(x, *, op):
    """t = x * 1, then t op= 2.5"""
    return op(x * 1.0, 2.5)


@scalar(x=3.0, variants=EVERY_OP)
def with_an_upstream_gradient(x, *, op):
    """-2 * (t op= 2.5) + 1: the gradient that arrives is not 1"""
    return -2.0 * op(x * 1.0, 2.5) + 1.0


@scalar(x=3.0, y=2.0)
def running_total(x, y):
    """t = x * 1, then t += x and t += x * y: three terms, and x is in each

    An `__iadd__` that adds the number and returns self forgets what was added.
    """
    t = x * 1.0
    t += x
    t += x * y
    return t


@scalar(x=0.7, y=-1.2, z=0.4)
def total_that_begins_with_zero(x, y, z):
    """total = 0, then total += v * v in a loop, as a loss is summed up"""
    total = 0
    for v in (x, y, z):
        total += v * v
    return total


@scalar(x=3.0, y=2.5, variants=EVERY_OP)
def beside_other_uses(x, y, *, op):
    """t = x * 1 and s = t + y * y, then t op= y, and t + s: both operands are used elsewhere, too"""
    t = x * 1.0
    s = t + y * y
    return op(t, y) + s


@scalar(x=0.7, y=-1.2)
def running_product(x, y):
    """p = x * 1, then p *= y, p *= x and p *= 3"""
    p = x * 1.0
    p *= y
    p *= x
    p *= 3.0
    return p


@scalar(x=1.5, y=0.5, variants=ARITHMETIC)
def by_itself(x, y, *, op):
    """t = x * y, then t op= t + 1: the value that is changed is in both operands"""
    t = x * y
    return op(t, t + 1.0)


@scalar(x=0.7, y=1.3)
def result_used_afterwards(x, y):
    """t = exp(x) * y, then t -= y, and t * t + t"""
    t = exp(x) * y
    t -= y
    return t * t + t


@scalar(x=0.7)
def operand_is_left_alone(x):
    """t = 2 * x, then t += x: x has the value that it had"""
    t = x * 2.0
    t += x
    backward(t)
    read(t, x, x.grad)


@on_tensors(x=positive(2, 3), y=positive(3), variants=EVERY_OP)
def with_a_row(x, y, *, op):
    """t = x * 1 of a matrix, then t op= y for a row"""
    return op(x * 1.0, y)


@on_tensors(x=normal(2, 3), w=normal(3, 3))
def matrix_product(x, w):
    """t = 2 * x, then t @= w"""
    t = x * 2.0
    t @= w
    return t


@on_tensors(x=normal(2, 3), w=normal(3, 3))
def matrix_product_beside_other_uses(x, w):
    """t = 2 * x and s = sum(t) + sum(w * w), then t @= w, and sum(t) + s"""
    t = x * 2.0
    s = t.sum() + (w * w).sum()
    t @= w
    return t.sum() + s


@on_tensors(x=normal(3), y=normal(3), z=normal(3))
def sum_of_tensors(x, y, z):
    """total = 0, then total += v * x for three vectors, one of which is x"""
    total = 0
    for v in (x, y, z):
        total += v * x
    return total
