"""A mistake that no known mistake is: the formula of the engine is found, in engines of other people."""

import pytest
from gradconform.harness.diagnose.fitted import fit
from gradconform.harness.diagnose.probes import measure
from gradconform.harness.tests.diagnose.remade.unseen import UNSEEN


@pytest.mark.parametrize("unseen", UNSEEN, ids=lambda unseen: unseen.engine.name)
def test_the_formula_of_the_engine_is_found(unseen, reference):
    found = fit(unseen.op, measure(unseen.op, unseen.engine.open(), reference))
    assert found is not None
    assert (found.op, found.operand) == (unseen.op, unseen.operand)
    assert found.kind in unseen.kinds
    assert unseen.says in found.sentence
