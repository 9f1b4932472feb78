"""A program is rewritten as an engine composes its ops, and means the same."""

import pytest
from gradconform.harness.diagnose.composition import OWN, reaches
from gradconform.harness.diagnose.expansions import EXPANSIONS, REFLECTED, parts
from gradconform.harness.diagnose.rewriting import rewritten
from gradconform.harness.engine.builtin import load
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.trace import Function, traced

WAYS = [(op, way) for op, ways in EXPANSIONS.items() for way in ways]
INPUTS = {"a": Array.of(1.25), "b": Array.of(0.75)}


def program(op):
    """The op of two leaves, of one, or of a number and one, times another leaf."""
    plain = next((name for name, reflected in REFLECTED.items() if reflected == op), op)
    call = Function(TABLE[plain])

    def case(a, b):
        if op in REFLECTED.values():
            return call(1.5, b) * a
        return call(a, b) * a if op in ("sub", "div", "pow", "minimum") else call(a) * b

    return traced(case, dict.fromkeys(INPUTS, True))


@pytest.mark.parametrize(("op", "way"), WAYS)
def test_a_composed_op_has_the_same_value_and_gradients(op, way):
    engine, own = load("scalar"), program(op)
    composed = rewritten(own, OWN.with_way(op, way))
    assert op not in composed.program.ops
    assert parts(op, way) <= composed.program.ops
    inputs = {**INPUTS, **composed.constants}
    right, found = engine.run(own, INPUTS), engine.run(composed.program, inputs)
    assert [each.nested() for each in found.readings] == pytest.approx(
        [each.nested() for each in right.readings], rel=1e-12
    )


def test_an_op_is_not_composed_of_itself():
    negated = OWN.with_way("sub", "a + (-b)")
    assert not negated.can_add("neg", "0 - x")
    assert negated.can_add("neg", "x * -1")
    assert OWN.can_add("neg", "0 - x")


def test_a_number_on_the_left_goes_another_way_in_each_composition():
    """2 - x has its own method: with a mistake in `sub`, one engine is wrong there and another is not."""
    own = traced(lambda a: 2.0 - a, {"a": True})
    negated = rewritten(own, OWN.with_way("rsub", "(-b) + a")).program
    assert negated.ops == {"neg", "add"}
    beside = traced(lambda a: a - 2.0, {"a": True})
    assert rewritten(beside, OWN.with_way("rsub", "(-b) + a")).program == beside
    # Where nothing is said of the number on the left, it goes as the op goes.
    assert rewritten(own, OWN.with_way("sub", "a + b * -1")).program.ops == {"mul", "add"}


def test_a_mistake_in_an_op_may_not_reach_its_reflected_form():
    assert ("rsub", "(-b) + a") in reaches("sub")
    assert ("div", "a * b ** -1") in reaches("pow")


def test_a_reflected_form_may_be_made_of_the_plain_one():
    assert OWN.can_add("rdiv", "constant(a) / b")
    assert OWN.can_add("rsub", "-(b - a)")
    assert not OWN.with_way("neg", "0 - x").can_add("rsub", "-(b - a)")
