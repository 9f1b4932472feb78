"""An engine that computes most ops by others is wrong in several ops at once, and loses one item alone."""

import inspect

import pytest
from gradconform.harness.grade.award import award
from gradconform.harness.grade.graded_cases import graded_cases
from gradconform.harness.grade.rubric_file import read_rubric
from gradconform.harness.isolation.options import Isolation
from gradconform.harness.report.results_file import flattened
from gradconform.harness.run.engine_name import from_command_line
from gradconform.harness.run.registry import load
from gradconform.harness.run.runner import run
from micrograd import engine

# In micrograd, a - b is a + (b * -1), and a / b is a * b ** -1.
MICROGRAD = inspect.getsource(engine)
PRODUCT = "self.grad += other.data * out.grad\n            other.grad += self.data * out.grad"
POWER = "(other * self.data**(other-1))"
EACH_PATH = """
        def go(v):
            v._backward()
            for child in v._prev:
                go(child)
        go(self)
"""
MISTAKES = {
    "a product of values is a sum": (
        "self.data * other.data,",
        "self.data + other.data,",
        "Values",
    ),
    "rsub is sub": ("return other + (-self)", "return self - other", "Values"),
    "the power has no factor": (POWER, "(self.data**(other-1))", "Local derivatives"),
    "each factor takes its own value": (
        PRODUCT,
        "self.grad += self.data * out.grad\n            other.grad += other.data * out.grad",
        "Local derivatives",
    ),
    "the power forgets the upstream gradient": (f"{POWER} * out.grad", POWER, "Chain rule"),
    "the product forgets the upstream gradient": (
        PRODUCT,
        "self.grad += other.data\n            other.grad += self.data",
        "Chain rule",
    ),
    "the product assigns": (PRODUCT, PRODUCT.replace("+=", "="), "Accumulation"),
    "the power assigns": (f"self.grad += {POWER}", f"self.grad = {POWER}", "Accumulation"),
    "the walk goes along each path": (
        "        for v in reversed(topo):\n            v._backward()\n",
        EACH_PATH,
        "Order of the walk",
    ),
}


@pytest.fixture(scope="module")
def rubric():
    return read_rubric("micrograd")


def items_that_lose(source, rubric, reference, file, findings=()):
    """The items in which a class that is written so loses points."""
    file.write_text(source)
    (name,) = from_command_line([str(file)])
    opened = load(name, Isolation(wall="none"))
    results = run(graded_cases(rubric, reference), [opened], reference)
    rows = [flattened(outcome) for result in results for outcome in result.outcomes]
    return [item.item for item in award(rubric, rows, findings).items if item.points < item.most]


def test_micrograd_gets_all_points(rubric, reference, tmp_path):
    assert items_that_lose(MICROGRAD, rubric, reference, tmp_path / "student.py") == []


@pytest.mark.parametrize("said", MISTAKES)
def test_a_mistake_in_an_op_that_others_use_costs_one_item(said, rubric, reference, tmp_path):
    before, after, item = MISTAKES[said]
    assert before in MICROGRAD
    wrong = MICROGRAD.replace(before, after)
    assert items_that_lose(wrong, rubric, reference, tmp_path / "student.py") == [item]


OWN_DIFFERENCE = """return self._difference(other)

    def _difference(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, (self, other), "-")

        def _backward():
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out
"""


def test_an_op_with_a_mistake_of_its_own_is_not_excused_by_another_op(rubric, reference, tmp_path):
    """A difference may be a sum with a product, and this product assigns. A known mistake says more."""
    wrong = MICROGRAD.replace(PRODUCT, PRODUCT.replace("+=", "="))
    wrong = wrong.replace("return self + (-other)", OWN_DIFFERENCE)
    found = {"op": "sub", "mistake": "sub-forgets-the-sign", "confidence": "confirmed", "cases": []}
    file = tmp_path / "student.py"
    excused = items_that_lose(wrong, rubric, reference, file)
    assert "Local derivatives" not in excused
    likely = {**found, "confidence": "likely"}
    assert items_that_lose(wrong, rubric, reference, file, [likely]) == excused
    named = items_that_lose(wrong, rubric, reference, file, [found])
    assert named == ["Local derivatives", "Accumulation"]
