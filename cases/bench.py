"""Growing sizes, for timings: depth, width and batch, on numbers and on tensors.

They are cases like any other; `gradconform bench` times them. The size stands in the brackets of the id.
"""

from functools import partial

from gradconform import case
from gradconform.catalogue import normal, uniform
from gradconform.trace import tanh

on_numbers = partial(case, tags=("scalar", "bench", "stress"))
on_tensors = partial(case, tags=("bench", "stress"))


def sizes(*numbers):
    """A variant for each size."""
    return {str(n): {"size": n} for n in numbers}


def added(terms):
    """The sum by halves, as deep as the logarithm of their number."""
    while len(terms) > 1:
        odd = terms[len(terms) // 2 * 2 :]
        terms = [a + b for a, b in zip(terms[::2], terms[1::2], strict=False)] + odd
    return terms[0]


@on_numbers(x=0.7, w=0.9, variants=sizes(8, 16, 32, 64, 128))
def depth_of_numbers(x, w, *, size):
    """y = y * w + 0.1, one after the other"""
    y = x
    for _ in range(size):
        y = y * w + 0.1
    return y


@on_numbers(x=0.7, w=0.9, variants=sizes(16, 64, 256, 1024))
def width_of_numbers(x, w, *, size):
    """branches of two leaves side by side, added by halves"""
    return added([x * (k / size) + w for k in range(size)])


@on_numbers(w=0.8, u=-0.6, b=0.1, v=0.5, variants=sizes(4, 16, 64, 256))
def batch_of_numbers(w, u, b, v, *, size):
    """the squared error of a quadratic neuron, summed over the samples"""

    def error(k):
        z = w * (k / size) + u * (1 - k / size) + b
        off = v * z * z - 0.3
        return off * off

    return added([error(k) for k in range(size)])


@on_tensors(x=normal(8, 16), w=uniform(16, 16, low=-0.5, high=0.5), variants=sizes(2, 4, 8, 16, 32))
def depth_of_layers(x, w, *, size):
    """tanh(x @ w), one after the other"""
    for _ in range(size):
        x = tanh(x @ w)
    return x.sum()


WIDTHS = {
    str(n): {"x": normal(8, n), "w": uniform(n, n, low=-0.25, high=0.25)} for n in (8, 16, 32, 64)
}
BATCHES = {str(n): {"x": normal(n, 16)} for n in (4, 16, 64, 256)}


@on_tensors(variants=WIDTHS)
def width_of_a_layer(x, w):
    """tanh(x @ w) with more and more neurons"""
    return tanh(x @ w).sum()


@on_tensors(w=uniform(16, 16, low=-0.25, high=0.25), variants=BATCHES)
def batch_of_a_layer(x, w):
    """tanh(x @ w) with more and more rows"""
    return tanh(x @ w).sum()
