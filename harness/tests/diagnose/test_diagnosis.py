"""A wrong engine gets the name of its mistake, and a correct one gets no finding."""

import math

import pytest
from gradconform.engines.faulty.change import slope, value
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.diagnose.diagnosis import diagnose
from gradconform.harness.diagnose.finding import Confidence, Kind
from gradconform.harness.diagnose.mistake import Mistake, Mistaken, known_mistakes
from gradconform.harness.diagnose.prediction import Predictions
from gradconform.harness.engine.builtin import load
from gradconform.harness.report.mistakes import printed
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.diagnose.remade import closures, each
from gradconform.harness.tests.diagnose.remade.unseen import UNSEEN

MISTAKES = {mistake.name: mistake for mistake in known_mistakes()}
CASES = catalogue().select(["unary/*", "arithmetic/*", "diamonds/*"])


@pytest.fixture(scope="module")
def known(reference):
    return Predictions(CASES, reference)


def outcomes_of(engine, reference, op=""):
    for case in CASES:
        if op and op not in case.program.ops:
            continue
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
    assert "torch says" in finding.program or "Error" in finding.program


def without_numpy(self):
    raise NameError("name 'np' is not defined")


def test_an_op_that_raises_another_error_than_a_known_mistake_is_not_given_its_reason(
    reference, known
):
    mistake = Mistake("log-without-numpy", "", value(log=without_numpy), ("log",))
    engine = Mistaken(mistake, load("scalar"))
    outcomes = list(outcomes_of(engine, reference, "log"))
    for asked in (engine, None):
        finding = diagnose(outcomes, asked, reference, known)[0]
        assert (finding.op, finding.kind) == ("log", Kind.NO_RESULT)
        assert finding.sentence.startswith("Your `log` raises an error, or returns nothing.")
        assert "import math" not in finding.sentence


def test_a_correct_engine_has_no_finding(reference, known):
    engine = load("scalar")
    assert diagnose(outcomes_of(engine, reference), engine, reference, known) == []


def test_a_mistake_explains_the_ops_that_the_engine_composes(reference, known):
    edits = {"pow-keeps-exponent": closures.EDITS["pow-keeps-exponent"]}
    (edited,) = each(closures.PATH, edits)
    engine = edited.open()
    outcomes = list(outcomes_of(engine, reference))
    (finding,) = diagnose(outcomes, engine, reference, known)
    assert (finding.mistake, finding.confidence) == ("pow-keeps-exponent", Confidence.CONFIRMED)
    assert finding.explained == finding.failing
    # Most failing cases divide; the program and the line are those of the power.
    assert "**" in finding.program
    assert finding.look_at == "`Value.__pow__`, line 40 of engine.py"
    assert f"Look at {finding.look_at}." in finding.sentence


def test_a_mistake_that_is_not_known_is_measured(reference, known):
    unseen = UNSEEN[0]
    engine = unseen.engine.open()
    (finding,) = diagnose(outcomes_of(engine, reference), engine, reference, known)
    assert unseen.is_said_by(finding)
    assert (finding.mistake, finding.confidence) == ("", Confidence.CONFIRMED)
    # The measured derivative predicts readings, as a known mistake does.
    assert finding.explained == finding.failing
    assert f"it explains all {finding.failing} values and gradients that differ" in finding.sentence
    assert "torch says" in finding.program


def test_a_mistake_that_no_expression_gives_is_shown_as_a_table(reference, known):
    strange = slope("tanh", lambda x, y: math.cos(3.1 * x) + y)
    engine = Mistaken(Mistake("strange", "", strange), load("scalar"))
    found = diagnose(outcomes_of(engine, reference, "tanh"), engine, reference, known)
    assert [(one.op, one.kind) for one in found] == [("tanh", Kind.UNKNOWN)]
    assert "    x  your derivative of tanh by x  the right one" in found[0].measured
    shown = "\n".join(printed(found[0].to_json())).splitlines()
    assert "    " + found[0].measured.splitlines()[1] in shown


def test_a_known_mistake_that_agrees_by_chance_is_not_named(reference, known):
    # At 0, where sigmoid is 1 / 2, this is 1 - y as well, which is a known mistake.
    change = slope("sigmoid", lambda x, y: y * (1.5 - y))
    engine = Mistaken(Mistake("strange", "", change), load("scalar"))
    outcomes = outcomes_of(engine, reference, "sigmoid")
    (found,) = diagnose(outcomes, engine, reference, known)
    assert (found.op, found.mistake, found.confidence) == ("sigmoid", "", Confidence.CONFIRMED)
    assert "y * (1.5 - y)" in found.sentence
