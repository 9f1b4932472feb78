"""A value that is looked at: reading a number, printing and comparing change neither value nor graph."""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal
from gradconform.trace import as_float, as_repr, as_str, backward, detach, exp, read, truth

scalar = partial(case, tags=("scalar", "looks"))

# What a person does with a value between two steps.
LOOKS = {
    "item": {"look": lambda v: v.item()},
    "float": {"look": as_float},
    "str": {"look": as_str},
    "repr": {"look": as_repr},
    "larger": {"look": lambda v: v > 1.0},
    "smaller": {"look": lambda v: v < 1.0},
    "equal": {"look": lambda v: v == v},
    "detach": {"look": detach},
}
OF_TENSORS = {name: LOOKS[name] for name in ("str", "repr", "larger", "detach")}


@scalar(x=3.0, variants=LOOKS)
def at_a_result(x, *, look):
    """t = x * x is looked at, then t * 2 + t

    A class whose `item` or `__repr__` empties the record of operands cuts the graph at t.
    """
    t = x * x
    look(t)
    return t * 2.0 + t


@scalar(x=3.0, variants=LOOKS)
def at_a_leaf(x, *, look):
    """the leaf x is looked at before and after exp(x) * x"""
    look(x)
    y = exp(x) * x
    look(x)
    return y


@scalar(x=3.0, variants=LOOKS)
def at_the_root_before_backward(x, *, look):
    """the loss is looked at, as a person prints it, and then backward begins there"""
    y = x * x * 0.5
    look(y)
    backward(y)
    read(y, x.grad)


@case(x=normal(2, 3), tags=("looks",), variants=OF_TENSORS)
def at_a_tensor(x, *, look):
    """t = x * x of a matrix is looked at, then t * 2 + t"""
    t = x * x
    look(t)
    return t * 2.0 + t


@case(x=3.0, level="torch", tags=("scalar", "looks"), convention="stable")
def truth_of_a_result(x):
    """bool(x * x) on the way: a class may have no truth value, and torch has the one of its number"""
    t = x * x
    truth(t)
    return t * 2.0 + t
