"""One backward pass, in every way that torch offers.

| convention of torch | cases |
| --- | --- |
| backward from several roots is one pass, also over shared nodes | `from_several_roots*` |
| backward(inputs=[x]) fills x.grad alone | `to_a_chosen_leaf*` |
| backward adds to an existing gradient, in place | `gradient_set_*`, `gradient_of_another` |
| grad() gives constants, and differentiable values with create_graph | `without_a_graph*`, `whether_*` |
| grad() by an unused leaf: an error, None, or zeros | `by_what_was_not_used*` |
| grad() frees the graph as backward does, except with create_graph | `second_gradient*` |
| detach_ and requires_grad_ change a value's place in the graph | `detached`, `requires_grad_*` |
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import constant, literal, normal
from gradconform.trace import backward, detach, exp, grad, read, relu, tanh, zero_grad

scalar = partial(case, level="torch", tags=("scalar", "lifecycle"), convention="stable")
on_tensors = partial(case, level="torch", tags=("lifecycle",), convention="stable")
none_or_zero = partial(
    case, level="torch", tags=("scalar", "lifecycle"), convention="implementation-defined"
)
refused = partial(case, level="torch", tags=("scalar", "lifecycle", "error"), convention="stable")


@scalar(x=3.0, y=2.0)
def from_several_roots(x, y):
    """backward from x * x and x * y at once: the gradients add up"""
    backward([x * x, x * y])
    read(x.grad, y.grad)


@scalar(
    x=3.0,
    y=2.0,
    variants={
        "beside_each_other": {"roots": lambda h, y: [h * 2, h * y]},
        "one_behind_the_other": {"roots": lambda h, y: [h, h * y]},
        "one_twice": {"roots": lambda h, y: [h, h]},
    },
)
def from_several_roots_that_share(x, y, *, roots):
    """several roots share h = x * x: the pass visits h once, when all of its gradient has arrived"""
    h = x * x
    backward([*roots(h, y), y * 1.0])
    read(h.grad, x.grad, y.grad)


@on_tensors(x=normal(3))
def from_several_roots_of_two_shapes(x):
    """backward from a (3,) with a cotangent and from a number, at once"""
    backward([tanh(x), (x * x).sum()])
    read(x.grad)


@scalar(x=3.0, y=2.0)
def from_several_roots_retained(x, y):
    """several roots, twice: the graph is retained by the first pass"""
    a, b = exp(x * 0.1), x * y
    backward([a, b], retain_graph=True)
    backward([b, a])
    read(x.grad, y.grad)


@none_or_zero(x=3.0, y=2.0)
def to_a_chosen_leaf(x, y):
    """backward of x * y with inputs=[x]: y gets no gradient"""
    backward(x * y, inputs=[x])
    read(x.grad, y.grad)


@scalar(x=3.0, y=2.0)
def to_a_chosen_leaf_then_the_other(x, y):
    """backward to x, retained, and then to y and x: x gets it twice, y once"""
    z = x * y
    backward(z, retain_graph=True, inputs=[x])
    backward(z, inputs=[y, x])
    read(x.grad, y.grad)


@none_or_zero(x=3.0, y=2.0)
def to_a_chosen_leaf_that_was_not_used(x, y):
    """backward of x * x with inputs=[y]: neither leaf gets a gradient"""
    z = x * x
    backward(z, inputs=[y])
    read(z, x.grad, y.grad)


@scalar(x=3.0)
def gradient_set_beforehand(x):
    """x.grad = 100, then backward of 3 * x: 103"""
    x.grad = 100.0
    backward(x * 3)
    read(x.grad)


@on_tensors(x=[1.0, 2.0], y=normal(2))
def gradient_set_on_a_tensor(x, y):
    """the gradient of one leaf is set, the other's is not"""
    x.grad = [10.0, -20.0]
    backward(x * y)
    read(x.grad, y.grad)


@scalar(x=3.0)
def gradient_set_between_two_passes(x):
    """the gradient is set between two backwards: the gradient of the first is replaced"""
    backward(x * x)
    x.grad = 0.5
    backward(x * 4)
    read(x.grad)
    zero_grad()
    backward(x * 5)
    read(x.grad)


@on_tensors(x=[3.0, 1.0], g=constant([100.0, 200.0]))
def gradient_of_another(x, g):
    """x.grad is g itself: backward adds to it in place, so that g changes"""
    x.grad = g
    backward(x * 3)
    read(g, x.grad)


@scalar(x=3.0)
def without_a_graph(x):
    """grad without create_graph: the result is right, and a constant"""
    g = grad(x * x, x, create_graph=False)
    read(g, g.requires_grad)


@scalar(x=3.0)
def without_a_graph_as_a_factor(x):
    """g = grad(x * x, x) without create_graph, then g * x: g counts as a constant 6"""
    return grad(x * x, x, create_graph=False) * x


@scalar(
    x=2.0,
    variants={
        "power": {"f": lambda x: x**3},
        "relu": {"f": relu},
        "linear": {"f": lambda x: 2 * x},
    },
)
def whether_a_gradient_can_be_differentiated(x, *, f):
    """a gradient with create_graph has a graph, unless it does not depend on the leaf"""
    g = grad(f(x), x)
    read(g, g.requires_grad)


@scalar(x=3.0, y=2.0)
def by_what_was_not_used(x, y):
    """grad(x * x, [x, y]) with allow_unused: None for y"""
    read(*grad(x * x, [x, y], create_graph=False, allow_unused=True))


@scalar(x=3.0, y=2.0)
def by_what_was_not_used_as_zero(x, y):
    """grad(x * x, [x, y]) with materialize_grads: 0 for y"""
    read(*grad(x * x, [x, y], create_graph=False, allow_unused=True, materialize_grads=True))


@refused(x=3.0, c=constant(2.0))
def by_a_constant(x, c):
    """grad by a constant: an error"""
    read(grad(x * c, c))


@refused(x=3.0)
def from_a_gradient_without_a_graph(x):
    """backward from a gradient that was made without create_graph: an error"""
    backward(grad(x * x * x, x, create_graph=False))
    read(x.grad)


@refused(x=3.0, tags=("scalar", "lifecycle", "error", "freed-graph"))
def second_gradient_through_a_freed_graph(x):
    """grad frees the values that the graph saved, so that a second grad is an error"""
    y = x * x
    read(grad(y, x, create_graph=False))
    read(grad(y, x, create_graph=False))


@scalar(x=3.0)
def second_gradient_after_create_graph(x):
    """grad with create_graph keeps the graph for another"""
    y = x * x * x
    read(grad(y, x))
    read(grad(y, x, create_graph=False))


@scalar(x=3.0)
def detached(x):
    """h.detach_() cuts h itself off: h * x has the gradient h"""
    h = x * 2
    h.detach_()
    read(h.requires_grad)
    backward(h * x)
    read(x.grad)


@scalar(x=3.0, c=constant([1.0, 2.0]), tags=("lifecycle",))
def requires_grad_of_a_constant(x, c):
    """a constant that is told to require a gradient gets one"""
    c.requires_grad_()
    backward((c * c * x).sum())
    read(c.requires_grad, c.grad, x.grad)


@none_or_zero(x=3.0)
def requires_grad_in_the_middle(x):
    """a detached result that requires a gradient is a leaf: the values before it get none"""
    h = detach(x * x).requires_grad_()
    backward(h * h)
    read(h.grad, x.grad)


@none_or_zero(x=3.0, y=2.0)
def requires_grad_turned_off(x, y):
    """a leaf that is told not to require a gradient gets none"""
    x.requires_grad_(False)
    z = x * y
    backward(z)
    read(z, x.requires_grad, x.grad, y.grad)


@refused(
    x=3.0,
    n=literal(3, "int64"),
    tags=("scalar", "lifecycle", "error"),
    variants={
        "off_on_a_result": {"change": lambda x, n: (x * x).requires_grad_(False)},
        "on_for_an_integer": {"change": lambda x, n: n.requires_grad_()},
    },
)
def requires_grad_refused(x, n, *, change):
    """only leaves can be told not to require a gradient, only floats to require one"""
    read(change(x, n))


@on_tensors(x=normal(3), g=constant([1.0, 2.0, 3.0]))
def cotangent_stays_as_it_is(x, g):
    """a backward changes neither the cotangent nor the result it started from"""
    y = exp(x) * x
    backward(y, g)
    read(g, y, x.grad)
