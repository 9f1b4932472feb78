"""A Wengert list: numbers live at indices of a tape, and the reverse pass is one loop over it."""

import math

from gradconform import EagerEngine


class Tape:
    def __init__(self):
        self.values, self.edges = [], []

    def push(self, value, *edges):
        self.values.append(value)
        self.edges.append(edges)
        return Entry(self, len(self.values) - 1)

    def adjoints(self, root):
        found = [0.0] * len(self.values)
        found[root] = 1.0
        for index in range(root, -1, -1):
            for operand, partial in self.edges[index]:
                found[operand] += found[index] * partial
        return found


class Entry:
    def __init__(self, tape, index):
        self.tape, self.index = tape, index

    @property
    def number(self):
        return self.tape.values[self.index]

    def other(self, x):
        return x if isinstance(x, Entry) else self.tape.push(float(x))

    def binary(self, other, f, left, right):
        other = self.other(other)
        a, b = self.number, other.number
        return self.tape.push(f(a, b), (self.index, left(a, b)), (other.index, right(a, b)))

    def unary(self, f, slope):
        y = f(self.number)
        return self.tape.push(y, (self.index, slope(self.number, y)))

    def __add__(self, x):
        return self.binary(x, lambda a, b: a + b, lambda a, b: 1.0, lambda a, b: 1.0)

    def __sub__(self, x):
        return self.binary(x, lambda a, b: a - b, lambda a, b: 1.0, lambda a, b: -1.0)

    def __mul__(self, x):
        return self.binary(x, lambda a, b: a * b, lambda a, b: b, lambda a, b: a)

    def __truediv__(self, x):
        return self.binary(x, lambda a, b: a / b, lambda a, b: 1 / b, lambda a, b: -a / b / b)

    def __radd__(self, x):
        return self.other(x) + self

    def __rsub__(self, x):
        return self.other(x) - self

    def __rmul__(self, x):
        return self.other(x) * self

    def __rtruediv__(self, x):
        return self.other(x) / self

    def __neg__(self):
        return self.unary(lambda x: -x, lambda x, y: -1.0)

    def exp(self):
        return self.unary(math.exp, lambda x, y: y)

    def log(self):
        return self.unary(math.log, lambda x, y: 1 / x)

    def sqrt(self):
        return self.unary(math.sqrt, lambda x, y: 0.5 / y)

    def tanh(self):
        return self.unary(math.tanh, lambda x, y: 1 - y * y)

    def sigmoid(self):
        return self.unary(lambda x: 1 / (1 + math.exp(-x)), lambda x, y: y * (1 - y))


class Adapter(EagerEngine):
    name = "tape"

    def run(self, program, inputs):
        self.tape, self.gradients = Tape(), {}
        return super().run(program, inputs)

    def leaf(self, array, requires_grad):
        return self.tape.push(float(array.item()))

    def value(self, node):
        return node.number

    def grad(self, node):
        return self.gradients.get(node.index)

    def backward(self, root, cotangent, retain_graph):
        for index, adjoint in enumerate(self.tape.adjoints(root.index)):
            self.gradients[index] = self.gradients.get(index, 0.0) + adjoint


engine = Adapter()
