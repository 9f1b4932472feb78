"""A program is rewritten as an engine composes its ops, and means the same."""

import pytest
from gradconform.harness.diagnose.composition import EXPANSIONS, OWN, parts, rewritten
from gradconform.harness.engine.builtin import load
from gradconform.harness.program.arrays import Array
from gradconform.harness.program.op_table import TABLE
from gradconform.harness.trace import Function, traced

WAYS = [(op, way) for op, ways in EXPANSIONS.items() for way in ways]
INPUTS = {"a": Array.of(1.25), "b": Array.of(0.75)}


def program(op):
    """The op of two leaves, or of one, times another leaf."""
    call = Function(TABLE[op])

    def case(a, b):
        return call(a, b) * a if op in ("sub", "div", "pow", "minimum") else call(a) * b

    return traced(case, dict.fromkeys(INPUTS, True))


@pytest.mark.parametrize(("op", "way"), WAYS)
def test_a_composed_op_has_the_same_value_and_gradients(op, way):
    engine, own = load("scalar"), program(op)
    composed = rewritten(own, OWN.with_way(op, way)).program
    assert op not in composed.ops
    assert parts(op, way) <= composed.ops
    right, found = engine.run(own, INPUTS), engine.run(composed, INPUTS)
    assert [each.nested() for each in found.readings] == pytest.approx(
        [each.nested() for each in right.readings], rel=1e-12
    )


def test_an_op_is_not_composed_of_itself():
    negated = OWN.with_way("sub", "a + (-b)")
    assert not negated.can_add("neg", "0 - x")
    assert negated.can_add("neg", "x * -1")
    assert OWN.can_add("neg", "0 - x")
