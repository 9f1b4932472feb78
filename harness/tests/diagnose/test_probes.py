"""The probes of an op measure the derivative that an engine applies, and how it applies it."""

import pytest
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.diagnose.probes import measure
from gradconform.harness.engine import builtin
from gradconform.harness.engine.eager import EagerEngine

_MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}


def with_mistake(name):
    mistake = _MISTAKES[name]
    return Mistaken(mistake, builtin.load(mistake.engine))


@pytest.mark.parametrize(
    ("engine", "ops"),
    [
        ("scalar", "add div pow maximum log relu tanh gelu iadd"),
        ("numpy", "sub matmul mean prod std logsumexp max mse_loss lerp softplus"),
    ],
)
def test_a_correct_engine_agrees_with_torch_in_every_op_and_form(engine, ops, reference):
    for op in ops.split():
        found = measure(op, builtin.load(engine), reference)
        assert found, op
        for one in found:
            assert (one.value_agrees, one.derivative_agrees, one.arrives) == (True, True, True), op
            assert one.upstream in (True, None), op
            assert one.added in (True, None), op


def test_each_operand_is_measured_as_a_value_and_beside_a_number(reference):
    found = measure("sub", builtin.load("scalar"), reference)

    assert [(one.form, one.operand) for one in found] == [
        ("", 0),
        ("", 1),
        ("right", 0),
        ("left", 1),
    ]
    assert {point.derivative for point in found[1].points} == {-1.0}


def test_points_lie_inside_the_domain_of_the_op(reference):
    (found,) = measure("acosh", builtin.load("numpy"), reference)

    assert len(found.points) >= 4
    assert all(point.operands[0] > 1 for point in found.points)


def test_a_wrong_derivative_is_measured_beside_the_right_one(reference):
    (found,) = measure("square", with_mistake("square-without-two"), reference)

    assert found.value_agrees
    assert not found.derivative_agrees
    assert found.upstream
    for point in found.points:
        (x,) = point.operands
        assert (point.derivative, point.right_derivative) == (x, 2 * x)


def test_a_forgotten_upstream_gradient_is_told_from_a_wrong_derivative(reference):
    (found,) = measure("exp", with_mistake("exp-forgets-upstream"), reference)

    assert found.derivative_agrees
    assert found.upstream is False


@pytest.mark.parametrize("op", ["mul", "tanh"])
def test_an_assigned_gradient_is_found_for_each_operand(op, reference):
    found = measure(op, with_mistake(f"{op}-assigns"), reference)

    assert {(one.upstream, one.added) for one in found} == {(True, False)}


@pytest.mark.parametrize(
    "name", ["equal-values-merged", "not-reversed", "order-started-again", "one-level-only"]
)
def test_a_wrong_walk_is_not_taken_for_a_mistake_of_the_op(name, reference):
    for op in ("add", "tanh"):
        for one in measure(op, with_mistake(name), reference):
            assert one.derivative_agrees
            assert one.upstream is not False
            assert one.added is not False


def test_a_backward_that_never_starts_gives_no_gradient_that_arrives(reference):
    (found,) = measure("tanh", with_mistake("root-not-seeded"), reference)

    assert not found.arrives


class Vector:
    """An engine whose arrays have at least one axis, and which keeps the gradients of leaves alone."""

    def __init__(self, data, back=None):
        self.data, self.back, self.grad = data, back, None

    def square(self):
        return Vector(
            [x * x for x in self.data],
            lambda g: self.push([2 * x * u for x, u in zip(self.data, g, strict=True)]),
        )

    def __mul__(self, number):
        scaled = [x * number for x in self.data]
        return Vector(scaled, lambda g: self.push([u * number for u in g]))

    def sum(self):
        return Vector([sum(self.data)], lambda g: self.push(g * len(self.data)))

    def push(self, g):
        if self.back:
            self.back(g)
        else:
            self.grad = (
                g if self.grad is None else [a + b for a, b in zip(self.grad, g, strict=True)]
            )


class Vectors(EagerEngine):
    def leaf(self, array, requires_grad):
        if not array.shape:
            raise TypeError("an array has at least one axis")
        return Vector(array.nested())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.push([1.0])


def test_an_engine_without_0_d_arrays_is_measured_on_arrays_of_one_element(reference):
    (found,) = measure("square", Vectors(), reference)

    assert found.value_agrees
    assert found.derivative_agrees
    assert found.upstream


@pytest.mark.parametrize(
    ("op", "why"),
    [
        ("getitem", "an index is needed"),
        ("dropout", "it draws random numbers"),
        ("eq", "it has no derivative"),
        ("no_such_op", "it is not in the table"),
        ("cat", "it takes a list"),
        ("lgamma", "the engine has none"),
    ],
)
def test_nothing_is_measured_where_nothing_can_be(op, why, reference):
    assert measure(op, builtin.load("scalar"), reference) == []


def test_an_op_that_ends_the_process_of_an_engine_is_asked_no_more(opened, reference):
    engine = opened(
        """
import os
class Value:
    def __init__(self, data, children=()):
        self.data, self.grad, self._backward, self._prev = data, 0.0, lambda: None, set(children)
    def __add__(self, other):
        return Value(self.data + (other.data if isinstance(other, Value) else other), (self,))
    def tanh(self):
        os._exit(3)
    def backward(self):
        self.grad = 1.0
"""
    )
    assert measure("tanh", engine, reference) == []


def test_a_shape_that_an_op_adds_is_no_wrong_derivative(reference):
    for op in ("flatten", "atleast_1d"):
        (found,) = measure(op, builtin.load("numpy"), reference)
        assert found.derivative_agrees
