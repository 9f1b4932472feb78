"""The cost of the harness: a program through `EagerEngine`, and the same code by hand.

Both build a graph of 10,000 scalar operations on the built-in `Value`, walk it backward and read the
gradients. The ratio of the two medians should be at most 1.5.
"""

import pytest
from gradconform.engines.scalar import Scalar, Value
from gradconform.harness.program.arrays import Array
from gradconform.harness.trace import traced

STEPS = 2_500


def expression(x, w):
    """Four operations a round, on two leaves"""
    y = x
    for _ in range(STEPS):
        y = (y * w + x) * 0.5 - w
    return y


def by_hand():
    x, w = Value(0.5), Value(0.25)
    y = expression(x, w)
    y.backward()
    return y.data, x.grad, w.grad


@pytest.mark.benchmark(group="10,000 scalar operations: build, backward, read")
def test_by_hand(benchmark):
    benchmark(by_hand)


@pytest.mark.benchmark(group="10,000 scalar operations: build, backward, read")
def test_through_the_engine(benchmark):
    engine = Scalar()
    program = traced(expression, {"x": True, "w": True})
    inputs = {"x": Array.of(0.5), "w": Array.of(0.25)}
    transcript = benchmark(engine.run, program, inputs)
    assert tuple(reading.item() for reading in transcript.readings) == by_hand()
