"""Which class of a submission is the engine, where its ops are found, and how missing ops are reported."""

import textwrap

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.errors import EngineError
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.adapt.templates import BACKWARD, DATA, GRAD, adapt, node
from gradconform.harness.tests.small_engines import VALUE, ask, numbers, square, works
from gradconform.harness.trace import Function, backward, log, read


@pytest.mark.parametrize(
    ("member", "beside", "op"),
    [
        ("def exp(self): return self * 5.0", "", "exp"),
        ("def __exp__(self): return self * 5.0", "", "exp"),
        ("def reLU(self): return self * 5.0", "", "relu"),
        ("def ReLU(self): return self * 5.0", "", "relu"),
        ("def ln(self): return self * 5.0", "", "log"),
        ("", "def relu(node): return node * 5.0", "relu"),
        ("", "def ReLU(node): return node * 5.0", "relu"),
        ("@staticmethod\ndef tanh(node): return node * 5.0", "", "tanh"),
        ("", "class F:\n    @staticmethod\n    def tanh(node): return node * 5.0", "tanh"),
        ("", "class Tanh:\n    @classmethod\n    def apply(cls, node): return node * 5.0", "tanh"),
        ("", "class Tanh:\n    @staticmethod\n    def apply(node): return node * 5.0", "tanh"),
    ],
    ids=[
        "method",
        "dunder",
        "case",
        "CASE",
        "alias",
        "function",
        "FUNCTION",
        "static",
        "static-elsewhere",
        "class-apply",
        "static-apply",
    ],
)
def test_an_op_is_found_as_method_function_static_method_and_operator_class(member, beside, op):
    engine, _ = adapt(node(DATA, GRAD, BACKWARD, member, beside=beside))
    assert numbers(ask(engine, Function(TABLE[op]), x=2.0)) == [10.0, 5.0]


def test_a_function_that_was_imported_is_not_the_submissions():
    engine, _ = adapt("from math import exp, tanh\nimport math\n" + node(DATA, GRAD, BACKWARD))
    stop = ask(engine, Function(TABLE["exp"]), x=2.0).stop
    assert (stop.kind, stop.message) == ("unsupported", "exp")


@pytest.mark.parametrize(
    ("function", "missing"),
    [
        (lambda x: -x, "neg (-x)"),
        (lambda x: 1.0 + x, "number + engine value"),
        (lambda x: 2.0 - x, "number - engine value"),
        (lambda x: x / 2.0, "div (/)"),
        (lambda x: x**2, "pow (**)"),
        (Function(TABLE["sigmoid"]), "sigmoid"),
        (lambda x: backward(x * x, retain_graph=True) or read(x.requires_grad), "requires_grad"),
    ],
)
def test_what_is_missing_is_unsupported_with_its_name(function, missing):
    engine, _ = adapt(VALUE)
    stop = ask(engine, function, x=2.0).stop
    assert (stop.kind, stop.message) == ("unsupported", missing)


MATRIX = """
import numpy as np
class Matrix:
    def __init__(self, data):
        self.data, self.grad, self.shape = data, 0.0, getattr(data, "shape", ())

    def __mul__(self, other):
        return Matrix(self.data * other.data)

    def __rmul__(self, other):
        return Matrix(other.data * self.data)

    def __sub__(self, other):
        return self * -other

    def backward(self): ...

    {members}
"""


def refusal(member, function, **inputs):
    """How a class with one more method answers."""
    engine, _ = adapt(MATRIX.replace("{members}", textwrap.indent(member, "    ").strip()))
    return ask(engine, function, **inputs).stop


VECTOR = [1.0, 2.0, 3.0]


@pytest.mark.parametrize(
    ("member", "function", "inputs"),
    [
        ("def __pow__(self, k): raise TypeError('only squares')", lambda x: x**3, {"x": 2.0}),
        ("def __pow__(self, k): return self.data ** k", lambda x, y: x**y, {"x": 2.0, "y": 3.0}),
        (
            "def __pow__(self, k): return self.to(k)\ndef to(self, k): return self.data ** k",
            lambda x, y: x**y,
            {"x": 2.0, "y": 3.0},
        ),
        (
            "def __pow__(self, k):\n    if not isinstance(k, float): raise ValueError('a number')",
            lambda x, y: x**y,
            {"x": -2.0, "y": 3.0},
        ),
        (
            "def __matmul__(self, other): return self.check()\n"
            "def check(self): raise ValueError('matrices only')",
            lambda x, y: x @ y,
            {"x": VECTOR, "y": VECTOR},
        ),
        (
            "def __add__(self, other):\n    if self.shape != other.shape: raise ValueError('shapes')",
            lambda x, y: x + y,
            {"x": VECTOR, "y": [VECTOR]},
        ),
        (
            "def __truediv__(self, other):\n    assert self.shape == other.shape, 'shapes'",
            lambda x, y: x / y,
            {"x": VECTOR, "y": [VECTOR]},
        ),
        (
            "def sum(self, axis): return self.data if axis < 0 else None",
            lambda x: x.sum((0, 1)),
            {"x": [VECTOR]},
        ),
        ("", lambda x: x * 2.0, {"x": 2.0}),
        ("", lambda x: x - 2.0, {"x": 2.0}),
    ],
    ids=[
        "type",
        "exponent",
        "exponent-below",
        "exponent-value",
        "value",
        "shapes",
        "assertion",
        "axes",
        "number",
        "number-below",
    ],
)
def test_what_an_author_turns_down_is_unsupported(member, function, inputs):
    stop = refusal(member, function, **inputs)
    assert stop.kind == "unsupported"


@pytest.mark.parametrize(
    ("member", "function", "inputs", "category"),
    [
        ("def __pow__(self, k): return self.data + 'text'", lambda x: x**3, {"x": 2.0}, "type"),
        ("", lambda x: 2.0 * x, {"x": 2.0}, "attribute"),
        (
            "def log(self):\n    if self.data < 5: raise ValueError('math domain error')",
            lambda x: log(x),
            {"x": 2.0},
            "domain",
        ),
        ("def __add__(self, other): return other.shape.data", lambda x: x + x, {"x": 2.0}, None),
        (
            "def __matmul__(self, other): return np.stack([])",
            lambda x, y: x @ y,
            {"x": VECTOR, "y": VECTOR},
            "value",
        ),
    ],
    ids=["type", "reflected", "domain", "attribute", "numpy"],
)
def test_what_fails_by_itself_is_not(member, function, inputs, category):
    stop = refusal(member, function, **inputs)
    assert (stop.kind, stop.category) == ("raised", category or "attribute")


def test_who_turns_everything_down_passes_nothing_not_even_where_torch_raises():
    member = "def mm(self, other): raise ValueError('shapes')"
    engine, _ = adapt(MATRIX.replace("{members}", member))
    (case,) = catalogue().select(["errors/product_of_matrix_and_vector_by_mm"])
    assert run_case(case, engine, Reference(), 0, "float64").verdict is Verdict.UNSUPPORTED


def test_the_class_that_does_not_resemble_an_engine_is_passed_over():
    others = """
    class Layer:
        def __init__(self, size): self.size = size
        def backward(self): ...

    class Vector:
        def __init__(self, data): self.data = data
        def __add__(self, other): return self
    """
    engine, words = adapt(textwrap.dedent(others) + VALUE)
    assert works(engine)
    assert words.startswith("class Value, line ")


def test_a_subclass_of_an_engine_is_not_another_one():
    engine, words = adapt(VALUE + "\nclass Weight(Value):\n    pass\n")
    assert works(engine)
    assert words.startswith("class Value,")


TWO = VALUE + VALUE.replace("Value", "Scalar")


def test_of_two_engines_one_has_to_be_named():
    with pytest.raises(EngineError) as problem:
        adapt(TWO)
    lines = [number for number, line in enumerate(TWO.splitlines(), 1) if "__init__" in line]
    said = f"Value (line {lines[0]} of engine.py) and Scalar (line {lines[1]} of engine.py)"
    assert str(problem.value) == (f"engine.py has 2 engines: {said}; name one as engine.py:Value")
    engine, words = adapt(TWO, "Scalar")
    assert works(engine)
    assert words.startswith("class Scalar,")


def test_a_class_may_be_named_as_it_is_imported():
    engine, words = adapt(TWO + "\nTensor = Scalar\n", "Tensor")
    assert works(engine)
    assert words.startswith("class Scalar,")


def test_a_class_that_is_named_wrong_is_answered_with_those_that_are_there():
    with pytest.raises(EngineError, match=r"^engine\.py has no class Vale; it has Value, Scalar$"):
        adapt(TWO, "Vale")
    crowd = TWO + "".join(f"\nclass C{n}: ..." for n in range(40))
    said = r"^engine\.py has no class scalar; it has Scalar, Value, (C\d+, ){3}C\d+ and 36 more$"
    with pytest.raises(EngineError, match=said):
        adapt(crowd, "scalar")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "engine.py has no engine: no class is defined in it"),
        ("class A: ...", "class A (module engine) has no backward"),
        (
            "class A:\n    def backward(self): ...",
            "class A (line 2 of engine.py) has no arithmetic",
        ),
        (
            "class A:\n    def __init__(self): ...\n    def backward(self): ...\n    def add(self, o): ...",
            "class A (line 2 of engine.py) cannot be made from a number: TypeError: ",
        ),
        (
            node(GRAD, BACKWARD, "colour = 'red'")
            .replace("hidden", "_h")
            .replace("parents", "inputs"),
            "(data, value, val, item() ...); it has .colour (str), .grad (float)",
        ),
        (
            node(DATA, BACKWARD).replace("slope", "_s"),
            "(grad, gradient, derivative ...); it has .data (float), .hidden (float)",
        ),
        (
            node(DATA, "def backward(self): return {self: 1.0}").replace("slope", "_s"),
            "has a backward that gives the gradients back instead of keeping them",
        ),
        (
            "class Layer:\n    def forward(self, x): ...\n    def backward(self, g): ...",
            "is a layer, with forward and backward and no arithmetic",
        ),
    ],
    ids=[
        "no-class",
        "empty",
        "no-arithmetic",
        "no-number",
        "no-value",
        "no-gradient",
        "returned",
        "layer",
    ],
)
def test_what_is_no_engine_is_explained_in_one_sentence(text, said):
    with pytest.raises(EngineError) as problem:
        adapt(text)
    assert said in str(problem.value)
    assert "\n" not in str(problem.value)


def test_the_engine_keeps_a_graph_of_its_own_for_every_run():
    engine, _ = adapt(VALUE)
    assert works(engine)
    assert works(engine)
    assert isinstance(ask(engine, square, x=1.0).readings[0], Array)
