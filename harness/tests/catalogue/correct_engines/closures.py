"""Each result carries a closure that pushes its gradient on; the order is a depth-first search."""

import math

from gradconform import EagerEngine


class Value:
    def __init__(self, data, parents=(), push=lambda g: ()):
        self.data, self.parents, self.push = float(data), parents, push
        self.grad = 0.0

    def __add__(self, other):
        other = lift(other)
        return Value(self.data + other.data, (self, other), lambda g: (g, g))

    def __mul__(self, other):
        other = lift(other)
        return Value(
            self.data * other.data, (self, other), lambda g: (g * other.data, g * self.data)
        )

    def __pow__(self, n):
        if isinstance(n, Value):
            return (self.log() * n).exp()
        return Value(self.data**n, (self,), lambda g: (g * n * self.data ** (n - 1),))

    def __rpow__(self, base):
        return (self * math.log(base)).exp()

    def __neg__(self):
        return self * -1.0

    def __sub__(self, other):
        return self + -lift(other)

    def __truediv__(self, other):
        return self * lift(other) ** -1.0

    __radd__, __rmul__ = __add__, __mul__
    __rsub__ = lambda self, other: lift(other) - self  # noqa: E731
    __rtruediv__ = lambda self, other: lift(other) / self  # noqa: E731

    def exp(self):
        e = math.exp(self.data)
        return Value(e, (self,), lambda g: (g * e,))

    def log(self):
        return Value(math.log(self.data), (self,), lambda g: (g / self.data,))

    def sin(self):
        return Value(math.sin(self.data), (self,), lambda g: (g * math.cos(self.data),))

    def cos(self):
        return Value(math.cos(self.data), (self,), lambda g: (-g * math.sin(self.data),))

    def tanh(self):
        t = math.tanh(self.data)
        return Value(t, (self,), lambda g: (g * (1 - t * t),))

    def relu(self):
        return Value(max(self.data, 0.0), (self,), lambda g: (g * (self.data > 0),))

    def backward(self):
        order, seen, stack = [], set(), [(self, False)]
        while stack:
            node, done = stack.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                stack.append((node, True))
                stack.extend((parent, False) for parent in node.parents)
        flowing = dict.fromkeys(order, 0.0)
        flowing[self] = 1.0
        for node in reversed(order):
            node.grad += flowing[node]
            for parent, g in zip(node.parents, node.push(flowing[node]), strict=False):
                flowing[parent] += g


def lift(x):
    return x if isinstance(x, Value) else Value(x)


class Adapter(EagerEngine):
    name = "closures"

    def leaf(self, array, requires_grad):
        return Value(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()


engine = Adapter()
