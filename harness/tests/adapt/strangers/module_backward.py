"""A functional little library: numbers are dumb records, everything that does something is a function.

    x = Num(2)
    y = mul(x, exp(x))
    backward(y)
    print(x.grad)
"""
import math
from collections import namedtuple

Edge = namedtuple("Edge", "to slope")


class Num:
    def __init__(self, val, edges=()):
        self.val = val
        self.edges = edges
        self.grad = 0.0

    # only so that formulas can be read
    def __add__(self, other): return add(self, other)
    def __radd__(self, other): return add(other, self)
    def __sub__(self, other): return sub(self, other)
    def __rsub__(self, other): return sub(other, self)
    def __mul__(self, other): return mul(self, other)
    def __rmul__(self, other): return mul(other, self)
    def __truediv__(self, other): return div(self, other)
    def __rtruediv__(self, other): return div(other, self)
    def __pow__(self, other): return power(self, other)
    def __rpow__(self, other): return power(other, self)
    def __neg__(self): return neg(self)


def num(x):
    return x if isinstance(x, Num) else Num(x)


def add(a, b):
    a, b = num(a), num(b)
    return Num(a.val + b.val, (Edge(a, 1.0), Edge(b, 1.0)))


def sub(a, b):
    a, b = num(a), num(b)
    return Num(a.val - b.val, (Edge(a, 1.0), Edge(b, -1.0)))


def mul(a, b):
    a, b = num(a), num(b)
    return Num(a.val * b.val, (Edge(a, b.val), Edge(b, a.val)))


def div(a, b):
    a, b = num(a), num(b)
    return Num(a.val / b.val, (Edge(a, 1 / b.val), Edge(b, -a.val / b.val**2)))


def power(a, b):
    a, b = num(a), num(b)
    result = a.val**b.val
    edges = [Edge(a, b.val * a.val ** (b.val - 1) if b.val else 0.0)]
    if a.val > 0:
        edges.append(Edge(b, result * math.log(a.val)))
    return Num(result, tuple(edges))


def neg(a):
    return Num(-a.val, (Edge(a, -1.0),))


def exp(a):
    e = math.exp(a.val)
    return Num(e, (Edge(a, e),))


def log(a):
    return Num(math.log(a.val), (Edge(a, 1 / a.val),))


def sqrt(a):
    r = math.sqrt(a.val)
    return Num(r, (Edge(a, 0.5 / r),))


def sin(a):
    return Num(math.sin(a.val), (Edge(a, math.cos(a.val)),))


def cos(a):
    return Num(math.cos(a.val), (Edge(a, -math.sin(a.val)),))


def tanh(a):
    t = math.tanh(a.val)
    return Num(t, (Edge(a, 1 - t * t),))


def relu(a):
    return Num(a.val if a.val > 0 else 0.0, (Edge(a, 1.0 if a.val > 0 else 0.0),))


def maximum(a, b):
    a, b = num(a), num(b)
    first = a.val > b.val
    return Num(a.val if first else b.val, (Edge(a if first else b, 1.0),))


def backward(node):
    """Fill in .grad for everything below `node`."""
    reached = topological(node)
    upstream = {id(n): 0.0 for n in reached}
    upstream[id(node)] = 1.0
    for n in reached:
        n.grad += upstream[id(n)]
        for edge in n.edges:
            upstream[id(edge.to)] += upstream[id(n)] * edge.slope


def topological(node):
    finished, order = set(), []

    def finish(n):
        if id(n) in finished:
            return
        finished.add(id(n))
        for edge in n.edges:
            finish(edge.to)
        order.append(n)

    finish(node)
    return order[::-1]
