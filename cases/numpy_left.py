"""A NumPy array on the left of each operator, with a tensor on its right."""

from functools import partial
from operator import add, ge, gt, le, lt, matmul, mul, pow, sub, truediv

from gradconform import Array, case, catalogue
from gradconform.trace import exp, maximum, where

# An `Array` in a case is a NumPy array where an engine runs it. The arrays are always float64. The tensors
# are float64 too, so that no dtype rule is tested.
normal = partial(catalogue.normal, dtype="float64")
positive = partial(catalogue.positive, dtype="float64")

reflected = partial(case, tags=("reflected",))
OPERATORS = {"add": add, "sub": sub, "mul": mul, "div": truediv, "pow": pow}
SHAPES = {
    "same": ([[1.5, 0.5, 2.0], [0.75, 1.25, 3.0]], (2, 3)),
    "square": ([[1.5, 0.5], [0.75, 1.25]], (2, 2)),
    "array_stretched": ([1.5, 0.5, 2.0], (2, 3)),
    "tensor_stretched": ([[1.5, 0.5, 2.0], [0.75, 1.25, 3.0]], (3,)),
    "tensor_0-d": ([1.5, 0.5, 2.0], ()),
    "array_0-d": (1.5, (2, 3)),
}


@reflected(
    variants={
        f"{name}-{kind}": {"op": op, "left": left, "x": positive(*shape)}
        for name, op in OPERATORS.items()
        for kind, (left, shape) in SHAPES.items()
    }
)
def of_arithmetic(x, *, op, left):
    """array op tensor

    Python asks NumPy first. Unless the class says `__array_ufunc__ = None` (or has a high
    `__array_priority__`), NumPy loops over its own elements and returns an object array of small
    tensors, which has no backward. A class that is used without an adapter lacks such operands then.
    """
    return op(Array.of(left), x)


@reflected(
    variants={
        "2@2": {"left": [[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]], "x": normal(2, 2)},
        "1@2": {"left": [1.0, -2.0], "x": normal(2, 3)},
        "2@1": {"left": [[1.0, -2.0], [0.5, 3.0]], "x": normal(2)},
        "1@1": {"left": [1.0, -2.0], "x": normal(2)},
        "2@3": {"left": [[1.0, -2.0], [0.5, 3.0]], "x": normal(3, 2, 2)},
    }
)
def of_a_product_of_matrices(x, *, left):
    """array @ tensor runs the tensor's __rmatmul__"""
    return matmul(Array.of(left), x)


@reflected(x=positive(3), variants={op.__name__: {"op": op} for op in (lt, le, gt, ge)})
def of_a_comparison(x, *, op):
    """array < tensor, as the condition of where"""
    return where(op(Array.of([1.0, 1.1, 1.2]), x), x * x, exp(x))


@reflected(x=positive(3), variants={name: {"op": op} for name, op in OPERATORS.items()})
def of_a_result(x, *, op):
    """array op (x * x): the right operand is not a leaf"""
    return op(Array.of([1.5, 0.5, 2.0]), x * x)


@reflected(x=positive(3), variants={name: {"op": op} for name, op in OPERATORS.items()})
def on_the_right(x, *, op):
    """tensor op array, times x"""
    return op(x, Array.of([1.5, 0.5, 2.0])) * x


@reflected(x=positive(2, 2), variants={name: {"op": op} for name, op in OPERATORS.items()})
def on_both_sides(x, *, op):
    """array op tensor op array"""
    return op(op(Array.of([1.5, 0.5]), x), Array.of([[0.5], [1.25]]))


@reflected(x=positive(3))
def as_an_array_literal(x):
    """an array literal minus a tensor, divided by another"""
    return (Array.of([1.0, 2.0, 3.0]) - x) / Array.of([2.0, 4.0, 5.0])


@reflected(
    x=normal(2, 2),
    variants={
        "integers": {"left": Array.of([[1, 2], [3, 4]], "int64")},
        "bools": {"left": Array.of([[True, False], [False, True]], "bool")},
    },
)
def of_another_dtype(x, *, left):
    """an array of integers or of bools times a tensor: the result is of the tensor's dtype"""
    return left * x


@reflected(x=normal(4, 2), tags=("reflected", "training"))
def in_a_mean_squared_error(x):
    """((data @ x - targets) ** 2).mean() with NumPy data and targets"""
    data, targets = Array.of([[1.0, 0.5, -1.0, 2.0]]), Array.of([[0.5, -0.5]])
    return ((data @ x - targets) ** 2).mean()


@reflected(level="torch", convention="stable", x=normal(3), tags=("reflected", "edge"))
def in_a_maximum(x):
    """maximum of an array and a tensor"""
    return maximum(Array.of([0.1, -0.1, 0.2]), x)


@reflected(
    x=positive(3),
    tags=("reflected", "reuse"),
    variants={name: {"op": op} for name, op in OPERATORS.items()},
)
def with_a_numpy_number(x, *, op):
    """a NumPy number (0-d) on the left, times x * x"""
    return op(Array.of(1.5), x) * x * x
