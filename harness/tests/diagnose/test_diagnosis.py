"""A wrong engine gets the name of its mistake, and a correct one gets no finding."""

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.finding import Confidence
from gradconform.harness.diagnose.mistake import Mistaken, known_mistakes
from gradconform.harness.diagnose.prediction import Predictions
from gradconform.harness.engine.builtin import load
from gradconform.harness.run.runner import run_case

MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}
CASES = catalogue().select(["unary/*", "arithmetic/*", "diamonds/*"])


@pytest.fixture(scope="module")
def known(reference):
    return Predictions(CASES, reference)


def outcomes_of(engine, reference):
    for case in CASES:
        yield from run_case(case, engine, reference, 0, "float64").outcomes


@pytest.mark.parametrize(
    "name",
    [
        "tanh-without-square",
        "mul-own-value",
        "sub-second-sign",
        "every-path",
        "log-without-import",
    ],
)
def test_a_known_mistake_is_named(name, reference, known):
    mistake = MISTAKES[name]
    engine = Mistaken(mistake, load("scalar"))
    outcomes = list(outcomes_of(engine, reference))
    finding = diagnose(outcomes, engine, reference, known)[0]
    assert finding.mistake == name
    assert (finding.op, finding.kind, finding.operand) == (
        mistake.op,
        mistake.kind,
        mistake.operand,
    )
    assert finding.confidence is Confidence.CONFIRMED
    assert 0 < finding.explained <= finding.failing


def test_a_correct_engine_has_no_finding(reference, known):
    engine = load("scalar")
    assert diagnose(outcomes_of(engine, reference), engine, reference, known) == []
