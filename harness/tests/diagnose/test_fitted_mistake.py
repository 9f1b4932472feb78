"""A measured derivative becomes a mistake of the scalar engine, which answers as the engine does."""

import pytest
from gradconform.engines.faulty.change import slope
from gradconform.harness.diagnose.finding import Kind
from gradconform.harness.diagnose.fitted import Fit, fit
from gradconform.harness.diagnose.fitted_mistake import mistake_of
from gradconform.harness.diagnose.hypothesis import Hypothesis
from gradconform.harness.diagnose.mistake import Mistake
from gradconform.harness.diagnose.probes import measure
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import traced


@pytest.mark.parametrize(
    ("op", "change", "body"),
    [
        ("tanh", slope("tanh", lambda x, y: 1 - y**3), lambda a, b: (a * b).tanh() * b),
        ("mul", slope("mul", None, lambda a, b, y: a * a), lambda a, b: a * b * b),
        ("pow", slope("pow", lambda a, b, y: b * a ** (b + 1)), lambda a, b: a**3.0 * b),
        ("mul", slope("mul", lambda a, b, y: a, lambda a, b, y: b), lambda a, b: a * b + b),
    ],
    ids=["one operand", "second operand", "power", "exchanged"],
)
def test_the_mistake_of_a_fit_gives_the_same_gradients(op, change, body, reference):
    wrong = Hypothesis((Mistake("wrong", "", change, (op,)),)).opened()
    made = mistake_of(fit(op, measure(op, wrong, reference)))
    program = traced(body, {"a": True, "b": True})
    inputs = {"a": Array.of(1.25), "b": Array.of(0.75)}
    answers = [one.run(program, inputs) for one in (wrong, Hypothesis((made,)).opened())]
    own, same = ([reading.item() for reading in one.readings] for one in answers)
    assert same == pytest.approx(own, rel=1e-9)
    assert made.ops == (op,)


@pytest.mark.parametrize(
    "found",
    [
        Fit("tanh", "", Kind.VALUE, "value", "x", "tanh(x)"),
        Fit("mean", "", Kind.FACTOR, "derivative", "1", "1 / n", "", ((0, "1"),)),
        Fit("sub", "second", Kind.SIGN, "derivative", "1", "-1", "left", ((1, "1"),)),
    ],
    ids=["a value", "no op of numbers", "beside a number alone"],
)
def test_nothing_is_made_of_other_fits(found):
    assert mistake_of(found) is None
