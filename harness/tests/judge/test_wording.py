"""A failure is a sentence that says what to look at."""

import math

from gradconform.harness.catalogue.collection import Catalogue
from gradconform.harness.catalogue.reference import Reference
from gradconform.harness.engine.eager import EagerEngine
from gradconform.harness.judge.outcome import AtStep
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
