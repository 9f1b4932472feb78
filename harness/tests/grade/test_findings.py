"""A student is told of a known mistake only where it explains enough of what is wrong."""

import pytest
from gradconform.engines.faulty.change import node, value
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.mistake import Mistake, Mistaken, known_mistakes
from gradconform.harness.diagnose.prediction import Predictions
from gradconform.harness.engine.builtin import load
from gradconform.harness.grade.course.telling import telling, wrong_values
from gradconform.harness.grade.graded_cases import graded_cases
from gradconform.harness.report.rows import outcome_of

from .test_points import RUBRIC, rows_of

SMALL = RUBRIC.model_copy(update={"needs": ("add", "sub", "pow")})
ONE_LESS = node("pow", lambda d, e, a, b, y: (d * (b - 1) / b, e))
A_SUM = value(__sub__=lambda self, other: self + other)


@pytest.fixture(scope="module")
def asked(reference):
    cases = graded_cases(SMALL, reference)
    return cases, Predictions(cases, reference)


def found(asked, reference, *mistakes):
    cases, known = asked
    engine = load("scalar")
    for mistake in mistakes:
        engine = Mistaken(mistake, engine)
    rows = rows_of(engine, cases, reference)
    findings = diagnose(map(outcome_of, rows), None, reference, known)
    wrong = wrong_values(rows, {case.id: case.program for case in cases})
    return findings, wrong


@pytest.mark.parametrize(
    ("op", "change", "values"), [("pow", ONE_LESS, set()), ("sub", A_SUM, {"sub"})]
)
def test_what_fits_by_chance_is_not_told(asked, reference, op, change, values):
    findings, wrong = found(asked, reference, Mistake("", "", change, (op,)))
    assert findings  # else the test tells nothing
    assert wrong == values
    assert list(telling(findings, wrong)) == []


def test_a_small_mistake_beside_a_large_one_is_told(asked, reference):
    names = ("not-reversed", "pow-forgets-upstream")
    both = [mistake for mistake in known_mistakes() if mistake.name in names]
    findings, wrong = found(asked, reference, *both)
    assert {finding.mistake for finding in findings} == set(names)
    assert list(telling(findings, wrong)) == findings
