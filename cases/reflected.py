"""A number on the left, an engine's value on the right: `__radd__`, `__rsub__` and their relatives."""

from functools import partial
from operator import add, mul, pow, sub, truediv

from gradconform import case
from gradconform.trace import exp

reflected = partial(case, tags=("scalar", "reflected"))

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv, "pow": pow}


@reflected(
    x=1.7,
    variants={
        f"{name}_{number}": {"op": op, "number": number}
        for name, op in OPERATORS.items()
        for number in (3, 2.5)
    },
)
def number_with_leaf(x, *, op, number):
    """a plain number with a leaf on its right

    Python asks the leaf: `3 - x` runs x.__rsub__(3), which is 3 - x and not x - 3.
    """
    return op(number, x)


@reflected(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items() if name != "pow"})
def negative_number_with_leaf(x, *, op):
    """-2 on the left"""
    return op(-2, x)


@reflected(x=-1.4, variants={name: {"op": op} for name, op in OPERATORS.items()})
def number_with_negative_leaf(x, *, op):
    """2 on the left of -1.4"""
    return op(2, x)


@reflected(x=1.7, variants={name: {"op": op} for name, op in OPERATORS.items() if name != "pow"})
def zero_with_leaf(x, *, op):
    """0 on the left, and x itself added"""
    return op(0, x) + x


@reflected(x=1.7, variants={name: {"op": op} for name, op in OPERATORS.items()})
def one_with_leaf(x, *, op):
    """1 on the left, and x itself added"""
    return op(1, x) + x


@reflected(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items()})
def result_times_leaf(x, *, op):
    """(2 op x) * x * x: the leaf is used again"""
    return op(2.0, x) * x * x


@reflected(x=0.6, y=1.4, variants={name: {"op": op} for name, op in OPERATORS.items()})
def number_with_result(x, y, *, op):
    """2 op (x * y): the right operand is a result, not a leaf"""
    return op(2.0, x * y)


@reflected(x=0.6, variants={name: {"op": op} for name, op in OPERATORS.items()})
def number_on_both_sides(x, *, op):
    """3 op (x op 2)"""
    return op(3.0, op(x, 2.0))


@reflected(x=0.6, variants={"sub": {"op": sub}, "div": {"op": truediv}, "pow": {"op": pow}})
def reflected_twice(x, *, op):
    """2 op (3 op x): for - and / the two reflections undo each other"""
    return op(2.0, op(3.0, x))


@reflected(x=0.001)
def number_over_a_small_leaf(x):
    """1 / 0.001

    This shows a constant such as 1e-8 that an engine adds to the denominator to be safe.
    """
    return 1 / x


@reflected(x=1.7, y=-0.6, z=2.2)
def builtin_sum(x, y, z):
    """sum([x, y, z]), which begins with 0 + x"""
    return sum([x, y, z])


@reflected(x=1.7, y=-0.6)
def builtin_sum_of_products(x, y):
    """sum of a generator of products"""
    return sum(a * b for a, b in [(x, y), (y, y), (x, x)])


@reflected(x=1.7)
def between_numbers(x):
    """2 - x - 3 + 4 * x / 5"""
    return 2 - x - 3 + 4 * x / 5


@reflected(x=0.4)
def complement_of_a_complement(x):
    """(1 - x) * (1 - (1 - x))"""
    return (1 - x) * (1 - (1 - x))


@reflected(x=0.4)
def sigmoid_spelt_out(x):
    """1 / (1 + exp(-x))"""
    return 1 / (1 + exp(-x))


@reflected(x=0.4)
def tanh_spelt_out(x):
    """1 - 2 / (exp(2 * x) + 1)"""
    return 1 - 2 / (exp(2 * x) + 1)


@reflected(x=1.7)
def exponential_of_a_square(x):
    """2 ** (0.5 * x ** 2)"""
    return 2 ** (0.5 * x**2)
