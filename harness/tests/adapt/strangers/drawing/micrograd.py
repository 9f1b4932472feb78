# my version of micrograd, with pictures

import math
from graphviz import Digraph
import matplotlib.pyplot as plt
import numpy as np

def trace(root):
    # builds a set of all nodes and edges in a graph
    nodes, edges = set(), set()
    def build(v):
        if v not in nodes:
            nodes.add(v)
            for child in v.parents:
                edges.add((child, v))
                build(child)
    build(root)
    return nodes, edges


def draw_dot(root):
    dot = Digraph(format='svg', graph_attr={'rankdir': 'LR'})
    nodes, edges = trace(root)
    for n in nodes:
        uid = str(id(n))
        dot.node(name=uid, label="{ %s | data %.4f | grad %.4f }" % (n.label, n.data, n.grad), shape='record')
        if n.op:
            dot.node(name=uid + n.op, label=n.op)
            dot.edge(uid + n.op, uid)
    for n1, n2 in edges:
        dot.edge(str(id(n1)), str(id(n2)) + n2.op)
    return dot


def plot(f, lo=-5, hi=5):
    x = np.linspace(lo, hi, 200)
    y = [f(Value(t)).data for t in x]
    plt.figure(figsize=(5, 3))
    plt.plot(x, y, label=f.__name__)
    plt.legend()
    plt.show()


class Value:

    def __init__(self, data, op='', parents=(), label=''):
        self.data = data
        self.op = op
        self.parents = parents
        self.label = label
        self.grad = 0.0
        self.local = []

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, '+', (self, other))
        out.local = [1.0, 1.0]
        return out

    def __sub__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data - other.data, '-', (self, other))
        out.local = [1.0, -1.0]
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, '*', (self, other))
        out.local = [other.data, self.data]
        return out

    def __truediv__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data / other.data, '/', (self, other))
        out.local = [1 / other.data, -self.data / other.data**2]
        return out

    def __radd__(self, other): return Value(other) + self
    def __rsub__(self, other): return Value(other) - self
    def __rmul__(self, other): return Value(other) * self
    def __rtruediv__(self, other): return Value(other) / self

    def apply(self, op, y, dy):
        out = Value(y, op, (self,))
        out.local = [dy]
        return out

    def exp(self):
        return self.apply('exp', math.exp(self.data), math.exp(self.data))

    def sin(self):
        return self.apply('sin', math.sin(self.data), math.cos(self.data))

    def tanh(self):
        t = math.tanh(self.data)
        return self.apply('tanh', t, 1 - t**2)

    def leaky_relu(self, negative_slope=0.01):
        s = 1.0 if self.data > 0 else negative_slope
        return self.apply('lrelu', s * self.data, s)

    def backward(self):
        topo, visited = [], set()
        def build_topo(v):
            if v not in visited:
                visited.add(v)
                for p in v.parents:
                    build_topo(p)
                topo.append(v)
        build_topo(self)
        self.grad = 1.0
        for v in reversed(topo):
            for p, d in zip(v.parents, v.local):
                p.grad += d * v.grad


if __name__ == '__main__':
    plot(Value.tanh)
    a = Value(2.0, label='a')
    b = Value(-3.0, label='b')
    c = a * b
    c.label = 'c'
    L = c.tanh()
    L.label = 'L'
    L.backward()
    draw_dot(L).render('graph', view=True)
