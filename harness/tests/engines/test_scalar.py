"""The scalar engine against torch, at ordinary and at hard points, and its graph's life."""

import math
import operator
import random

import pytest
import torch
import torch.nn.functional as F  # noqa: N812
from gradconform.engines.scalar import Value, no_grad

INF, NAN = math.inf, math.nan
ORDINARY = (-2.3, -1.0, -0.45, 0.3, 0.8, 1.0, 1.7, 4.0)
HARD = (0.0, -0.0, 1e200, -1e200, 1e-200, 1e-320, 1000.0, -1000.0, INF, -INF, NAN)
GRADIENTS = (1.0, INF)

# name: how it is written on a Value, and on a tensor
UNARY = {
    "pos": (operator.pos, operator.pos),
    "neg": (operator.neg, operator.neg),
    "abs()": (abs, abs),
    **{
        name: (operator.methodcaller(name), operator.methodcaller(name))
        for name in (
            *("abs", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1"),
            *("log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan"),
            *("sinh", "cosh", "erf", "relu", "sigmoid", "tanh"),
        )
    },
    "softplus": (Value.softplus, F.softplus),
    "silu": (Value.silu, F.silu),
    "gelu": (Value.gelu, F.gelu),
    "leaky_relu": (Value.leaky_relu, F.leaky_relu),
    "leaky_relu(0.2)": (lambda x: x.leaky_relu(0.2), lambda x: F.leaky_relu(x, 0.2)),
    "elu": (Value.elu, F.elu),
    "elu(2.5)": (lambda x: x.elu(2.5), lambda x: F.elu(x, 2.5)),
    "clamp(-1, 1)": (lambda x: x.clamp(-1, 1), lambda x: x.clamp(-1, 1)),
    "clamp(min=0)": (lambda x: x.clamp(min=0), lambda x: x.clamp(min=0)),
    "clamp(max=1)": (lambda x: x.clamp(max=1), lambda x: x.clamp(max=1)),
    "clamp(2, -2)": (lambda x: x.clamp(2, -2), lambda x: x.clamp(2, -2)),
}
OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
}
BINARY = {
    **{name: (function, function) for name, function in OPERATORS.items()},
    "maximum": (Value.maximum, torch.maximum),
    "minimum": (Value.minimum, torch.minimum),
}
PAIRS = (
    *((2.0, 3.0), (-1.5, 0.5), (0.7, -2.0), (-2.0, 2.0), (-2.0, 3.0), (-8.0, 1 / 3), (1.0, 1.0)),
    *((0.0, 0.0), (0.0, 1.0), (0.0, 2.0), (0.0, 0.5), (0.0, -1.0), (-0.0, -1.0), (-0.0, 0.5)),
    *((1.0, 0.0), (-1.0, 0.0), (1.0, -0.0), (5.0, 1e-320), (-2.0, 0.5), (-2.0, 0.0), (-1.0, INF)),
    *((1e200, 2.0), (-1e200, 3.0), (1e-200, -2.0), (1e200, 1e200), (1e-300, 1e300), (1e160, -2.0)),
    *((INF, INF), (INF, -INF), (INF, 0.0), (0.0, INF), (-INF, 0.5), (-INF, -3.0), (0.0, -INF)),
    *((NAN, 1.0), (1.0, NAN), (NAN, 0.0), (0.0, NAN), (NAN, NAN), (INF, NAN)),
)
NUMBERS = (0, 1, 2, 3, -1, -2, 0.5, -0.5, 1.5, 0.0, -2.0, 1e200, INF, NAN)


def tensor(x):
    return torch.tensor(float(x), dtype=torch.float64, requires_grad=True)


def results(make, function, points, gradient):
    """The value of function(*points), then the gradient at each point."""
    leaves = [make(x) for x in points]
    y = function(*leaves)
    y.backward(torch.tensor(gradient, dtype=torch.float64) if make is tensor else gradient)
    return [float(y.data), *(float(leaf.grad) for leaf in leaves)]


def assert_agree(ours, theirs, *points, gradient=1.0):
    actual = results(Value, ours, points, gradient)
    expected = results(tensor, theirs, points, gradient)
    assert actual == pytest.approx(expected, rel=1e-12, abs=0, nan_ok=True)


@pytest.mark.parametrize("x", ORDINARY)
@pytest.mark.parametrize("name", UNARY)
def test_unary_at_ordinary_points(name, x):
    assert_agree(*UNARY[name], x, gradient=-2.5)


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize("x", HARD)
@pytest.mark.parametrize("name", UNARY)
def test_unary_at_hard_points_under_any_upstream_gradient(name, x, gradient):
    assert_agree(*UNARY[name], x, gradient=gradient)


@pytest.mark.parametrize("x", [20.0, 20.0001, 40.0, -40.0, 709.5, -745.0])
@pytest.mark.parametrize("name", ["softplus", "silu", "gelu", "sigmoid", "exp", "expm1", "tanh"])
def test_saturation(name, x):
    assert_agree(*UNARY[name], x)


@pytest.mark.parametrize("gradient", GRADIENTS)
@pytest.mark.parametrize(("x", "y"), PAIRS)
@pytest.mark.parametrize("name", BINARY)
def test_binary(name, x, y, gradient):
    assert_agree(*BINARY[name], x, y, gradient=gradient)


@pytest.mark.parametrize("x", [-2.3, 0.3, 0.0, -0.0, 1e200, INF, -INF, NAN])
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", OPERATORS)
def test_number_on_the_right(name, number, x):
    assert_agree(*[lambda v: OPERATORS[name](v, number)] * 2, x)


@pytest.mark.parametrize("x", [-2.3, 0.3, 0.0, -0.0, 1e200, INF, -INF, NAN])
@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("name", OPERATORS)
def test_number_on_the_left(name, number, x):
    assert_agree(*[lambda v: OPERATORS[name](number, v)] * 2, x)


@pytest.mark.parametrize("number", [0, 2, -1.5])
@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_maximum_and_minimum_take_a_number(name, number):
    ours, theirs = BINARY[name]
    constant = torch.tensor(float(number), dtype=torch.float64)
    assert_agree(lambda v: ours(v, number), lambda t: theirs(t, constant), -1.5)


CHAINED = {
    "sqrt of masked relu": (lambda v: v.relu().sqrt(), -1.0),
    "log of masked clamp": (lambda v: v.clamp(0, 1).log(), -1.0),
    "sqrt of abs": (lambda v: abs(v).sqrt(), 0.0),
    "sqrt of square": (lambda v: (v * v).sqrt(), 0.0),
    "zero times sqrt": (lambda v: v.sqrt() * 0, 0.0),
    "zero times log of a denormal": (lambda v: v.log() * 0, 1e-320),
    "zero times quotient by a denormal": (lambda v: (v / 1e-320) * 0, 1.0),
    "infinity through zeroth power": (lambda v: (v**0).log() * INF, 2.0),
    "x log x": (lambda v: v * v.log(), 0.0),
    "x to the x": (lambda v: v**v, 2.0),
    "x over x": (lambda v: v / v, 0.0),
    "infinity minus itself": (lambda v: v - v, INF),
    "naive sigmoid": (lambda v: 1 / (1 + (-v).exp()), -1000.0),
    "detached factor": (lambda v: (v + v.sign()) * v.detach(), 3.0),
}


@pytest.mark.parametrize("name", CHAINED)
def test_infinite_and_masked_gradients_meet(name):
    function, x = CHAINED[name]
    assert_agree(function, function, x)


def test_maximum_of_a_value_with_itself():
    assert_agree(lambda v: v.maximum(v), lambda t: torch.maximum(t, t), 3.0)


def neuron(w0, x0, w1, x1, w2):
    return 1 / (1 + (-(w0 * x0 + w1 * x1 + w2)).exp())


def test_the_lecture_neuron_has_the_gradients_on_the_slide():
    value, *gradients = results(Value, neuron, (2, -1, -3, -2, -3), 1.0)
    assert value == pytest.approx(0.73, abs=0.02)
    assert gradients == pytest.approx([-0.20, 0.40, -0.40, -0.60, 0.20], abs=0.02)


NEURONS = {
    "with a number divided by a Value": neuron,
    "with sigmoid": lambda w0, x0, w1, x1, w2: (w0 * x0 + w1 * x1 + w2).sigmoid(),
    "with a power": lambda w0, x0, w1, x1, w2: ((-(w0 * x0 + w1 * x1 + w2)).exp() + 1.0) ** -1,
}


@pytest.mark.parametrize("spelling", NEURONS)
def test_the_lecture_neuron_agrees_with_torch(spelling):
    assert_agree(NEURONS[spelling], NEURONS[spelling], 2.0, -1.0, -3.0, -2.0, -3.0)


RULES = (
    lambda a, b: a + b,
    lambda a, b: a - b,
    lambda a, b: a * b,
    lambda a, b: 1 - b,
    lambda a, b: a / (1 + b * b),
    lambda a, b: a.sin() * 0.5,
    lambda a, b: a.relu(),
)


def random_graph(leaves, seed, steps=300):
    """A graph in which any earlier result, however old, may be used again."""
    choose = random.Random(seed)
    pool = list(leaves)
    for _ in range(steps):
        rule = choose.choice(RULES)
        pool.append(rule(choose.choice(pool), choose.choice(pool)).tanh())
    return sum(pool[-20:], 0.0)


@pytest.mark.parametrize("seed", range(10))
def test_random_graphs(seed):
    def graph(*leaves):
        return random_graph(leaves, seed)

    assert_agree(graph, graph, 0.3, -0.8, 1.2)


def test_backward_twice_accumulates_on_leaves_and_not_between():
    x = Value(3.0)
    h = 2 * x
    y = h * x
    y.backward()
    y.backward()
    assert (x.grad, h.grad, y.grad) == (24.0, 3.0, 1.0)


def test_a_gradient_set_before_is_added_to():
    x = Value(3.0)
    x.grad = 100.0
    (x * x).backward()
    assert x.grad == 106.0


def test_two_roots_share_an_intermediate():
    gradients = []
    for x in (Value(2.0), tensor(2.0)):
        h = x * x
        y, z = h * 3, h.exp() + h
        y.backward(retain_graph=True) if isinstance(y, torch.Tensor) else y.backward()
        z.backward()
        gradients.append(float(x.grad))
    assert gradients[0] == pytest.approx(gradients[1], rel=1e-12)


def test_a_leaf_in_two_graphs_accumulates_until_zero_grad():
    x = Value(5.0)
    (2 * x).backward()
    (x * x).backward()
    assert x.grad == 12.0
    x.zero_grad()
    assert x.grad == 0.0
    (3 * x).backward()
    assert x.grad == 3.0


def test_backward_of_a_leaf():
    x = Value(5.0)
    x.backward()
    x.backward(2.0)
    assert x.grad == 3.0


def test_backward_from_the_middle_leaves_the_rest_alone():
    x = Value(2.0)
    h = x * x
    y = h * h
    h.backward()
    assert (x.grad, h.grad, y.grad) == (4.0, 1.0, 0.0)


def test_diamonds_of_uneven_depth():
    def diamond(x):
        short, long = x * 2, x
        for _ in range(7):
            long = long.sin() + short
        return short * long + x

    assert_agree(diamond, diamond, 0.6)


def test_as_many_paths_as_two_to_the_sixtieth():
    x = y = Value(1.0)
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60


def test_wide_fan_out():
    x = Value(3.0)
    sum((x * x for _ in range(10_000)), 0).backward()
    assert x.grad == 60_000.0


def test_a_chain_of_200_000_results_is_built_differentiated_and_freed():
    x = y = Value(1.0)
    for _ in range(100_000):
        y = y * 1.0 + x
    y.backward()
    assert x.grad == 100_001.0
    del y


def test_a_chain_on_the_left_side_is_as_deep():
    x = y = Value(0.0)
    for _ in range(100_000):
        y = x + y
    y.backward()
    assert x.grad == 100_001.0


def test_repr_and_label_and_op():
    a, b = Value(1, label="a"), Value(2.0, "b")
    out = a.sigmoid()
    out.backward()
    assert repr(out) == "Value(data=0.7311, grad=1.0000)"
    assert repr(Value(out.data)) == "Value(data=0.7311, grad=0.0000)"
    assert (a.label, b.label, out.label) == ("a", "b", "")
    out.label = "out"
    assert out.label == "out"
    ops = [a, a + b, a - 1, a * b, a / b, b**-1, b**0.5, a**b, a.exp(), out, -a, abs(a)]
    assert [v.op for v in ops] == [
        *("", "+", "-", "*", "/", "**-1", "**0.5", "**", "exp", "sigmoid", "neg", "abs")
    ]


def test_parents_are_the_operands_that_take_a_gradient():
    a, b, constant = Value(1.0), Value(2.0), Value(3.0, requires_grad=False)
    assert (a * b).parents == (a, b)
    assert (a * a).parents == (a, a)
    assert (a * 2).parents == (a,)
    assert (constant - a).parents == (a,)
    assert (constant * constant).parents == a.parents == ()


def test_an_integer_becomes_a_float():
    for x in (Value(2), Value(True), Value(2) * 3, Value(2) ** 2, 2 - Value(1)):
        assert type(x.data) is float


@pytest.mark.parametrize("data", ["2", None, 1j, [1.0], Value(1.0)])
def test_data_that_is_not_a_real_number_is_refused(data):
    with pytest.raises(TypeError, match=f"takes a real number, not {type(data).__name__}"):
        Value(data)


class Polite:
    """A foreign type that knows how to combine with a Value on its left."""

    def answer(self, other):
        return "polite"

    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = __rpow__ = answer


@pytest.mark.parametrize("name", OPERATORS)
def test_foreign_types_get_their_turn_and_else_a_type_error(name):
    assert OPERATORS[name](Value(1.0), Polite()) == "polite"
    with pytest.raises(TypeError, match="unsupported operand"):
        OPERATORS[name](Value(1.0), None)
    with pytest.raises(TypeError, match="unsupported operand"):
        OPERATORS[name](None, Value(1.0))


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_methods_refuse_what_is_not_a_number(name):
    with pytest.raises(TypeError, match="takes a real number, not str"):
        getattr(Value(1.0), name)("2")


def test_a_constant_takes_no_gradient():
    x, c = Value(3.0), Value(2.0, requires_grad=False)
    y = c * x + c * c
    y.backward()
    assert (x.grad, c.grad, y.requires_grad, (c * c).requires_grad) == (2.0, 0.0, True, False)
    with pytest.raises(RuntimeError, match="backward\\(\\) of a constant"):
        (c * c).backward()


def test_detach_stops_the_gradient():
    x = Value(3.0)
    h = x * x
    (h.detach() * x).backward()
    assert x.grad == 9.0
    assert not h.detach().requires_grad


def test_a_masked_result_still_requires_grad():
    y = Value(-1.0).relu()
    assert y.requires_grad
    assert Value(0.0).sign().requires_grad


def test_no_grad_makes_constants_and_restores_itself():
    x = Value(3.0)
    with no_grad():
        with no_grad():
            pass
        y = x * x
        leaf = Value(1.0)
    assert not y.requires_grad
    assert leaf.requires_grad
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    assert (x * x).requires_grad


def test_backward_works_inside_no_grad():
    x = Value(3.0)
    y = x * x
    with no_grad():
        y.backward()
    assert x.grad == 6.0


def test_no_grad_is_a_decorator_too():
    @no_grad()
    def square(v):
        return v * v

    assert not square(Value(2.0)).requires_grad


def test_steps_of_gradient_descent():
    w = Value(0.0)
    for _ in range(100):
        loss = (w - 3.0) ** 2
        w.zero_grad()
        loss.backward()
        w.data -= 0.1 * w.grad
    assert w.data == pytest.approx(3.0, abs=1e-6)
