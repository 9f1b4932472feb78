"""Training: twenty steps of SGD, momentum and Adam, with the parameters read along the way."""

import math
from functools import partial

from gradconform import Array, case
from gradconform.catalogue import constant, normal
from gradconform.trace import (
    backward,
    conv1d,
    conv2d,
    cross_entropy,
    exp,
    log,
    read,
    relu,
    sigmoid,
    softplus,
    tanh,
    update,
)

RULES = {
    "sgd": {"rule": {"rule": "sgd", "lr": 0.1}},
    "momentum": {"rule": {"rule": "momentum", "lr": 0.05, "momentum": 0.9}},
    "adam": {"rule": {"rule": "adam", "lr": 0.05}},
}
on_scalars = partial(case, tags=("scalar", "training"), variants=RULES)
on_tensors = partial(case, tags=("training",), variants=RULES)

XOR = [(0.0, 0.0, -1.0), (0.0, 1.0, 1.0), (1.0, 0.0, 1.0), (1.0, 1.0, -1.0)]
# Two half circles that reach into each other, eight points on each.
TURNS = [math.pi * k / 7 for k in range(8)]
MOONS = [(round(math.cos(t), 6), round(math.sin(t), 6), -1.0) for t in TURNS]
MOONS += [(round(1 - math.cos(t), 6), round(0.5 - math.sin(t), 6), 1.0) for t in TURNS]
WEIGHTS = {"w0": 0.8, "w1": -0.6, "w2": 0.5, "w3": 0.9, "b0": 0.1, "b1": -0.2}
WEIGHTS |= {"v0": 1.1, "v1": -0.7, "c": 0.05}


def steps(loss, leaves, rule, count=20, every=5):
    """Take `count` steps of descent on `loss()`. Read it and the leaves after each `every` steps."""
    for step in range(1, count + 1):
        value = loss()
        backward(value)
        update(**rule)
        if step % every == 0:
            read(value, *leaves)


def network(activation, hidden, c, x, y):
    """Hidden neurons (w, u, b, v) side by side: the sum of v * activation(w x + u y + b), plus c."""
    return sum(v * activation(w * x + u * y + b) for w, u, b, v in hidden) + c


def squared_errors(points, output):
    """The sum of squared errors over (x, y, target) points."""
    return sum((output(x, y) - target) ** 2 for x, y, target in points)


def logistic_losses(points, output):
    """The mean of log(1 + exp(-target * output)) over (x, y, target) points."""
    return sum(log(1 + exp(-target * output(x, y))) for x, y, target in points) / len(points)


@on_scalars(w=0.3, b=-0.1)
def line_on_scalars(w, b, *, rule):
    """a line through four points"""
    points = [(0.0, 1.0), (1.0, 2.9), (2.0, 5.2), (3.0, 7.1)]
    steps(lambda: sum((w * x + b - y) ** 2 for x, y in points) / 8, [w, b], rule)


@on_scalars(x=-1.5, y=1.2)
def valley(x, y, *, rule):
    """the valley (1 - x) ** 2 + 2 * (y - x ** 2) ** 2"""
    steps(lambda: 0.1 * ((1 - x) ** 2 + 2 * (y - x**2) ** 2), [x, y], rule)


@on_scalars(**WEIGHTS)
def xor_on_scalars(w0, w1, w2, w3, b0, b1, v0, v1, c, *, rule):
    """exclusive or, with two tanh neurons made of scalars"""
    hidden = [(w0, w1, b0, v0), (w2, w3, b1, v1)]
    loss = partial(squared_errors, XOR, partial(network, tanh, hidden, c))
    steps(lambda: loss() / 4, [w0, w3, b1, v0, c], rule)


@on_scalars(**WEIGHTS)
def moons_on_scalars(w0, w1, w2, w3, b0, b1, v0, v1, c, *, rule):
    """two moons, with two sigmoid neurons made of scalars and a logistic loss"""
    hidden = [(w0, w1, b0, v0), (w2, w3, b1, v1)]
    loss = partial(logistic_losses, MOONS, partial(network, sigmoid, hidden, c))
    steps(loss, [w0, w3, b1, v0, c], rule)


PARAMETERS = {"w": normal(2, 4), "b": normal(4), "v": normal(4, 1), "c": [0.1]}


@on_tensors(**PARAMETERS, x=constant([p[:2] for p in XOR]), t=constant([[p[2]] for p in XOR]))
def xor_on_tensors(w, b, v, c, x, t, *, rule):
    """exclusive or, with a hidden layer of four"""
    steps(lambda: ((tanh(x @ w + b) @ v + c - t) ** 2).mean(), [w, b, v, c], rule)


@on_tensors(**PARAMETERS, x=constant([p[:2] for p in MOONS]), t=constant([[p[2]] for p in MOONS]))
def moons_on_tensors(w, b, v, c, x, t, *, rule):
    """two moons, with a hidden layer of four and a logistic loss"""
    steps(lambda: softplus(-t * (tanh(x @ w + b) @ v + c)).mean(), [w, b, v, c], rule)


def loss_of_image(image, kernel, bias, v):
    """The squared distance from 0.5 of a weighted mean of tanh features."""
    features = tanh(conv2d(image, kernel, bias)).reshape((2, 9))
    return ((features * v).mean() - 0.5) ** 2


def weighted_sum(parts, weights):
    """The sum of parts[k] * weights[k]."""
    return sum(part * weights[k] for k, part in enumerate(parts))


CLASSES = Array.of([0] * 8 + [1] * 8, "int64")


@on_tensors(w=normal(2, 2), b=normal(2), x=constant([p[:2] for p in MOONS]))
def linear_classifier(w, b, x, *, rule):
    """two moons, with a linear layer and cross_entropy"""
    steps(lambda: cross_entropy(x @ w + b, CLASSES), [w, b], rule)


@on_tensors(
    kernel=normal(2, 1, 3, 3), bias=normal(2), v=normal(2, 9), image=constant(normal(1, 1, 5, 5))
)
def convolution(kernel, bias, v, image, *, rule):
    """two 3 x 3 kernels over a 5 x 5 image, a tanh and a weighted sum, trained towards 0.5"""
    steps(lambda: loss_of_image(image, kernel, bias, v), [kernel, bias, v], rule)


@on_tensors(kernel=normal(2, 1, 3), bias=normal(2), signal=constant(normal(1, 1, 8)))
def convolution_of_a_signal(kernel, bias, signal, *, rule):
    """two kernels of three over a signal of eight"""
    steps(lambda: (sigmoid(conv1d(signal, kernel, bias)) ** 2).mean(), [kernel, bias], rule)


@on_tensors(kernel=normal(3), signal=constant(normal(8)), t=constant(normal(6)))
def convolution_by_slices(kernel, signal, t, *, rule):
    """a kernel of three over a signal of eight, written with slices that share the weights"""
    shifted = [signal[k : k + 6] for k in range(3)]
    output = partial(weighted_sum, shifted)
    steps(lambda: ((tanh(output(kernel)) - t) ** 2).mean(), [kernel], rule)


@on_tensors(
    w=[[0.8, -0.6, 0.5], [0.7, 0.9, -0.4]],
    v=[0.9, -0.8, 0.7],
    x=constant([1.0, 2.0]),
)
def relu_layer(w, v, x, *, rule):
    """a relu layer that stays clear of its kinks"""
    steps(lambda: ((relu(x @ w) * v).sum() - 0.2) ** 2 * 0.1, [w, v], rule)
