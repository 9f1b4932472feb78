"""An operation is a generator: it yields its result, is sent the gradient of the result, and yields
the gradients of its operands."""

import math
from functools import wraps


class value:
    def __init__(self, v, label=None):
        self.v = v
        self.label = label
        self.grad = 0
        self.op = None          # the suspended generator, or None for a leaf
        self.inputs = ()

    def backward(self):
        order = list(_postorder(self, set()))
        upstream = {self: 1}
        for node in reversed(order):
            g = upstream.get(node, 0)
            node.grad = node.grad + g
            if node.op is None:
                continue
            for operand, contribution in zip(node.inputs, node.op(g)):
                upstream[operand] = upstream.get(operand, 0) + contribution


def _postorder(node, seen):
    if node in seen:
        return
    seen.add(node)
    for operand in node.inputs:
        yield from _postorder(operand, seen)
    yield node


def operation(gen):
    @wraps(gen)
    def call(*args):
        nodes = tuple(a if isinstance(a, value) else value(a) for a in args)
        numbers = [n.v for n in nodes]
        out = value(next(gen(*numbers)))
        out.inputs = nodes

        def pull(g):
            # a generator runs only once, so every sweep starts a fresh one
            coroutine = gen(*numbers)
            next(coroutine)
            return coroutine.send(g)

        out.op = pull
        return out

    return call


@operation
def add(a, b):
    g = yield a + b
    yield g, g


@operation
def sub(a, b):
    g = yield a - b
    yield g, -g


@operation
def mul(a, b):
    g = yield a * b
    yield g * b, g * a


@operation
def div(a, b):
    g = yield a / b
    yield g / b, -g * a / b**2


@operation
def neg(a):
    g = yield -a
    yield (-g,)


@operation
def exp(a):
    y = math.exp(a)
    g = yield y
    yield (g * y,)


@operation
def sin(a):
    g = yield math.sin(a)
    yield (g * math.cos(a),)


@operation
def cos(a):
    g = yield math.cos(a)
    yield (-g * math.sin(a),)


value.__add__ = add
value.__sub__ = sub
value.__mul__ = mul
value.__truediv__ = div
value.__neg__ = neg
value.__radd__ = lambda self, a: add(a, self)
value.__rsub__ = lambda self, a: sub(a, self)
value.__rmul__ = lambda self, a: mul(a, self)
value.__rtruediv__ = lambda self, a: div(a, self)
