"""An op that is wrong by itself is told from one that the engine computes by another wrong op."""

import pytest
from gradconform.engines.faulty.change import slope
from gradconform.harness.diagnose.composition import OWN
from gradconform.harness.diagnose.contradiction import contradicted, is_its_own
from gradconform.harness.diagnose.hypothesis import Hypothesis
from gradconform.harness.diagnose.mistake import Mistake, known_mistakes
from gradconform.harness.diagnose.probes import Measurements

KNOWN = {mistake.name: mistake for mistake in known_mistakes()}
FIRST = Hypothesis((KNOWN["mul-own-value"],))
SECOND = Mistake("second", "", slope("sub", None, lambda a, b, y: -0.5), ("sub",))


def measured(hypothesis, reference):
    return Measurements(hypothesis.opened(), reference)


@pytest.mark.parametrize(
    ("engine", "own"),
    [
        (Hypothesis(FIRST.mistakes, OWN.with_way("sub", "a + b * -1")), False),
        (FIRST, False),
        (Hypothesis((*FIRST.mistakes, SECOND)), True),
    ],
    ids=["composed of the wrong op", "right", "wrong by itself"],
)
def test_a_second_mistake_is_seen_beside_the_first(engine, own, reference):
    assert is_its_own("sub", [FIRST], measured(engine, reference)) is own


def test_a_mistake_is_held_against_the_probes_together_with_the_others(reference):
    log, start = KNOWN["log-forgets-derivative"], KNOWN["root-seeded-with-its-value"]
    both = Hypothesis((start, log))
    assert not contradicted(log, both, measured(both, reference))
    other = Mistake("other", "", slope("log", lambda x, y: 2 / x), ("log",))
    assert contradicted(log, both, measured(Hypothesis((start, other)), reference))
