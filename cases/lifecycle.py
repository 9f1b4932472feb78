"""The life of a graph: several backwards, reset gradients, parts without a graph, flags.

| convention of torch | cases |
| --- | --- |
| a graph keeps its gradients for leaves alone, and they add up | `accumulation/*`, `gradient_of_*` |
| a graph that saved something is freed by backward | `errors/second_backward*` |
| a graph that saved nothing goes on | `sum_*_backward_twice` |
| a leaf that backward does not reach has None | `unused_input`, `used_only_*`, `used_times_zero` |
| zero_grad means None | `zero_grad_*`, `gradient_before_backward` |
| no_grad makes constants; backward runs inside it | `*no_grad*` |
| roots, leaves and gradients can be chosen | `passes/*` |
| values change in place | `inplace/*` |
| a hook may change the gradient that goes on | `hook_*` |

A program is data and holds no Python functions. The only hook that it can hold multiplies by a number.
"""

from functools import partial

from gradconform import case, trace
from gradconform.catalogue import constant, normal
from gradconform.trace import backward, detach, exp, grad, no_grad, read, tanh, zero_grad

scalar = partial(case, tags=("scalar", "lifecycle"))
torchs = partial(case, level="torch", tags=("scalar", "lifecycle"), convention="stable")
none_or_zero = partial(
    case, level="torch", tags=("scalar", "lifecycle"), convention="implementation-defined"
)


@scalar(x=3.0)
def zero_grad_between_two_graphs(x):
    """zero_grad between two backwards: only the second counts"""
    backward(x * x)
    zero_grad()
    backward(x * 5)
    read(x.grad)


@scalar(x=3.0, y=2.0)
def zero_grad_of_one_leaf(x, y):
    """zero_grad of x alone: y keeps its gradient and adds to it"""
    backward(x * y)
    zero_grad(x)
    backward(x * y + y)
    read(x.grad, y.grad)


@torchs(x=3.0)
def three_graphs_read_after_each(x):
    """the gradient is read after each of three backwards"""
    for factor in (1.0, 2.0, 4.0):
        backward(x * x * factor)
        read(x.grad)


@scalar(x=3.0)
def value_after_backward(x):
    """backward changes no value: input and result are read after it"""
    y = exp(x) * x
    backward(y)
    read(x, y, x.grad)


@none_or_zero(x=3.0)
def zero_grad_forgets(x):
    """the gradient after zero_grad: torch says None, zero passes too"""
    backward(x * x)
    zero_grad()
    read(x.grad)


@none_or_zero(x=3.0)
def gradient_before_backward(x):
    """the gradient of a fresh leaf: torch says None, zero passes too"""
    y = x * x
    read(y, x.grad)


@none_or_zero(x=3.0, unused=5.0)
def unused_input(x, unused):
    """a leaf that is not in the graph: torch says None, zero passes too"""
    return x * x


@none_or_zero(x=3.0, y=5.0)
def used_only_in_a_dead_branch(x, y):
    """a leaf in a branch that does not reach the root: torch says None, zero passes too"""
    _dead = exp(y) * x
    return x * x


@none_or_zero(x=3.0, y=5.0, tags=("scalar", "lifecycle", "stop-gradient"))
def used_only_detached(x, y):
    """a leaf that is used only detached: torch says None, zero passes too"""
    return x * detach(y)


@torchs(x=3.0, y=5.0)
def used_times_zero(x, y):
    """a leaf that is multiplied by 0 is in the graph: torch says 0, not None"""
    return x * x + y * 0


@torchs(x=3.0)
def backward_from_a_leaf(x):
    """backward from a leaf itself: its gradient is 1"""
    backward(x)
    read(x.grad)


@torchs(x=3.0)
def sum_with_itself_backward_twice(x):
    """y = x + x, backward twice without retain_graph: an addition keeps nothing, so torch allows it"""
    y = x + x
    backward(y)
    backward(y)
    read(x.grad)


@torchs(x=[3.0, 1.0])
def sum_of_a_tensor_backward_twice(x):
    """x.sum(), backward twice without retain_graph: a sum keeps nothing, so torch allows it"""
    y = x.sum()
    backward(y)
    backward(y)
    read(x.grad)


@torchs(x=3.0)
def gradient_of_a_result(x):
    """the gradient of h = x * x, when torch was told to keep it"""
    h = x * x
    y = h * 5
    backward(y)
    read(h.grad, x.grad)


@torchs(x=3.0)
def gradient_of_a_result_adds_up(x):
    """a kept gradient of an inner node accumulates as a leaf's does: 3, then 6"""
    h = x * 2
    y = h * 3
    for _ in range(2):
        backward(y, retain_graph=True)
        read(h.grad)


@torchs(x=3.0)
def gradient_of_the_root(x):
    """the gradient of the root itself is 1"""
    y = x * x
    backward(y)
    read(y.grad, x.grad)


@torchs(x=3.0)
def retained_graph_extended(x):
    """a graph is kept, grows after its first backward, and runs again"""
    h = exp(x * 0.1)
    backward(h, retain_graph=True)
    backward(h * h)
    read(x.grad)


@torchs(
    x=0.7,
    variants={
        name: {"op": getattr(trace, name)}
        for name in ("tanh", "sigmoid", "exp", "sqrt", "relu", "log", "sin", "softplus", "gelu")
    },
)
def backward_twice_from_one_function(x, *, op):
    """y = f(x), backward twice with retain_graph: twice the gradient

    A backward that computes in the memory of what was saved spoils it for the second.
    """
    y = op(x)
    backward(y, retain_graph=True)
    backward(y)
    read(x.grad, y)


@case(
    level="torch",
    tags=("lifecycle",),
    convention="stable",
    x=normal(2, 3),
    y=normal(3, 2),
    variants={
        "matmul": {"op": lambda x, y: x @ y},
        "softmax": {"op": lambda x, y: trace.softmax(x, dim=1)},
        "log_softmax": {"op": lambda x, y: trace.log_softmax(x, dim=1)},
        "logsumexp": {"op": lambda x, y: x.logsumexp(dim=1)},
        "amax": {"op": lambda x, y: x.amax(dim=1)},
        "std": {"op": lambda x, y: x.std(dim=1)},
        "norm": {"op": lambda x, y: trace.norm(x)},
        "prod": {"op": lambda x, y: x.prod(dim=1)},
        "mul": {"op": lambda x, y: x * y.T},
        "div": {"op": lambda x, y: x / (y.T * y.T + 1.0)},
        "getitem": {"op": lambda x, y: x[1] * x[0]},
    },
)
def backward_twice_from_one_tensor(x, y, *, op):
    """f(x) * x[0, 0], backward twice with retain_graph: twice the gradient"""
    z = op(x, y) * x[0, 0]
    backward(z, retain_graph=True)
    backward(z)
    read(x.grad, z)


@torchs(x=3.0)
def zero_grad_between_two_passes_on_one_graph(x):
    """zero_grad between two backwards on one graph: the second pass starts clean"""
    y = 2 * x * x
    backward(y, retain_graph=True)
    zero_grad()
    backward(y)
    read(x.grad)


@scalar(x=3.0)
def no_grad_makes_a_constant(x):
    """c = x * x under no_grad, then c * x: c is the constant 9"""
    with no_grad():
        c = x * x
    return c * x


@scalar(x=3.0)
def recording_resumes_after_no_grad(x):
    """no_grad ends, and later steps are recorded again"""
    y = x * 2
    with no_grad():
        _ignored = y * y
    return y * y


@scalar(x=3.0)
def no_grad_in_no_grad(x):
    """an inner no_grad ends, and the outer one still holds"""
    with no_grad():
        with no_grad():
            a = x * 2
        b = x * 3
    return a * b * x


@scalar(x=0.7)
def value_under_no_grad(x):
    """tanh(x) * x under no_grad and outside: the value is the same"""
    with no_grad():
        y = tanh(x) * x
    z = tanh(x) * x
    read(y, z)


@torchs(x=3.0)
def backward_inside_no_grad(x):
    """backward runs inside no_grad, on a graph that was recorded outside"""
    y = x * x
    with no_grad():
        backward(y)
    read(x.grad)


@torchs(
    x=2.0,
    c=constant(3.0),
    variants={
        "leaf": {"build": lambda x, c: x},
        "constant": {"build": lambda x, c: c},
        "result": {"build": lambda x, c: x * c},
        "result_of_constants": {"build": lambda x, c: c * c},
        "detached": {"build": lambda x, c: detach(x * c)},
        "comparison": {"build": lambda x, c: x > c},
        "step": {"build": lambda x, c: x.sign()},
    },
)
def requires_grad(x, c, *, build):
    """requires_grad of a leaf, a constant, or a result"""
    read(build(x, c).requires_grad)


@torchs(x=2.0)
def requires_grad_under_no_grad(x):
    """a result under no_grad requires no gradient; the leaf still does"""
    with no_grad():
        y = x * x
    read(y.requires_grad, x.requires_grad)


@torchs(x=3.0)
def functional_gradient_leaves_grad_alone(x):
    """grad(y, x) gives 6 and does not write x.grad, so that backward sets it to 6"""
    y = x * x
    g = grad(y, x)
    backward(y)
    read(g, x.grad)


@case(x=normal(3), tags=("lifecycle",))
def cotangents_are_linear(x):
    """two backwards on two graphs add up to one backward with the sum of their cotangents"""
    backward(tanh(x), [1.0, -2.0, 0.5])
    backward(tanh(x), [0.5, 3.0, 2.0])
    read(x.grad)


@torchs(x=normal(3))
def cotangent_of_a_result(x):
    """a result is given as the cotangent: its value is taken"""
    y = tanh(x)
    backward(y, y)
    read(x.grad, y)


hooked = partial(
    case, level="torch", tags=("scalar", "lifecycle", "stop-gradient"), convention="stable"
)


@hooked(x=2.0)
def hook_on_a_result(x):
    """a hook on an inner value scales the gradient that goes on from it"""
    y = x * x
    y.register_hook(factor=10.0)
    return y * 1.0


@hooked(x=2.0)
def hook_on_a_leaf(x):
    """a hook on a leaf scales the sum of the gradients that arrive, once"""
    x.register_hook(factor=10.0)
    return x * x + x


@torchs(x=3.0, variants={"once": {"depth": 1}, "inside_another": {"depth": 2}})
def recording_resumes_after_an_exception(x, *, depth):
    """an exception leaves no_grad, and what comes after it is recorded again

    A `no_grad` without `try` and `finally` stays in force for the rest of the process.
    """
    for _ in range(depth):
        with no_grad(raised=True):
            _ignored = x * x
    return x * x
