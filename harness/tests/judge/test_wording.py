"""A failure is a sentence that says what to look at."""

import math

import pytest
from gradconform.harness.catalogue.collection import Catalogue, catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.engine.eager import EagerEngine
from gradconform.harness.judge.cause import REPLACED, split
from gradconform.harness.judge.outcome import PASSED, AtStep, CaseRun
from gradconform.harness.judge.verdict import judge_case
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.transcript import Transcript
from gradconform.harness.run.runner import run_case
from gradconform.harness.trace import log


class Number:
    def __init__(self, data):
        self.data = data

    def log(self):
        return Number(math.log(self.data))


class Plain(EagerEngine):
    """Python's `math`, which raises where IEEE arithmetic gives NaN."""

    name = "plain"

    def leaf(self, array, requires_grad):
        return Number(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return None

    def backward(self, root, cotangent, retain_graph):
        pass


def test_outside_of_a_functions_domain_the_advice_is_about_nan():
    cases = Catalogue()

    @cases.case(x=-1.0)
    def logarithm(x):
        """log of a negative number"""
        return log(x)

    (case,) = cases
    (outcome,) = run_case(case, Plain(), Reference(), 0, "float64").outcomes
    assert outcome.reading == AtStep(1)
    assert outcome.message.startswith("log(x) raised ValueError: ")
    assert outcome.message.endswith(
        "; Python's math raises outside a function's domain where IEEE arithmetic gives nan"
    )


def test_a_second_backward_that_should_raise_is_called_by_its_number():
    (case,) = catalogue().select(["errors/second_backward"])
    instance, reference = case.instance(0, "float64"), Reference()
    ran = CaseRun("mine", case.family, case.level, case.id)
    (outcome,) = judge_case(instance, reference, Transcript((Array.of(12.0),)), ran)
    assert outcome.message.startswith("backward number 2 raised nothing; torch raises RuntimeError")


TWICE = "accumulation/backward_twice_on_one_graph"
SUM = "reductions/over_one_axis[sum-first]"


def judged(case, **answers):
    """Return the possible causes of the failures when an engine gives `answers` where torch gives others."""
    (found,) = catalogue().select([case])
    instance, reference = found.instance(0, "float64"), Reference()
    readings = [
        answers.get(label.removeprefix("x."), reading)
        for label, reading in zip(
            instance.program.labels, reference(instance).readings, strict=True
        )
    ]
    ran = CaseRun("mine", found.family, found.level, found.id)
    outcomes = judge_case(instance, reference, Transcript(tuple(readings)), ran)
    return [split(one.message)[1] for one in outcomes if one.verdict not in PASSED]


@pytest.mark.parametrize(
    ("case", "answers", "causes"),
    [
        # Inner gradients of the first pass count again: 12 + 24. The second pass alone is 12.
        (TWICE, {"grad": Array.of(36.0)}, ["Only leaves accumulate from pass to pass."]),
        (TWICE, {"grad": Array.of(12.0)}, [REPLACED]),
        (TWICE, {"grad": Array.of(12.0, "float32")}, [REPLACED]),
        # The remark is about the gradient. It explains no wrong value, and no gradient behind a wrong value.
        (SUM, {"grad": Array.of([[9.0] * 3] * 3)}, ["The backward pass stretches the gradient"]),
        (SUM, {"result": Array.of([9.0] * 3)}, [""]),
        (SUM, {"result": Array.of([9.0] * 3), "grad": Array.of([[9.0] * 3] * 3)}, ["", ""]),
        ("reflected/number_with_leaf[sub_3]", {"result": Array.of(9.0)}, ["Python asks the leaf:"]),
    ],
)
def test_a_possible_cause_fits_what_is_wrong(case, answers, causes):
    found = judged(case, **answers)
    assert len(found) == len(causes)
    assert [one[: len(cause)] for one, cause in zip(found, causes, strict=True)] == causes
    assert list(map(bool, found)) == list(map(bool, causes))
