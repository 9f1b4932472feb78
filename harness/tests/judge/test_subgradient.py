"""At a kink or a tie a legal choice that is not torch's earns `pass-alt`; an illegal one fails."""

import pytest
from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.judge.outcome import Verdict
from gradconform.harness.program.transcript import Transcript
from gradconform.harness.run.runner import run_case
from gradconform.harness.trace import abs, maximum, relu

from gradconform import Array, Engine


class Says(Engine):
    """Answers torch's value and gradients of its own."""

    def __init__(self, reference, *gradients):
        self.reference, self.gradients = reference, gradients

    def run(self, program, inputs):
        value = self.reference.engine.run(program, inputs).readings[0]
        given = (g if isinstance(g, Array) else Array.of(g) for g in self.gradients)
        return Transcript((value, *given))


def absolute(x):
    """|x|"""
    return abs(x)


def rectified(x):
    """relu"""
    return relu(x) * 2.0


def larger(x, y):
    """maximum"""
    return maximum(x, y)


def largest_of_all(x):
    """max over everything"""
    return x.max()


TIED = [1.0, 3.0, 3.0, 3.0]


@pytest.mark.parametrize(
    ("function", "inputs", "gradients", "verdict"),
    [
        (absolute, {"x": 0.0}, [0.0], Verdict.PASS),
        (absolute, {"x": 0.0}, [1.0], Verdict.PASS_ALT),
        (absolute, {"x": 0.0}, [-1.0], Verdict.PASS_ALT),
        (absolute, {"x": 0.0}, [0.5], Verdict.PASS_ALT),
        (absolute, {"x": 0.0}, [2.0], Verdict.FAIL),
        (absolute, {"x": 0.0}, [float("nan")], Verdict.FAIL),
        (absolute, {"x": 3.0}, [0.5], Verdict.FAIL),
        (rectified, {"x": 0.0}, [2.0], Verdict.PASS_ALT),
        (rectified, {"x": 0.0}, [1.0], Verdict.PASS_ALT),
        (rectified, {"x": 0.0}, [-1.0], Verdict.FAIL),
        (larger, {"x": 1.0, "y": 1.0}, [1.0, 0.0], Verdict.PASS_ALT),
        (largest_of_all, {"x": TIED}, [[0.0, 1.0, 0.0, 0.0]], Verdict.PASS_ALT),
        (largest_of_all, {"x": TIED}, [[0.0, 0.0, 0.5, 0.5]], Verdict.PASS_ALT),
        (largest_of_all, {"x": TIED}, [[0.0, 1.0, 1.0, 1.0]], Verdict.FAIL),
        (largest_of_all, {"x": TIED}, [[1.0, 0.0, 0.0, 0.0]], Verdict.FAIL),
    ],
)
def test_only_a_legal_choice_passes(reference, function, inputs, gradients, verdict):
    cases = Catalogue()
    cases.case(level="torch", convention="implementation-defined", **inputs)(function)
    (case,) = cases
    assert run_case(case, Says(reference, *gradients), reference, 0, "float64").verdict is verdict


def test_where_torch_is_questionable_nobody_fails_by_another_number(reference):
    cases = Catalogue()
    cases.case(level="torch", convention="questionable", x=0.0)(absolute)
    (case,) = cases
    found = run_case(case, Says(reference, 7.0), reference, 0, "float64")
    assert found.verdict is Verdict.PASS_ALT
    assert found.outcomes[1].message.startswith("x.grad is 7, torch says 0")


def test_a_convention_that_is_stable_has_no_alternative(reference):
    cases = Catalogue()
    cases.case(level="torch", convention="stable", x=0.0)(absolute)
    (case,) = cases
    assert run_case(case, Says(reference, 1.0), reference, 0, "float64").verdict is Verdict.FAIL


def a_leaf_beside(x, y):
    """a leaf of which torch knows nothing"""
    return abs(x)


ODD = [Array("bool", (), (True,)), Array("float64", (0, 7), ()), Array("float32", (), (0.5,))]


@pytest.mark.parametrize("convention", ["implementation-defined", "questionable"])
@pytest.mark.parametrize("odd", ODD, ids=["dtype", "shape", "precision"])
def test_an_alternative_has_the_shape_and_the_dtype_of_its_leaf(reference, convention, odd):
    cases = Catalogue()
    cases.case(level="torch", convention=convention, x=0.0)(absolute)
    cases.case(level="torch", convention=convention, x=3.0, y=2.0)(a_leaf_beside)
    plain, beside = cases
    assert run_case(plain, Says(reference, odd), reference, 0, "float64").verdict is Verdict.FAIL
    one, zero = 1.0, Array(odd.dtype, odd.shape, tuple(0 * n for n in odd.data))
    found = run_case(beside, Says(reference, one, zero), reference, 0, "float64")
    assert found.verdict is Verdict.FAIL
    found = run_case(beside, Says(reference, one, 0.0), reference, 0, "float64")
    assert found.verdict is Verdict.PASS_ALT
