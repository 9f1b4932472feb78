"""Leaving the graph: a Python number, a truth value, a NumPy array, or the bare data of a tensor."""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, normal
from gradconform.trace import backward, detach, read, truth

out = partial(case, level="torch", tags=("lifecycle",), convention="stable")
refused = partial(case, level="torch", tags=("lifecycle", "error"), convention="stable")


@out(variants={"()": {"x": 1.5}, "(1,)": {"x": [1.5]}, "(1,1)": {"x": [[1.5]]}})
def as_one_number(x):
    """item() of any tensor of one element"""
    read((x * 2).item())


@out(variants={"zero": {"x": [[0.0]]}, "minus_zero": {"x": -0.0}, "nan": {"x": float("nan")}})
def as_a_truth_value(x):
    """bool() of one element: a zero of either sign is False, nan is True"""
    read(truth(x))


@out(x=normal(2, 3), c=constant([1.0, 2.0]))
def as_an_array(x, c):
    """numpy() of a value that requires no gradient"""
    read(c.numpy(), detach(x * 2).numpy())


@out(x=normal(2, 3), tags=("lifecycle", "stop-gradient"))
def as_bare_data(x):
    """x.data is a constant with the same numbers: x * x.data has the gradient x.data"""
    y = x * x.data
    backward(y)
    read(x.data.requires_grad, y, x.grad)


@refused(
    x=[1.0, 2.0],
    variants={
        "number": {"leave": lambda x: x.item()},
        "truth_value": {"leave": truth},
        "truth_of_a_comparison": {"leave": lambda x: truth(x > 1)},
        "array_of_a_leaf": {"leave": lambda x: x.numpy()},
        "array_of_a_result": {"leave": lambda x: (x * 2).numpy()},
    },
)
def that_is_refused(x, *, leave):
    """item and bool of two elements, and numpy of a value that requires a gradient: an error"""
    read(leave(x))
