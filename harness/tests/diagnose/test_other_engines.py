"""Mistakes are named in engines that the diagnosis does not know: alone, in pairs, and those not known.

A few engines stand for those of `remade`; `harness.benchmarks.diagnosis_accuracy` measures all.
"""

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.finding import Confidence
from gradconform.harness.diagnose.mistake import known_mistakes
from gradconform.harness.diagnose.prediction import Predictions
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.diagnose.remade import Edited, closures, torch_like
from gradconform.harness.tests.diagnose.remade.pairs import PAIRS
from gradconform.harness.tests.diagnose.remade.unseen import UNSEEN

KNOWN = {mistake.name: mistake for mistake in known_mistakes()}
FAMILIES = ["unary/*", "reflected/*", "activations/*", "axes/*"]
CASES = [
    case for case in catalogue().select(FAMILIES) if case.level == "core" and len(case.program) <= 7
]


@pytest.fixture(scope="module")
def findings(reference):
    """The findings about an engine, from a few small cases."""
    known = Predictions(CASES, reference)

    def found(edited):
        engine = edited.open()
        results = (run_case(case, engine, reference, 0, "float64") for case in CASES)
        outcomes = [outcome for result in results for outcome in result.outcomes]
        return diagnose(outcomes, engine, reference, known)

    return found


@pytest.mark.parametrize(
    ("engine", "name"),
    [
        (closures, "exp-uses-input"),
        (closures, "rsub-reversed"),
        (closures, "neg-passes"),
        (torch_like, "mean-without-n"),
    ],
)
def test_a_mistake_is_named_in_another_engine(engine, name, findings):
    mistake = KNOWN[name]
    (finding,) = findings(Edited(engine.PATH, (name,), (engine.EDITS[name],)))
    assert (finding.op, finding.kind) == (mistake.op, mistake.kind)
    assert finding.confidence is Confidence.CONFIRMED


@pytest.mark.parametrize("pair", PAIRS[:1], ids=lambda pair: pair.name)
def test_two_mistakes_are_both_named(pair, findings):
    said = {(finding.op, finding.kind) for finding in findings(pair)}
    assert said == {(KNOWN[name].op, KNOWN[name].kind) for name in pair.mistakes}


@pytest.mark.parametrize("unseen", UNSEEN[:1], ids=lambda unseen: unseen.engine.name)
def test_the_formula_of_a_mistake_that_is_not_known_is_said(unseen, findings):
    assert any(map(unseen.is_said_by, findings(unseen.engine)))


@pytest.mark.parametrize("engine", [closures, torch_like], ids=lambda engine: engine.PATH)
def test_a_correct_engine_of_another_style_has_no_finding(engine, findings):
    assert findings(Edited(engine.PATH, (), ())) == []
