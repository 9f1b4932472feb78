"""Calls that torch refuses: each case ends in an exception, at the step where torch raises."""

from dataclasses import replace
from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal, mask, normal
from gradconform.trace import (
    backward,
    detach,
    dot,
    exp,
    grad,
    mm,
    no_grad,
    read,
    relu,
)

error = partial(case, level="torch", tags=("error",), convention="stable")
refused = partial(case, level="torch", tags=("scalar", "error", "lifecycle"), convention="stable")
refused_twice = partial(refused, tags=("scalar", "error", "lifecycle", "freed-graph"))


@refused_twice(x=3.0)
def second_backward(x):
    """y = x * x, backward twice without retain_graph: the graph was freed by the first"""
    y = x * x
    backward(y)
    backward(y)
    read(x.grad)


@refused_twice(x=0.5)
def second_backward_through_a_function(x):
    """exp(x), backward twice without retain_graph"""
    y = exp(x)
    backward(y)
    backward(y)
    read(x.grad)


@refused_twice(x=3.0)
def second_backward_through_a_shared_node(x):
    """two losses share h = x * x, and the first backward frees it"""
    h = x * x
    backward(h * 2)
    backward(h * 3)
    read(x.grad)


@refused(x=constant(3.0))
def backward_of_a_constant(x):
    """backward from a result of constants alone"""
    y = x * x
    backward(y)
    read(y)


@refused(x=3.0)
def backward_of_a_detached_result(x):
    """backward from detach(x * x)"""
    y = detach(x * x)
    backward(y)
    read(y)


@refused(x=3.0)
def backward_of_a_result_under_no_grad(x):
    """backward from a result that was computed under no_grad"""
    with no_grad():
        y = x * x
    backward(y)
    read(y)


@refused(x=3.0)
def backward_of_a_comparison(x):
    """backward from x > 2"""
    y = x > 2
    backward(y)
    read(y)


@refused(x=3.0, unused=5.0)
def gradient_by_an_unused_input(x, unused):
    """grad(y, unused): torch raises unless allow_unused is given"""
    read(grad(x * x, unused))


@refused(x=3.0)
def second_derivative_of_a_linear_function(x):
    """the gradient of 2 * x is a constant, so it has no gradient itself"""
    read(grad(grad(2 * x, x), x))


@refused(x=3.0)
def backward_from_a_constant_gradient(x):
    """backward from the gradient of 2 * x"""
    backward(grad(2 * x, x))
    read(x.grad)


@error(x=[1.0, 2.0])
def backward_without_a_cotangent(x):
    """backward() without a cotangent from a tensor of two elements"""
    y = x * x
    backward(y, None)
    read(x.grad)


@error(x=[1.0, 2.0], variants={"longer": {"g": [1.0, 2.0, 3.0]}, "number": {"g": 1.0}})
def cotangent_of_another_shape(x, *, g):
    """a cotangent whose shape differs from that of the result, though it could be broadcast"""
    y = x * x
    backward(y, g)
    read(x.grad)


@error(x=[1.0, 2.0])
def gradient_without_a_cotangent(x):
    """grad of a tensor of two elements, without a cotangent"""
    read(grad(x * x, x, None))


@error(
    variants={
        "integers": {"x": replace(literal([1, 2], "int64"), requires_grad=True)},
        "booleans": {"x": replace(mask(2), requires_grad=True)},
    }
)
def leaf_that_cannot_have_a_gradient(x):
    """a leaf of integers or booleans that is asked to require a gradient"""
    return x * 2.0


@error(x=normal(2, 2), y=normal(2))
def product_of_matrix_and_vector_by_mm(x, y):
    """mm of a matrix and a vector, where torch takes two matrices"""
    return mm(x, y)


@error(x=normal(2, 2), y=normal(2, 2))
def dot_of_matrices(x, y):
    """dot of two matrices, where torch takes two vectors"""
    return dot(x, y)


@error(x=literal([1, 2], "int64"))
def negative_power_of_integers(x):
    """integers to a negative whole power"""
    read(x**-1)


@error(x=literal([1, 2], "int64"))
def mean_of_integers(x):
    """the mean of integers"""
    read(x.mean())


@error(x=literal([True, False], "bool"), y=literal([True, True], "bool"))
def difference_of_booleans(x, y):
    """a subtraction of booleans"""
    read(x - y)


@error(x=literal([True, False], "bool"))
def negated_booleans(x):
    """-x of booleans"""
    read(-x)


@error(x=literal([True, False], "bool"))
def relu_of_booleans(x):
    """relu of booleans"""
    read(relu(x))
