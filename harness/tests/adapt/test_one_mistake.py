"""Classes with one mistake, or one unusual trait, that must not change how all the rest is used."""

import numpy as np
import pytest
from gradconform.harness.errors import EngineError
from gradconform.harness.program.transcript import default_cotangent
from gradconform.harness.tests.adapt.templates import adapt
from gradconform.harness.tests.small_engines import VALUE, ask, notebook, numbers
from gradconform.harness.trace import exp

# Its product needs a gradient of both operands, or gives none at all.
WANTING = """
import numpy as np

class Tensor:
    def __init__(self, data, requires_grad=False, parents=()):
        self.data, self.requires_grad = np.asarray(data, dtype=float), requires_grad
        self.grad = np.zeros_like(self.data) if requires_grad else None
        self.parents = parents

    def __mul__(self, other):
        {product}

    def exp(self):
        data = np.exp(self.data)
        return Tensor(data, True, ((self, data),))

    def sum(self):
        return Tensor(self.data.sum(), True, ((self, np.ones_like(self.data)),))

    def backward(self):
        self.spread(np.ones_like(self.data))

    def spread(self, upstream):
        self.grad += upstream
        for parent, local in self.parents:
            parent.spread(upstream * local)
"""
BREAKS = "return Tensor(self.data * other.data, True, ((self, other.data), (other, self.data)))"
FORGETS = """both = self.requires_grad and other.requires_grad
        parents = ((self, other.data), (other, self.data)) if both else ()
        return Tensor(self.data * other.data, True, parents)"""


@pytest.mark.parametrize("product", [BREAKS, FORGETS], ids=["breaks", "forgets"])
def test_an_operand_that_wants_no_gradient_does_not_hide_the_other_ops(product):
    engine, _ = adapt(WANTING.replace("{product}", product))
    x = np.array([0.5, 1.0])
    value, gradient = numbers(ask(engine, exp, x=x.tolist()))
    cotangent = default_cotangent((2,)).numpy()
    assert value == pytest.approx(np.exp(x))
    assert gradient == pytest.approx(np.exp(x) * cotangent)
    (note,) = engine.info.notes
    assert note.startswith("an operand that wants no gradient stops the backward")


def test_a_product_whose_backward_raises_does_not_make_lists_of_numbers():
    engine, words = adapt(VALUE.replace("other.data * out.grad", "other.val * out.grad", 1))
    assert "Value(data)" in words
    (note,) = engine.info.notes
    assert "object has no attribute 'val'" in note
    assert numbers(ask(engine, lambda x: x + x, x=1.5)) == [3.0, 2.0]


def test_the_error_of_the_leaf_that_came_furthest_is_told():
    text = """
    class Tensor:
        def __init__(self, data, requires_grad=False):
            self.data, self.kept = data, requires_grad
            self.grad = make_room() if requires_grad else None

        requires_grad = property(lambda self: self.kept)

        def __mul__(self, other): return self
        def backward(self): pass

    def make_room():
        raise LookupError("no room")
    """
    with pytest.raises(EngineError, match="made from a number: LookupError: no room"):
        adapt(text)


LISTS = """
class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, None

    def __mul__(self, other):
        return Tensor(times(self.data, other.data), ((self, other.data), (other, self.data)))

    def backward(self, gradient=None):
        self.grad = gradient if self.grad is None else plus(self.grad, gradient)
        for parent, local in self.parents:
            parent.backward(times(gradient, local))

def times(a, b):
    return [times(c, d) for c, d in zip(a, b)] if isinstance(a, list) else a * b

def plus(a, b):
    return [plus(c, d) for c, d in zip(a, b)] if isinstance(a, list) else a + b
"""
RAW = """
import numpy as np

class Tensor:
    def __init__(self, data, parents=()):
        self.data, self.parents, self.grad = data, parents, np.zeros(np.shape(data))

    def __mul__(self, other):
        return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))

    def backward(self, gradient):
        self.grad = self.grad + gradient
        for parent, local in self.parents:
            parent.backward(gradient * local)
"""


@pytest.mark.parametrize("text", [LISTS, RAW], ids=["lists", "arrays"])
def test_a_class_of_arrays_needs_no_product_of_matrices_no_sum_and_no_shape(text):
    engine, words = adapt(text)
    assert ": arrays; " in words
    value, gradient = ask(engine, lambda x: x * x, x=[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]).readings
    assert value.shape == gradient.shape == (2, 3)


@pytest.mark.parametrize(
    "member",
    [
        "def dot(self, other): return self * other",
        "def mean(self): return self",
        "T = property(id)",
    ],
)
def test_a_class_of_numbers_is_none_of_arrays_by_one_method(member):
    _, words = adapt(f"{VALUE}\n    {member}\n")
    assert ": numbers; " in words


STARTS_ELSEWHERE = VALUE.replace("visit(self)", "visit(result)")


def test_a_backward_that_starts_at_a_variable_of_the_notebook_is_the_mistake_that_is_told(opened):
    said = "backward starts at result, a global variable, and not at its own node"
    own = "a = Value(2.0)\nresult = a * a\nresult.backward()"
    assert opened(notebook(STARTS_ELSEWHERE, own), "own.ipynb").info.notes[-1] == said
    replaced = "import torch\nresult = torch.tanh(torch.ones(1))"
    engine = opened(notebook(STARTS_ELSEWHERE, own, replaced), "replaced.ipynb")
    assert engine.info.notes[-1] == said
    stop = ask(engine, lambda x: x * x, x=3.0).stop
    assert (stop.kind, stop.message) == (
        "raised",
        "NameError: it starts at the global variable result, and not at its own node",
    )
