"""Matrix products: every pair of ranks, square and not, cubic and not, batches that broadcast."""

from functools import partial

from gradconform import Array, case
from gradconform.catalogue import constant, normal
from gradconform.trace import add, backward, bmm, dot, grad, matmul, mm, mv, outer, read, relu, tanh

refused = partial(case, level="torch", tags=("error",), convention="stable")


@case(
    variants={
        "1@1": {"a": normal(3), "b": normal(3)},
        "1@2": {"a": normal(3), "b": normal(3, 2)},
        "1@2_square": {"a": normal(3), "b": normal(3, 3)},
        "2@1": {"a": normal(2, 3), "b": normal(3)},
        "2@1_square": {"a": normal(3, 3), "b": normal(3)},
        "2@2": {"a": normal(2, 3), "b": normal(3, 4)},
        "2@2_square": {"a": normal(3, 3), "b": normal(3, 3)},
        "2@2_row_by_column": {"a": normal(1, 3), "b": normal(3, 1)},
        "2@2_column_by_row": {"a": normal(3, 1), "b": normal(1, 4)},
        "2@2_one_by_one": {"a": normal(1, 1), "b": normal(1, 1)},
    }
)
def of_vectors_and_matrices(a, b):
    """a @ b of vectors and matrices

    With g the gradient of a @ b, the matrix rule is g @ b.T for a and a.T @ g for b. A vector is a
    row on the left and a column on the right, so its rule is an outer product or a plain scaling.
    """
    return a @ b


@case(
    tags=("batch",),
    variants={
        "1@3": {"a": normal(3), "b": normal(4, 3, 2)},
        "1@3_cubic": {"a": normal(3), "b": normal(3, 3, 3)},
        "3@1": {"a": normal(4, 2, 3), "b": normal(3)},
        "3@1_cubic": {"a": normal(3, 3, 3), "b": normal(3)},
        "2@3": {"a": normal(2, 3), "b": normal(4, 3, 5)},
        "2@3_cubic": {"a": normal(3, 3), "b": normal(3, 3, 3)},
        "3@2": {"a": normal(4, 2, 3), "b": normal(3, 5)},
        "3@2_cubic": {"a": normal(3, 3, 3), "b": normal(3, 3)},
        "2@4": {"a": normal(2, 3), "b": normal(2, 4, 3, 2)},
        "4@1": {"a": normal(2, 4, 2, 3), "b": normal(3)},
        "4@2": {"a": normal(2, 4, 2, 3), "b": normal(3, 2)},
        "4@2_every_size_2": {"a": normal(2, 2, 2, 2), "b": normal(2, 2)},
    },
)
def with_one_operand_shared_by_a_batch(a, b):
    """a @ b, the operand of lower rank shared by the whole batch

    The shared operand is used once for each member of the batch: its gradient is summed over the
    batch axes.
    """
    return a @ b


@case(
    tags=("batch",),
    variants={
        "3@3": {"a": normal(4, 2, 3), "b": normal(4, 3, 5)},
        "3@3_cubic": {"a": normal(3, 3, 3), "b": normal(3, 3, 3)},
        "4@4": {"a": normal(2, 3, 2, 4), "b": normal(2, 3, 4, 3)},
        "4@4_every_size_2": {"a": normal(2, 2, 2, 2), "b": normal(2, 2, 2, 2)},
        "batch_of_one": {"a": normal(1, 2, 3), "b": normal(1, 3, 2)},
    },
)
def in_batches(a, b):
    """a @ b over batches of the same size

    The transpose in the backward swaps the last two axes and leaves the batch where it is; .T
    reverses all of them, which goes unnoticed on a cube until the numbers are compared.
    """
    return a @ b


@case(
    tags=("batch",),
    variants={
        "(4,1,2,3)@(5,3,2)": {"a": normal(4, 1, 2, 3), "b": normal(5, 3, 2)},
        "(1,2,3)@(4,3,5)": {"a": normal(1, 2, 3), "b": normal(4, 3, 5)},
        "(4,2,3)@(1,3,5)": {"a": normal(4, 2, 3), "b": normal(1, 3, 5)},
        "(3,3,3)@(1,3,3)": {"a": normal(3, 3, 3), "b": normal(1, 3, 3)},
        "(2,1,2,3)@(1,4,3,2)": {"a": normal(2, 1, 2, 3), "b": normal(1, 4, 3, 2)},
        "(3,1,3,3)@(3,3,3)": {"a": normal(3, 1, 3, 3), "b": normal(3, 3, 3)},
        "(3,3,3)@(3,1,3,3)": {"a": normal(3, 3, 3), "b": normal(3, 1, 3, 3)},
    },
)
def over_batches_that_broadcast(a, b):
    """a @ b, the batch axes broadcast against each other

    The batch axes follow the rules of broadcasting: after the matrix rule, sum over the axes that
    an operand lacks, and over those where it has size 1, keeping them.
    """
    return a @ b


@case(
    a=normal(2, 3),
    b=normal(3, 2),
    v=normal(3),
    variants={"mm": {"op": mm}, "matmul": {"op": matmul}},
)
def by_name(a, b, v, *, op):
    """a product of matrices by its name, times a vector"""
    return op(op(a, b), a) @ v


@case(v=normal(3), w=normal(3), variants={"dot": {"op": dot}, "outer": {"op": outer}})
def of_two_vectors_by_name(v, w, *, op):
    """dot and outer of two vectors"""
    return op(v, w) * 2.0


@case(v=normal(3), w=normal(4))
def outer_of_unequal_sizes(v, w):
    """outer of (3,) and (4,)"""
    return outer(v, w)


@case(a=normal(2, 3), v=normal(3))
def matrix_times_vector_by_name(a, v):
    """mv of (2, 3) and (3,)"""
    return mv(a, v)


@case(
    tags=("batch",),
    variants={
        "not_cubic": {"a": normal(4, 2, 3), "b": normal(4, 3, 5)},
        "cubic": {"a": normal(3, 3, 3), "b": normal(3, 3, 3)},
    },
)
def batches_by_name(a, b):
    """bmm of two batches"""
    return bmm(a, b)


@case(tags=("reuse",), variants={"square": {"x": normal(3, 3)}, "cubic": {"x": normal(3, 3, 3)}})
def with_itself(x):
    """x @ x, both operands the same

    Both rules add to the same gradient; an assignment in place of an addition loses one of them.
    """
    return x @ x


@case(tags=("reuse",), variants={"not_square": {"x": normal(2, 3)}, "square": {"x": normal(3, 3)}})
def with_its_transpose(x):
    """x @ x.T"""
    return x @ x.T


@case(v=normal(3), tags=("reuse",))
def vector_with_itself(v):
    """v @ v, whose gradient is 2 v"""
    return v @ v


@case(a=normal(2, 3), b=normal(3, 2), c=normal(2, 4))
def in_a_chain_of_three(a, b, c):
    """a @ b @ c, the gradient of the inner product a @ b read as well"""
    ab = a @ b
    y = ab @ c
    backward(y)
    read(y, ab.grad, a.grad, b.grad, c.grad)


@case(a=normal(2, 3), b=normal(3, 2), tags=("reuse",))
def whose_result_is_used_twice(a, b):
    """y = a @ b, then tanh(y) * y"""
    y = a @ b
    return tanh(y) * y


@case(x=normal(4, 3), w=normal(3, 4), tags=("reuse",))
def whose_operand_is_used_again(x, w):
    """x @ w @ x + x: the operand of a product used three times"""
    return add(x @ w @ x, x)


@case(
    x=normal(3, 3),
    w=constant(normal(3, 3)),
    variants={"left": {"left": True}, "right": {"left": False}},
)
def with_a_constant(x, w, *, left):
    """a product with a matrix that needs no gradient"""
    return x @ w if left else w @ x


@case(x=normal(5, 3), w=normal(3, 4), b=normal(4), v=normal(4, 1))
def in_two_layers(x, w, b, v):
    """relu(x @ w + b) @ v, the bias broadcast over the rows"""
    return relu(x @ w + b) @ v


@case(
    tags=("reflected",),
    x=normal(3, 2, dtype="float64"),
    variants={
        "vector": {"c": [1.0, -2.0, 0.5]},
        "matrix": {"c": [[1.0, -2.0, 0.5], [0.0, 3.0, 4.0]]},
    },
)
def with_a_numpy_array_on_the_left(x, *, c):
    """a NumPy array @ a tensor

    Python asks NumPy first unless the class says otherwise (__array_ufunc__ = None, or a high
    __array_priority__ and __rmatmul__).
    """
    return Array.of(c) @ x


@case(x=normal(3, 2), tags=("order2",))
def second_derivative_of_a_product(x):
    """the gradient of the squared gradient of x.T @ x"""
    g = grad((x.T @ x).square().sum(), x)
    return (g * g).sum()


@refused(
    variants={
        "(2,3)@(2,3)": {"a": normal(2, 3), "b": normal(2, 3)},
        "(3,)@(4,)": {"a": normal(3), "b": normal(4)},
        "(2,3)@(2,)": {"a": normal(2, 3), "b": normal(2)},
        "(2,2,3)@(3,3,2)": {"a": normal(2, 2, 3), "b": normal(3, 3, 2)},
        "()@(3,)": {"a": 2.0, "b": normal(3)},
        "(2,3)@()": {"a": normal(2, 3), "b": 2.0},
        "()@()": {"a": 2.0, "b": 3.0},
    }
)
def of_shapes_that_do_not_fit(a, b):
    """a @ b where the shapes do not fit: an error

    The inner sizes must agree, batch axes must broadcast, and a scalar is no matrix.
    """
    return a @ b
