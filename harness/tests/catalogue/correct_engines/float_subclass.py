"""A variable is a float, so that ordinary code computes with it; the graph hangs from its attributes."""

import math
from itertools import count

from gradconform import EagerEngine

serial = count()


class Real(float):
    def __new__(cls, number, *edges):
        self = super().__new__(cls, number)
        self.edges = [(x, d) for x, d in edges if isinstance(x, Real)]
        self.serial = next(serial)
        self.slope = 0.0
        return self

    __hash__ = object.__hash__
    __eq__ = object.__eq__

    def __add__(self, other):
        return Real(float(self) + float(other), (self, 1.0), (other, 1.0))

    def __sub__(self, other):
        return Real(float(self) - float(other), (self, 1.0), (other, -1.0))

    def __rsub__(self, other):
        return Real(float(other) - float(self), (self, -1.0))

    def __mul__(self, other):
        return Real(float(self) * float(other), (self, float(other)), (other, float(self)))

    def __truediv__(self, other):
        a, b = float(self), float(other)
        return Real(a / b, (self, 1 / b), (other, -a / b**2))

    def __rtruediv__(self, other):
        return Real(other / float(self), (self, -other / float(self) ** 2))

    def __pow__(self, other):
        a, b = float(self), float(other)
        to_exponent = a**b * math.log(a) if isinstance(other, Real) else 0.0
        return Real(a**b, (self, b * a ** (b - 1)), (other, to_exponent))

    def __rpow__(self, other):
        y = other ** float(self)
        return Real(y, (self, y * math.log(other)))

    def __neg__(self):
        return Real(-float(self), (self, -1.0))

    def __abs__(self):
        return Real(abs(float(self)), (self, math.copysign(1.0, self)))

    __radd__, __rmul__ = __add__, __mul__

    def backward(self):
        nodes, stack = {self}, [self]
        while stack:
            fresh = [x for x, _ in stack.pop().edges if x not in nodes]
            nodes.update(fresh)
            stack += fresh
        incoming = dict.fromkeys(nodes, 0.0)
        incoming[self] = 1.0
        for node in sorted(nodes, key=lambda x: -x.serial):
            node.slope += incoming[node]
            for x, d in node.edges:
                incoming[x] += incoming[node] * d


def elementary(function, derivative):
    return staticmethod(lambda x: Real(function(x), (x, derivative(float(x)))))


class Elementary:
    exp = elementary(math.exp, math.exp)
    log = elementary(math.log, lambda x: 1 / x)
    sqrt = elementary(math.sqrt, lambda x: 0.5 / math.sqrt(x))
    cos = elementary(math.cos, lambda x: -math.sin(x))
    sin = elementary(math.sin, math.cos)
    atan = elementary(math.atan, lambda x: 1 / (1 + x * x))


class Adapter(EagerEngine):
    name = "float subclass"
    functions = (Elementary,)

    def leaf(self, array, requires_grad):
        return Real(array.item())

    def value(self, node):
        return float(node)

    def grad(self, node):
        return node.slope

    def backward(self, root, cotangent, retain_graph):
        root.backward()


engine = Adapter()
