"""Each op gives a value and a pullback that returns a tuple; a heap takes the youngest node first."""

import heapq
from itertools import count

import numpy as np

from gradconform import EagerEngine

birth = count()


class Box:
    __array_ufunc__ = None

    def __init__(self, array, operands=(), pullback=None):
        self.array, self.operands, self.pullback = np.asarray(array, float), operands, pullback
        self.grad, self.age = None, next(birth)

    def __getitem__(self, index):
        def pullback(g):
            whole = np.zeros_like(self.array)
            np.add.at(whole, index, g)
            return (whole,)

        return Box(self.array[index], (self,), pullback)


def to_shape(g, shape):
    extra = g.ndim - len(shape)
    stretched = [extra + axis for axis, extent in enumerate(shape) if extent == 1]
    return g.sum(axis=(*range(extra), *stretched), keepdims=True).reshape(shape)


def primitive(rule):
    def call(*operands, **options):
        boxes = tuple(x if isinstance(x, Box) else Box(x) for x in operands)
        value, pullback = rule(*(box.array for box in boxes), **options)
        shapes = [box.array.shape for box in boxes]
        back = lambda g: tuple(map(to_shape, pullback(g), shapes))  # noqa: E731
        return Box(value, boxes, back)

    return staticmethod(call)


def softmax_rule(x, dim):
    powers = np.exp(x - x.max(axis=dim, keepdims=True, initial=-np.inf))
    y = powers / powers.sum(axis=dim, keepdims=True)
    return y, lambda g: (y * (g - (g * y).sum(axis=dim, keepdims=True)),)


def sum_rule(x, dim=None, keepdim=False):
    kept = np.sum(x, axis=dim, keepdims=True).shape
    spread = lambda g: (np.broadcast_to(g.reshape(kept), x.shape),)  # noqa: E731
    return np.sum(x, axis=dim, keepdims=keepdim), spread


class Primitives:
    add = primitive(lambda a, b: (a + b, lambda g: (g, g)))
    sub = primitive(lambda a, b: (a - b, lambda g: (g, -g)))
    mul = primitive(lambda a, b: (a * b, lambda g: (g * b, g * a)))
    truediv = primitive(lambda a, b: (a / b, lambda g: (g / b, -g * a / b**2)))
    neg = primitive(lambda a: (-a, lambda g: (-g,)))
    square = primitive(lambda a: (a * a, lambda g: (2 * a * g,)))
    exp = primitive(lambda a: (np.exp(a), lambda g: (g * np.exp(a),)))
    log = primitive(lambda a: (np.log(a), lambda g: (g / a,)))
    tanh = primitive(lambda a: (np.tanh(a), lambda g: (g / np.cosh(a) ** 2,)))
    maximum = primitive(lambda a, b: (np.maximum(a, b), lambda g: (g * (a > b), g * (a < b))))
    sum = primitive(sum_rule)
    softmax = primitive(softmax_rule)


for _name in ("add", "sub", "mul", "truediv"):
    _op = getattr(Primitives, _name)
    setattr(Box, f"__{_name}__", lambda a, b, _op=_op: _op(a, b))
    setattr(Box, f"__r{_name}__", lambda a, b, _op=_op: _op(b, a))


class Adapter(EagerEngine):
    name = "pullbacks that return tuples"
    functions = (Primitives,)

    def leaf(self, array, requires_grad):
        return Box(array.numpy())

    def value(self, node):
        return node.array

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        flow = {root: np.ones(()) if cotangent is None else cotangent.numpy()}
        heap = [(-root.age, root)]
        while heap:
            _, box = heapq.heappop(heap)
            g = flow[box]
            box.grad = g if box.grad is None else box.grad + g
            parts = box.pullback(g) if box.pullback else ()
            for operand, part in zip(box.operands, parts, strict=True):
                if operand not in flow:
                    heapq.heappush(heap, (-operand.age, operand))
                flow[operand] = flow.get(operand, 0) + part


engine = Adapter()
