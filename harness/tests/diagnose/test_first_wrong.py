"""The first wrong node says what to look at, and claims nothing about values that were not read."""

import numpy as np
import pytest
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.diagnose.failure import failure_text
from gradconform.harness.engine.eager import EagerEngine
from gradconform.harness.run.runner import run_case


class Node:
    """Numbers with one planted mistake each: `factor` is a factor of every product's value."""

    assigns, factor = False, 1.0

    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = np.asarray(data), parents, None

    def __add__(self, other):
        return type(self)(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        edges = ((self, other.data), (other, self.data))
        return type(self)(self.data * other.data * self.factor, edges)

    def __eq__(self, other):
        return type(self)(self.data == other.data)

    __hash__ = object.__hash__

    def push(self, gradient):
        self.grad = gradient if self.assigns or self.grad is None else self.grad + gradient
        for parent, slope in self.parents:
            parent.push(gradient * slope)


class Assigns(Node):
    assigns = True


class Doubles(Node):
    factor = 2.0


class Adapter(EagerEngine):
    name = "mine"

    def __init__(self, kind, of_leaves_alone=False):
        self.kind, self.of_leaves_alone = kind, of_leaves_alone

    def leaf(self, array, requires_grad):
        return self.kind(array.numpy())

    def value(self, node):
        return node.data

    def grad(self, node):
        return None if self.of_leaves_alone and node.parents else node.grad

    def backward(self, root, cotangent, retain_graph):
        root.push(1.0)


mine = Catalogue()


@mine.case(x=2.0, y=3.0)
def used_twice(x, y):
    """y is compared last of all"""
    h = x * y
    root = h * y + h
    h == x  # noqa: B015 - the comparison is a step of the program
    return root


def told(engine):
    (case,) = mine
    reference = Reference()
    text = failure_text(run_case(case, engine, reference, 0, "float64"), reference, None)
    return text.partition("first wrong node\n")[2].rstrip().splitlines()


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        (
            Adapter(Doubles),
            ["    the value of %2: expected 6, got 12", "    it is made by: %2 = %0 * %1"],
        ),
        (
            Adapter(Assigns),
            [
                "    the gradient of %2: expected 4, got 1",
                "    it is the sum of what comes back through each of these steps:",
                "      %3 = %2 * %1",
                "      %4 = %3 + %2",
                "    the gradients between it and the root are right",
            ],
        ),
        (
            Adapter(Assigns, of_leaves_alone=True),
            [
                "    the gradient of y: expected 14, got 2",
                "    it is the sum of what comes back through each of these steps:",
                "      %2 = %0 * %1",
                "      %3 = %2 * %1",
                "    3 of the 3 gradients between it and the root could not be read, and the mistake may "
                "lie there",
            ],
        ),
    ],
    ids=["value", "assigned", "of leaves alone"],
)
def test_the_first_wrong_node_names_its_steps_and_what_was_read(engine, expected):
    assert told(engine) == expected
