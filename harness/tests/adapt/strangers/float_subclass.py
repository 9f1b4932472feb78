"""ADFloat *is* a float, so it can go wherever a float can go (print, format, math, comparisons)."""
from math import *


class ADFloat(float):

    def __new__(cls, x, *edges):
        self = float.__new__(cls, x)
        self.edges = edges          # pairs (operand, partial)
        self.grad = 0.0
        return self

    # hash and == by identity would break comparisons, so the sweep below uses id()

    def __add__(self, y):
        return ADFloat(float(self) + float(y), (self, 1.0), (y, 1.0))

    def __radd__(self, y):
        return ADFloat(y + float(self), (self, 1.0))

    def __sub__(self, y):
        return ADFloat(float(self) - float(y), (self, 1.0), (y, -1.0))

    def __rsub__(self, y):
        return ADFloat(y - float(self), (self, -1.0))

    def __mul__(self, y):
        return ADFloat(float(self) * float(y), (self, float(y)), (y, float(self)))

    def __rmul__(self, y):
        return ADFloat(y * float(self), (self, y))

    def __truediv__(self, y):
        a, b = float(self), float(y)
        return ADFloat(a / b, (self, 1 / b), (y, -a / b**2))

    def __rtruediv__(self, y):
        return ADFloat(y / float(self), (self, -y / float(self) ** 2))

    def __pow__(self, y):
        a, b = float(self), float(y)
        p = a**b
        edges = [(self, b * a ** (b - 1))]
        if isinstance(y, ADFloat):
            edges.append((y, p * log(a)))
        return ADFloat(p, *edges)

    def __rpow__(self, y):
        p = y ** float(self)
        return ADFloat(p, (self, p * log(y)))

    def __neg__(self):
        return ADFloat(-float(self), (self, -1.0))

    def __pos__(self):
        return self

    def __abs__(self):
        return self if self > 0 else -self

    def exp(self):
        return ADFloat(exp(float(self)), (self, exp(float(self))))

    def log(self):
        return ADFloat(log(float(self)), (self, 1 / float(self)))

    def tanh(self):
        return ADFloat(tanh(float(self)), (self, 1 / cosh(float(self)) ** 2))

    def sqrt(self):
        return self**0.5

    def backward(self):
        order, seen = [], set()

        def dfs(node):
            if isinstance(node, ADFloat) and id(node) not in seen:
                seen.add(id(node))
                for operand, _ in node.edges:
                    dfs(operand)
                order.append(node)

        dfs(self)
        bar = {id(node): 0.0 for node in order}
        bar[id(self)] = 1.0
        for node in reversed(order):
            node.grad += bar[id(node)]
            for operand, partial in node.edges:
                if isinstance(operand, ADFloat):
                    bar[id(operand)] += bar[id(node)] * partial
