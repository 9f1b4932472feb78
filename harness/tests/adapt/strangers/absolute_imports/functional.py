import math

from engine import Value


def exp(x):
    y = math.exp(x.data)
    return Value(y, ((x, y),))


def log(x):
    return Value(math.log(x.data), ((x, 1 / x.data),))


def tanh(x):
    y = math.tanh(x.data)
    return Value(y, ((x, 1 - y * y),))


def sigmoid(x):
    y = 1 / (1 + math.exp(-x.data))
    return Value(y, ((x, y * (1 - y)),))


def relu(x):
    return Value(x.data, ((x, 1.0),)) if x.data > 0 else Value(0.0, ((x, 0.0),))


def elu(x, alpha=1.0):
    if x.data > 0:
        return Value(x.data, ((x, 1.0),))
    y = alpha * (math.exp(x.data) - 1)
    return Value(y, ((x, y + alpha),))
