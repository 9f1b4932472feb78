"""Classes that keep float32: by their own choice, unless they are told otherwise, or only in a part."""

import numpy as np
import pytest
from gradconform.harness.adapt.precision import NOTE
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.catalogue.reference import Reference, dtype_for
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.adapt.templates import adapt, node, tensor
from gradconform.harness.tests.small_engines import ask

BACK = (
    "def backward(self, grad=None):\n    self.spread(1.0 if grad is None else np.asarray(grad))\n"
)
BY_NUMPYS_NUMBERS = """
def __init__(self, data, parents=()):
    if not isinstance(data, (np.ndarray, np.generic)):
        data = np.array(data, dtype=np.float32)
    self.data, self.grad, self.parents = np.asarray(data), None, parents
def __mul__(self, other):
    other = other if isinstance(other, Tensor) else Tensor(np.float64(other))
    return Tensor(self.data * other.data, ((self, other.data), (other, self.data)))
"""
BY_AN_OPTION = """
def __init__(self, data, parents=(), dtype=np.float32):
    self.data, self.grad, self.parents = np.asarray(data, dtype=dtype), None, parents
def __mul__(self, other):
    other = other if isinstance(other, Tensor) else Tensor(other, dtype=self.data.dtype)
    made = self.data * other.data
    return Tensor(made, ((self, other.data), (other, self.data)), dtype=made.dtype)
"""
NUMBERS_BECOME_FLOAT32 = """
def __init__(self, data, parents=()):
    if not isinstance(data, (np.ndarray, np.generic)):
        data = np.array(data, dtype=np.float32)
    self.data, self.grad, self.parents = np.asarray(data), None, parents
"""


@pytest.mark.parametrize(
    ("members", "call"),
    [
        (BY_NUMPYS_NUMBERS, "Tensor(np.float64(data))"),
        (BY_AN_OPTION, "Tensor(data, dtype=float64)"),
    ],
)
def test_a_leaf_is_made_so_that_it_keeps_float64(members, call):
    engine, words = adapt(tensor(members, BACK))
    assert call in words
    assert engine.dtypes == ("float64",)
    assert NOTE not in engine.info.notes
    for x in (0.1, [0.1, 0.7]):
        (value,) = ask(engine, lambda x: x * 0.3, x=x).readings[:1]
        assert value.dtype == "float64"
        assert list(value.data) == [each * 0.3 for each in np.ravel(x)]


@pytest.mark.parametrize(
    "text",
    [
        tensor(NUMBERS_BECOME_FLOAT32, BACK),
        tensor(BACK, dtype="np.float32"),
        node(
            "data = property(lambda self: np.float32(self.hidden))",
            "grad = property(lambda self: self.slope)",
            "def backward(self): self.spread(np.float32(1.0))",
            beside="import numpy as np",
        ).replace("= given, 0.0,", "= np.float32(given), 0.0,"),
    ],
    ids=["numbers", "all", "scalars"],
)
def test_an_engine_of_single_precision_is_judged_in_it_and_it_is_said(text):
    engine, _ = adapt(text)
    assert engine.dtypes == ("float32",)
    assert NOTE in engine.info.notes
    reference = Reference()
    for case in catalogue().select(["arithmetic/of_a_negative_leaf[mul]", "unary/exp_of_a_large*"]):
        for asked in (None, "float32"):
            result = run_case(case, engine, reference, 0, dtype_for(engine, asked))
            assert result.verdict in (Verdict.PASS, Verdict.UNSUPPORTED), result.outcomes
            assert (result.verdict is Verdict.PASS) == case.id.startswith("arithmetic")


def test_gradients_of_float32_in_an_engine_of_float64_are_a_mistake():
    engine, _ = adapt(
        node(
            "data = property(lambda self: self.hidden)",
            "grad = property(lambda self: np.float32(self.slope))",
            "def backward(self): self.spread(1.0)",
            beside="import numpy as np",
        )
    )
    assert engine.dtypes == ("float64",)
    (case,) = catalogue().select(["arithmetic/of_a_negative_leaf[mul]"])
    assert run_case(case, engine, Reference(), 0, "float64").verdict is Verdict.FAIL
