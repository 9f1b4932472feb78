"""The lecture's example: a neuron of two inputs with a sigmoid, in three spellings."""

from gradconform import case
from gradconform.trace import exp, sigmoid

NEURON = {"w0": 2.0, "x0": -1.0, "w1": -3.0, "x1": -2.0, "w2": -3.0}


@case(**NEURON, tags=("scalar",))
def neuron_in_the_tutorials_spelling(w0, x0, w1, x1, w2):
    """the neuron as the tutorial writes it: (exp(-z) + 1.0) ** -1"""
    return (exp(-(w0 * x0 + w1 * x1 + w2)) + 1.0) ** -1


@case(**NEURON, tags=("scalar",))
def neuron_with_a_division(w0, x0, w1, x1, w2):
    """the neuron with the sigmoid spelt out: 1 / (1 + exp(-z))"""
    return 1 / (1 + exp(-(w0 * x0 + w1 * x1 + w2)))


@case(**NEURON, tags=("scalar",))
def neuron_with_sigmoid(w0, x0, w1, x1, w2):
    """the neuron with sigmoid as one op"""
    return sigmoid(w0 * x0 + w1 * x1 + w2)
