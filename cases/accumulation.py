"""How gradients meet: fan-out, diamonds, several backward passes, and what stops them."""

from harness.case import case
from harness.trace import backward, exp, no_grad, read, zero_grad

SCALAR = ("scalar",)
LIFECYCLE = ("scalar", "lifecycle")


@case(x=3.0, tags=SCALAR)
def value_times_itself(x):
    """x * x"""
    return x * x


@case(x=3.0, tags=SCALAR)
def value_plus_itself(x):
    """x + x"""
    return x + x


@case(x=3.0, tags=SCALAR)
def value_minus_and_over_itself(x):
    """(x - x) + x / x: the paths cancel"""
    return (x - x) + x / x


@case(x=1.5, tags=SCALAR)
def three_powers(x):
    """x**2 + x**3 + x"""
    return x**2 + x**3 + x


@case(a=3.0, tags=SCALAR)
def doubled_twice(a):
    """b = a + a; c = b + b

    Recursion without a topological order passes the gradient of b on before it is complete.
    """
    b = a + a
    return b + b


@case(x=2.0, tags=SCALAR)
def diamond(x):
    """Two paths of equal length"""
    return (x * 2.0) * (x + 3.0)


@case(x=2.0, tags=SCALAR)
def diamond_of_unequal_length(x):
    """One path of one node, one of four

    A breadth-first walk reaches the shared node before its other user is done.
    """
    y = x * x
    return y * (((y + 1.0) * 2.0 - 3.0) * y)


@case(x=2.0, tags=SCALAR)
def diamond_with_the_long_path_first(x):
    """The same, with the operands exchanged"""
    y = x * x
    return (((y + 1.0) * 2.0 - 3.0) * y) * y


@case(x=0.5, tags=SCALAR)
def ladder_of_uneven_depths(x):
    """Each rung uses the two before it"""
    a = x * 1.5
    b = a * x
    c = a + b * 2.0
    return c * a + b * c


@case(x=1.1, tags=SCALAR)
def fan_out_of_twenty(x):
    """One value used twenty times"""
    return sum(x * k for k in range(1, 21))


@case(x=1.01, tags=SCALAR)
def doubling_ten_times(x):
    """y = y + y, ten times: 1,024 paths"""
    for _ in range(10):
        x = x + x
    return x


@case(a=2.0, b=-3.0, tags=SCALAR)
def shared_product(a, b):
    """c = a * b; c + c"""
    c = a * b
    return c + c


@case(a=2.0, b=-3.0, tags=SCALAR)
def repeated_product(a, b):
    """a * b + a * b: the same number by two nodes"""
    return a * b + a * b


@case(x=0.5, y=2.0, tags=SCALAR)
def two_leaves_crossed(x, y):
    """Each leaf meets both others' results"""
    p, q = x * y, exp(x) + y
    return p * q + p / q


@case(x=3.0, level="torch", convention="stable", tags=LIFECYCLE)
def backward_twice_on_one_graph(x):
    """y = 2 * x * x at 3, backward twice on the same graph

    Torch adds to the leaves only: the gradients of inner nodes start from zero on each pass. If
    inner nodes keep theirs, the second pass sends them down again.
    """
    y = 2 * x * x
    backward(y, retain_graph=True)
    backward(y)
    read(x.grad)


@case(x=3.0, tags=LIFECYCLE)
def backward_on_a_rebuilt_graph(x):
    """The same expression built and walked twice: the leaf accumulates"""
    backward(2 * x * x)
    backward(2 * x * x)
    read(x.grad)


@case(x=3.0, level="torch", convention="stable", tags=LIFECYCLE)
def two_losses_share_a_node(x):
    """h = x * x; a = 2h, then b = 3h, each with its own backward

    The shared node must not send the first loss's gradient down again with the second.
    """
    h = x * x
    backward(2 * h, retain_graph=True)
    backward(3 * h)
    read(x.grad)


@case(x=3.0, y=2.0, tags=LIFECYCLE)
def a_leaf_in_two_graphs(x, y):
    """Two losses that share leaves only"""
    backward(x * y)
    backward(x * x + y)
    read(x.grad, y.grad)


@case(x=3.0, tags=LIFECYCLE)
def zero_grad_between(x):
    """Only what came after zero_grad remains"""
    backward(2 * x * x)
    zero_grad()
    backward(x * x * x)
    read(x.grad)


@case(x=3.0, tags=LIFECYCLE)
def gradient_read_after_each_pass(x):
    """The leaf's gradient after one pass and after two"""
    backward(x * x)
    read(x.grad)
    backward(x * 5.0)
    read(x.grad)


@case(x=3.0, tags=LIFECYCLE)
def no_grad_is_a_constant(x):
    """What is computed inside no_grad passes no gradient"""
    with no_grad():
        c = x * x
    return c * x


@case(x=3.0, tags=LIFECYCLE)
def detach_is_a_constant(x):
    """x * x.detach(): one path of two"""
    return x * x.detach()


@case(x=3.0, tags=LIFECYCLE)
def detached_inner_node(x):
    """A detached node and its original side by side"""
    y = x * x
    return y * 2.0 + y.detach() * x


@case(x=3.0, y=2.0, level="torch", convention="implementation-defined", tags=LIFECYCLE)
def unused_input(x, y):
    """An input that the result does not depend on: torch says None"""
    backward(x * x)
    read(x.grad, y.grad)


@case(x=3.0, y=2.0, tags=LIFECYCLE)
def input_times_zero(x, y):
    """A path through a factor of zero is a gradient of zero, not none"""
    return x * x + y * 0.0


@case(x=3.0, level="torch", convention="stable", tags=LIFECYCLE)
def requires_grad_flows(x):
    """Leaves and what depends on them require grad; what is detached does not"""
    y = x * x
    read(x.requires_grad, y.requires_grad, y.detach().requires_grad)


@case(x=3.0, tags=SCALAR)
def backward_from_a_leaf(x):
    """The gradient of a leaf by itself is 1"""
    backward(x)
    read(x.grad)


@case(x=3.0, tags=SCALAR)
def inner_gradients(x):
    """The gradients of inner nodes can be read as well"""
    y = x * x
    z = y * 2.0
    backward(z * y)
    read(x.grad, y.grad, z.grad)
