"""Each formula is compared with torch, at the points of the probes."""

import pytest
from gradconform.harness.diagnose.expressions import agree, expression
from gradconform.harness.diagnose.formulas import FORMULAS
from gradconform.harness.diagnose.matching import rows
from gradconform.harness.diagnose.probes import measure

_FIRST = sorted(FORMULAS)[::2]


@pytest.mark.parametrize("ops", [_FIRST, sorted(set(FORMULAS) - set(_FIRST))])
def test_every_formula_gives_the_numbers_of_torch(ops, reference):
    for op in ops:
        found = measure(op, reference.engine, reference)
        assert {one.operand for one in found} == set(range(len(FORMULAS[op].derivatives))), op
        for one in found:
            for text in FORMULAS[op].value:
                right = [point.right_value for point in one.points]
                assert agree(expression(text), rows(one, of_derivative=False), right), (op, text)
            for text in FORMULAS[op].derivatives[one.operand]:
                right = [point.right_derivative for point in one.points]
                assert agree(expression(text), rows(one, of_derivative=True), right), (op, text)
