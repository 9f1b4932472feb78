"""The engines by which the diagnosis is measured are what they claim: correct, or wrong by the edit alone."""

import pytest
from gradconform.harness.catalogue.collection import catalogue
from gradconform.harness.diagnose.mistake import known_mistakes
from gradconform.harness.judge.outcome import PASSED, Verdict
from gradconform.harness.run.runner import run_case
from gradconform.harness.tests.diagnose.remade import Edited, closures, each, torch_like
from gradconform.harness.tests.diagnose.remade.pairs import PAIRS
from gradconform.harness.tests.diagnose.remade.unseen import UNSEEN

KNOWN = {mistake.name for mistake in known_mistakes()}
ENGINES = (closures, torch_like)
FINE = PASSED | {Verdict.UNSUPPORTED}


def fails(engine, cases, reference):
    """True when the engine fails one of the cases; the rest is not run."""
    return any(run_case(c, engine, reference, 0, "float64").verdict not in FINE for c in cases)


@pytest.mark.parametrize("engine", ENGINES, ids=lambda engine: engine.PATH)
def test_an_edited_engine_is_wrong_where_the_engine_itself_is_right(engine, reference):
    cases = catalogue().select(engine.TELLING)
    assert not fails(Edited(engine.PATH, (), ()).open(), cases, reference)
    for remade in each(engine.PATH, engine.EDITS)[::4]:
        assert fails(remade.open(), cases, reference), remade.name


def test_each_edit_fits_in_one_place_and_has_the_name_of_a_known_mistake():
    remade = [one for engine in ENGINES for one in each(engine.PATH, engine.EDITS)]
    assert {name for one in remade for name in one.mistakes} <= KNOWN
    assert len({one.text() for one in remade}) == len(remade) >= 120


def test_unseen_mistakes_are_many_and_fit():
    assert len({unseen.engine.text() for unseen in UNSEEN}) == len(UNSEEN) >= 12


def test_two_edits_fit_together():
    assert len({pair.text() for pair in PAIRS}) == len(PAIRS) >= 20
    assert all(len(set(pair.mistakes)) == 2 for pair in PAIRS)
