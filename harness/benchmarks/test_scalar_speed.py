"""How fast the scalar engine builds and differentiates graphs of 10,000 results, beside micrograd.

    pytest harness/benchmarks/test_scalar_speed.py --benchmark-only

Every group is one graph, every row in it one engine.
"""

import random
import sys

import pytest
from gradconform.engines.scalar import Value

engine = pytest.importorskip("micrograd.engine")
ENGINES = {"scalar": Value, "micrograd": engine.Value}


@pytest.fixture(autouse=True)
def _deep_recursion():
    # micrograd sorts its graph by recursion, one frame for each result of a chain
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(100_000)
    yield
    sys.setrecursionlimit(before)


def horner(make):
    """5,000 times y = y * x + w: a chain of Values alone."""
    x, w, y = make(0.999), make(0.001), make(0.5)
    for _ in range(5_000):
        y = y * x + w
    return y, x


def relu_chain(make):
    """2,500 times y = relu(y * x + w) + 0.01: a chain with a number and a kink."""
    x, w, y = make(0.7), make(0.1), make(0.5)
    for _ in range(2_500):
        y = (y * x + w).relu() + 0.01
    return y, x


def perceptron(make):
    """The hinge loss of 16 points on layers of 16, 16 and 1, as in micrograd's own demo."""
    numbers = random.Random(1)

    def layer(inputs, outputs):
        return [
            ([make(numbers.uniform(-1, 1)) for _ in range(inputs)], make(0.0))
            for _ in range(outputs)
        ]

    layers = [layer(2, 16), layer(16, 16), layer(16, 1)]
    loss = make(0.0)
    for _ in range(16):
        signal = [make(numbers.uniform(-1, 1)) for _ in range(2)]
        for depth, neurons in enumerate(layers):
            signal = [
                sum((w * x for w, x in zip(weights, signal, strict=True)), bias)
                for weights, bias in neurons
            ]
            if depth < 2:
                signal = [s.relu() for s in signal]
        loss = loss + (1 - signal[0]).relu()
    return loss, layers[0][0][0][0]


GRAPHS = (horner, relu_chain, perceptron)


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("graph", GRAPHS)
def test_build_and_backward(benchmark, graph, name):
    def run():
        root, leaf = graph(ENGINES[name])
        root.backward()
        return leaf.grad

    benchmark.group = f"{graph.__name__}: build and backward"
    expected_root, expected = graph(Value)
    expected_root.backward()
    assert benchmark(run) == pytest.approx(expected.grad, rel=1e-9)
