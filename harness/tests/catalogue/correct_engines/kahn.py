"""A node is done when all of its users are: they are counted first, as Kahn's algorithm does."""

import math
from collections import Counter, deque

from gradconform import EagerEngine


class Scalar:
    def __init__(self, data, sources=()):
        self.data, self.sources, self.grad = data, sources, None

    @staticmethod
    def wrap(x):
        return x if isinstance(x, Scalar) else Scalar(float(x))

    def __add__(self, other):
        other = Scalar.wrap(other)
        return Scalar(self.data + other.data, ((self, 1.0), (other, 1.0)))

    def __mul__(self, other):
        other = Scalar.wrap(other)
        return Scalar(self.data * other.data, ((self, other.data), (other, self.data)))

    def __pow__(self, other):
        x = self.data
        if not isinstance(other, Scalar):
            return Scalar(x**other, ((self, other * x ** (other - 1)),))
        y = x**other.data
        return Scalar(y, ((self, other.data * y / x), (other, y * math.log(x))))

    def __neg__(self):
        return Scalar(-self.data, ((self, -1.0),))

    def __sub__(self, other):
        return self + -Scalar.wrap(other)

    def __truediv__(self, other):
        return self * Scalar.wrap(other).reciprocal()

    def __radd__(self, other):
        return Scalar.wrap(other) + self

    def __rmul__(self, other):
        return Scalar.wrap(other) * self

    def __rsub__(self, other):
        return Scalar.wrap(other) - self

    def __rtruediv__(self, other):
        return Scalar.wrap(other) / self

    def reciprocal(self):
        return Scalar(1 / self.data, ((self, -1 / self.data**2),))

    def exp(self):
        return Scalar(math.exp(self.data), ((self, math.exp(self.data)),))

    def log(self):
        return Scalar(math.log(self.data), ((self, 1 / self.data),))

    def sigmoid(self):
        return 1.0 / (1.0 + (-self).exp())

    def tanh(self):
        return 2.0 * (2.0 * self).sigmoid() - 1.0

    def leaky_relu(self, negative_slope=0.01):
        slope = 1.0 if self.data > 0 else negative_slope
        return Scalar(slope * self.data, ((self, slope),))

    def backward(self):
        users, waiting = Counter(), [self]
        while waiting:
            for source, _ in waiting.pop().sources:
                if not users[source]:
                    waiting.append(source)
                users[source] += 1
        flow, ready = {self: 1.0}, deque([self])
        while ready:
            node = ready.popleft()
            node.grad = (node.grad or 0.0) + flow[node]
            for source, local in node.sources:
                flow[source] = flow.get(source, 0.0) + local * flow[node]
                users[source] -= 1
                if not users[source]:
                    ready.append(source)


class Adapter(EagerEngine):
    name = "counted users"

    def leaf(self, array, requires_grad):
        return Scalar(array.item())

    def value(self, node):
        return node.data

    def grad(self, node):
        return node.grad

    def backward(self, root, cotangent, retain_graph):
        root.backward()


engine = Adapter()
