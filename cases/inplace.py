"""Values that are changed in place: which changes join the graph, and which ones torch refuses.

| convention of torch | cases |
| --- | --- |
| a change of or by a result is recorded | `of_a_result`, `overwritten`, `of_a_constant` |
| an overwritten element gets the gradient 0, its new value the rest | `element_assigned` |
| a change of a view is a change of its base | `of_a_view` |
| a leaf that requires grad may be changed only under no_grad | `of_a_leaf_under_no_grad`, `refused` |
| a value that backward needs must not change before it | `unneeded_values`, `needed_values` |
| detach shares memory, and the count of changes | `through_detach`, `needed_values` |
| `.data` shares memory without that count: the gradient is silently wrong | `behind_the_graphs_back` |

For an engine whose values cannot change these cases are unsupported: it lacks the methods.
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal
from gradconform.trace import backward, detach, exp, no_grad, read

TAGS = ("lifecycle", "inplace")
scalar = partial(case, level="torch", tags=("scalar", *TAGS), convention="stable")
on_tensors = partial(case, level="torch", tags=TAGS, convention="stable")
refuses = partial(case, level="torch", tags=(*TAGS, "error"), convention="stable")


def spelt(**functions):
    """Variants over functions."""
    return {name: {"change": function} for name, function in functions.items()}


ARITHMETIC = spelt(
    add=lambda h, y: h.add_(y),
    sub=lambda h, y: h.sub_(y),
    mul=lambda h, y: h.mul_(y),
    div=lambda h, y: h.div_(y),
)


@scalar(x=3.0, y=2.0, variants=ARITHMETIC)
def of_a_result(x, y, *, change):
    """h = 2 * x, then h op= y in place: both leaves get their part"""
    h = x * 2
    change(h, y)
    return h * h


@scalar(x=3.0, variants=ARITHMETIC)
def of_a_result_by_a_number(x, *, change):
    """h = 2 * x, then h op= 5 in place"""
    h = x * 2
    change(h, 5.0)
    return h * h


@scalar(x=0.7)
def exponential_in_place(x):
    """h = 2 * x, then exp_: the derivative is the new value"""
    h = x * 2
    h.exp_()
    return h * x


@scalar(
    x=3.0,
    y=2.0,
    variants=spelt(
        zero=lambda h, y: h.zero_(),
        number=lambda h, y: h.fill_(7.0),
        leaf=lambda h, y: h.fill_(y),
        copy=lambda h, y: h.copy_(y * y),
    ),
)
def overwritten(x, y, *, change):
    """h = 2 * x is overwritten: x gets no gradient through h, the new value gets all of it"""
    h = x * 2
    change(h, y)
    return h * x + y


@scalar(x=3.0, c=constant(1.0))
def of_a_constant(x, c):
    """a constant becomes a result when a result is added to it in place"""
    c.add_(x * x)
    read(c.requires_grad)
    backward(c)
    read(c, x.grad)


@scalar(x=3.0)
def result_of_a_change(x):
    """an in-place method returns the changed value itself, not a new one"""
    h = x * 2
    again = h.add_(1.0)
    again.mul_(3.0)
    read(h, again)
    backward(h * again)
    read(x.grad)


@on_tensors(
    x=[1.0, 2.0, 3.0],
    v=4.0,
    variants=spelt(
        number=lambda h, v: h.__setitem__(1, 5.0),
        result=lambda h, v: h.__setitem__(1, v * v),
        slice=lambda h, v: h.__setitem__(slice(1, None), v),
        list=lambda h, v: h.__setitem__([0, 2], v * 2),
        mask=lambda h, v: h.__setitem__(h > 3, v),
    ),
)
def element_assigned(x, v, *, change):
    """h[index] = v: the leaf behind the overwritten elements gets 0 there"""
    h = x * 2
    change(h, v)
    return h * h + v


@on_tensors(
    x=[[1.0, 2.0], [3.0, 4.0]],
    variants=spelt(
        slice=lambda h, x: h[:1].mul_(100.0),
        row=lambda h, x: h[0].add_(x[1]),
        transpose=lambda h, x: h.T.add_(x),
        reshape=lambda h, x: h.reshape((4,))[1:3].mul_(x[0]),
        view_of_a_view=lambda h, x: h[1][:1].fill_(7.0),
    ),
)
def of_a_view(x, *, change):
    """a view of h = x * x is changed: h changes too, and its gradient follows the change"""
    h = x * x
    change(h, x)
    return h


@scalar(x=3.0)
def of_a_leaf_under_no_grad(x):
    """a leaf is moved under no_grad, as an optimizer does, and stays a leaf"""
    with no_grad():
        x.sub_(0.5)
    read(x, x.requires_grad)
    backward(x * x)
    read(x.grad)


@scalar(x=3.0)
def through_detach(x):
    """detach(x) is changed: it shares its memory with x"""
    shared = detach(x)
    shared.mul_(2.0)
    y = x * x
    backward(y)
    read(x, shared, y, x.grad)


def _moved(x, c):
    y = x + x
    with no_grad():
        x.fill_(9.0)
    return y


def _moved_factor(x, c):
    y = x * x
    with no_grad():
        x.fill_(9.0)
    return y


def _then(change, *given):
    """Change a value, and return the last of `given`, which was computed before."""
    y = given[-1]
    change()
    return y


@scalar(
    x=3.0,
    c=constant(2.0),
    variants={
        "result_that_was_added": {"build": lambda x, c: _then((h := x * 1.0).exp_, h + c)},
        "constant_that_was_added": {"build": lambda x, c: _then(c.zero_, x + c)},
        "leaf_that_was_added": {"build": _moved},
    },
)
def unneeded_values(x, c, *, build):
    """a value is changed after its use, and backward does not need it"""
    y = build(x, c)
    backward(y)
    read(y, x.grad)


@refuses(
    x=3.0,
    c=constant(2.0),
    tags=("scalar", *TAGS, "error"),
    variants={
        "result_of_exp_scaled": {"build": lambda x, c: exp(x).mul_(2.0)},
        "result_of_exp_shifted": {"build": lambda x, c: exp(x).add_(2.0)},
        "factor": {"build": lambda x, c: _then((h := x * 1.0).zero_, h * x)},
        "constant_factor": {"build": lambda x, c: _then(c.zero_, x * c)},
        "leaf_under_no_grad": {"build": _moved_factor},
        "leaf_through_detach": {"build": lambda x, c: _then(detach(x).zero_, x * x)},
        "itself": {"build": lambda x, c: (h := x * 2).mul_(h)},
    },
)
def needed_values(x, c, *, build):
    """a value that backward needs is changed after its use: backward raises"""
    y = build(x, c)
    backward(y)
    read(x.grad)


@case(x=3.0, level="torch", tags=("scalar", *TAGS), convention="questionable")
def behind_the_graphs_back(x):
    """x.data is changed between forward and backward: torch does not notice, and says 18 instead of 6"""
    y = x * x
    x.data.fill_(9.0)
    backward(y)
    read(x.grad)


@refuses(
    x=[3.0, 1.0],
    y=[1.0, 2.0, 3.0],
    n=literal([1, 2], "int64"),
    variants=spelt(
        leaf=lambda x, y, n: x.add_(1.0),
        leaf_zeroed=lambda x, y, n: x.zero_(),
        element_of_a_leaf=lambda x, y, n: x.__setitem__(0, 1.0),
        view_of_a_leaf=lambda x, y, n: x[:1].mul_(2.0),
        larger_operand=lambda x, y, n: (x * 2).add_(y),
        float_to_integers=lambda x, y, n: n.add_(1.5),
        expanded=lambda x, y, n: (x * 2).expand((2, 2)).mul_(3.0),
    ),
)
def refused(x, y, n, *, change):
    """a change that torch refuses: of a leaf, of a shape, of a dtype, or of overlapping elements"""
    change(x, y, n)
    read(x)
