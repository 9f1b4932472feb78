"""The four operations and powers: of two leaves, with a number on the right, and in a row."""

from functools import partial
from operator import add, mul, pow, sub, truediv

from gradconform import case
from gradconform.catalogue import constant, positive
from gradconform.trace import abs, reciprocal, square
from gradconform.trace import positive as plus

scalar = partial(case, tags=("scalar",))

OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv, "pow": pow}


@scalar(x=2.0, y=3.0, variants={name: {"op": op} for name, op in OPERATORS.items()})
def of_two_leaves(x, y, *, op):
    """one operator on two leaves, 2 and 3

    Both operands get a gradient. The gradient of the exponent of x ** y is x ** y * log(x).
    """
    return op(x, y)


@scalar(
    x=-1.7, y=0.6, variants={name: {"op": op} for name, op in OPERATORS.items() if name != "pow"}
)
def of_a_negative_leaf(x, y, *, op):
    """one operator on a negative and a positive leaf"""
    return op(x, y)


@case(
    x=positive(2, 3),
    y=positive(2, 3),
    variants={name: {"op": op} for name, op in OPERATORS.items()},
)
def elementwise(x, y, *, op):
    """one operator on two (2, 3) tensors"""
    return op(x, y)


@scalar(x=1.3, y=constant(2.5), variants={name: {"op": op} for name, op in OPERATORS.items()})
def with_a_constant_on_the_right(x, y, *, op):
    """a leaf with a value that requires no gradient, as right operand"""
    return op(x, y)


@scalar(x=constant(1.3), y=2.5, variants={name: {"op": op} for name, op in OPERATORS.items()})
def with_a_constant_on_the_left(x, y, *, op):
    """a leaf with a value that requires no gradient, as left operand

    The leaf on the right still gets its gradient.
    """
    return op(x, y)


@scalar(
    x=1.7,
    variants={
        f"{name}_{number}": {"op": op, "number": number}
        for name, op in OPERATORS.items()
        for number in (3, 2.5, -2)
    },
)
def with_a_number(x, *, op, number):
    """a leaf with a plain number on the right"""
    return op(x, number)


@scalar(x=1.7, variants={f"to_the_{n}": {"n": n} for n in (0.5, -0.5, 1, 1.0, 1.5, 2, 4, -1, -3)})
def power_with_a_number(x, *, n):
    """x ** n for roots, whole powers and reciprocals"""
    return x**n


@scalar(x=-2.0, variants={f"to_the_{n}": {"n": n} for n in (1, 2, 3, 4, -1, -2, 2.0, 3.0)})
def power_of_a_negative_base(x, *, n):
    """(-2) ** n for whole n: an even power loses the sign, its derivative does not"""
    return x**n


@scalar(x=0.0, variants={f"to_the_{n}": {"n": n} for n in (1, 2, 3, 4)})
def power_at_zero(x, *, n):
    """x ** n + 3x at 0 for whole n

    Zero is an ordinary point here: skipping it, or dividing the power by x, loses the derivative.
    """
    return x**n + 3 * x


@scalar(x=1.5, variants={"0": {"y": 0.0}, "1": {"y": 1.0}, "-2": {"y": -2.0}, "0.5": {"y": 0.5}})
def power_with_a_leaf_as_exponent(x, y):
    """x ** y where both get a gradient, at several exponents"""
    return x**y


@scalar(x=0.0, y=2.5, variants={n: {"op": op} for n, op in OPERATORS.items() if n != "pow"})
def zero_on_the_left(x, y, *, op):
    """0 with 2.5: neither gradient is skipped because a value is 0"""
    return op(x, y)


@scalar(x=2.5, y=0.0, variants={"add": {"op": add}, "sub": {"op": sub}, "mul": {"op": mul}})
def zero_on_the_right(x, y, *, op):
    """2.5 with 0: neither gradient is skipped because a value is 0"""
    return op(x, y)


@scalar(x=1.7, variants={"add": {"op": add}, "sub": {"op": sub}, "mul": {"op": mul}})
def with_the_number_zero(x, *, op):
    """x + 0, x - 0 and x * 0, plus x itself"""
    return op(x, 0) + x


@scalar(x=3.0, y=0.001, variants={"div": {"op": truediv}, "mul": {"op": mul}})
def with_a_small_operand(x, y, *, op):
    """an operand of 0.001

    This shows a constant such as 1e-8 that an engine adds to a denominator to be safe.
    """
    return op(x, y)


@scalar(
    x=1.0,
    y=0.999,
    variants={"sub": {"op": sub}, "add": {"op": lambda x, y: x + (-y)}},
)
def small_difference_magnified(x, y, *, op):
    """(1 - 0.999) ** 2 * 1e6

    This shows a constant such as 1e-8 that an engine adds to every result.
    """
    return op(x, y) ** 2 * 1e6


@scalar(x=0.001, variants={"-1": {"n": -1}, "-2": {"n": -2}, "0.5": {"n": 0.5}})
def power_of_a_small_base(x, *, n):
    """0.001 ** n"""
    return x**n


@scalar(x=1e4, y=3e-4, variants={n: {"op": op} for n, op in OPERATORS.items()})
def of_unlike_magnitudes(x, y, *, op):
    """one operator on 10,000 and 0.0003"""
    return op(x, y)


@scalar(x=1.7)
def negated(x):
    """-x"""
    return -x


@scalar(x=1.7)
def negated_twice(x):
    """-(-x) * x: the two minus signs cancel, and the inner one still passes its gradient on"""
    y = -x
    return -y * x


@scalar(x=1.7, y=0.4)
def negated_factor(x, y):
    """-x * y"""
    return -x * y


@scalar(x=1.7)
def negated_square(x):
    """-x ** 2, which is -(x ** 2)"""
    return -(x**2)


@scalar(x=1.7)
def with_a_plus_sign(x):
    """positive(x), which is x"""
    return plus(x) * x


@scalar(x=-1.7)
def square_by_name(x):
    """square(x) of a negative number"""
    return square(x)


@scalar(x=-1.7)
def reciprocal_by_name(x):
    """reciprocal(x) of a negative number"""
    return reciprocal(x)


@scalar(variants={"of_negative": {"x": -1.7}, "of_positive": {"x": 1.7}})
def absolute_value(x):
    """|x| * x off its kink"""
    return abs(x) * x


@scalar(x=5.0, y=3.0, z=1.5)
def subtractions_in_a_row(x, y, z):
    """x - y - z, from left to right"""
    return x - y - z


@scalar(x=5.0, y=3.0, z=1.5)
def subtraction_in_brackets(x, y, z):
    """x - (y - z): the gradient of z is positive"""
    return x - (y - z)


@scalar(x=5.0, y=3.0, z=1.5)
def divisions_in_a_row(x, y, z):
    """x / y / z, from left to right"""
    return x / y / z


@scalar(x=5.0, y=3.0, z=1.5)
def division_in_brackets(x, y, z):
    """x / (y / z): z moves to the numerator"""
    return x / (y / z)


@scalar(x=1.5, y=1.2, z=0.7)
def power_of_a_power(x, y, z):
    """x ** y ** z, from right to left"""
    return x**y**z


@scalar(x=2.0, y=-3.0, z=10.0)
def product_plus_leaf(x, y, z):
    """x * y + z"""
    return x * y + z


@scalar(a=1.2, b=-0.7, c=0.3, x=1.9)
def polynomial_by_horner(a, b, c, x):
    """(a x + b) x + c"""
    return (a * x + b) * x + c


@scalar(x=0.8, y=1.4)
def rational_function(x, y):
    """(x y + 1) / (x - 2 y) ** 2"""
    return (x * y + 1) / (x - 2 * y) ** 2


@scalar(a=-4.0, b=2.0)
def long_expression(a, b):
    """twelve operations in which two leaves meet again and again"""
    c = a + b
    d = a * b + b**3
    e = c - d + c * 2 - (-a)
    return e / 2.0 + d / (c**2 + 1)
