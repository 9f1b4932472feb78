"""A value used more than once, and a leaf in more than one backward: gradients add up."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import backward, exp, read

reuse = partial(case, tags=("scalar", "reuse"))
# In torch the backward of a second graph adds to the gradients of the first. Some engines replace them on
# purpose and say so.
again = partial(reuse, level="torch", convention="stable")
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

    The gradient of b has two parts, one for each use. Both must go on to a, and each of them only once.
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


@reuse(x=2.0, y=2.0)
def equal_leaves(x, y):
    """two leaves of equal value: x * x * y tells them apart"""
    return x * x * y


@reuse(x=2.0, y=2.0)
def equal_results(x, y):
    """two results of equal value: 1.5 * x and y + 1

    A class with `__eq__` but no matching `__hash__`, or with both by value, merges the two.
    """
    a, b = x * 1.5, y + 1.0
    return a * b


@reuse(x=2.0)
def equal_results_of_one_leaf(x):
    """x + x, x * x and x ** 2: three nodes whose values are all 4"""
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


@case(x=normal(2, 3), tags=("reuse",))
def tensor_with_itself(x):
    """x * x + x on a (2, 3) tensor"""
    return x * x + x


@case(x=normal(3), tags=("reuse",))
def dot_with_itself(x):
    """x @ x: both vectors are one leaf"""
    return x @ x


@lifecycle(x=3.0)
def backward_twice_on_one_graph(x):
    """y = x * x * 2 at 3, backward twice with retain_graph: the leaf has 12 + 12

    Only leaves accumulate from pass to pass. An engine that leaves the first pass's gradients on
    the inner nodes counts them again, and finds 36.
    """
    y = x * x * 2
    backward(y, retain_graph=True)
    backward(y)
    read(y, x.grad)


@lifecycle(x=2.0, y=3.0)
def backward_twice_on_a_deeper_graph(x, y):
    """exp(x / 2) * y, backward three times with retain_graph: three times the gradient"""
    z = exp(x * 0.5) * y
    for _ in range(3):
        backward(z, retain_graph=True)
    read(x.grad, y.grad)


@lifecycle(x=2.0)
def two_losses_share_a_node(x):
    """h = x * x, then backward from 3 * h and from h + x: 12 and 5 add up to 17

    The second pass begins with h's gradient at zero, not with what the first one left there.
    """
    h = x * x
    backward(3 * h, retain_graph=True)
    backward(h + x)
    read(x.grad)


@lifecycle(x=2.0)
def two_roots_on_one_square(x):
    """h = x * x, then backward from h * 1 and from h * 3: 4 and 12 add up to 16"""
    h = x * x
    backward(h * 1, retain_graph=True)
    backward(h * 3)
    read(x.grad)


@again(x=3.0)
def backward_twice_on_a_rebuilt_graph(x):
    """y = 2 * x * x is built and differentiated twice: the leaf accumulates 12 + 12"""
    backward(2 * x * x)
    backward(2 * x * x)
    read(x.grad)


@again(x=3.0, y=2.0)
def one_leaf_in_two_graphs(x, y):
    """backward from x * y and then from x ** 2: x gets both, y only the first"""
    backward(x * y)
    backward(x**2)
    read(x.grad, y.grad)


@again(x=normal(3), y=normal(3), tags=("reuse",))
def gradients_of_a_sum_are_not_shared(x, y):
    """backward from x + y, then from 2 * x: the gradient of y stays what it was

    Both operands of + get the same numbers, but not the same array: adding to one in place must not
    change the other.
    """
    backward(x + y)
    backward(2 * x)
    read(x.grad, y.grad)
