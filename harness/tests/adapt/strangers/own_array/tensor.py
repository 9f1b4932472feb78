import math

from ndarray import Array


class Tensor:
    """A node of the graph; data and grad are Arrays."""

    def __init__(self, data, parents=(), pull=None):
        self.data = Array(data)
        self.grad = None
        self.parents = parents
        self.pull = pull

    def backward(self, grad=None):
        seed = self.data.map(lambda x: 1.0) if grad is None else Array(grad)
        order = []
        self._collect(order, set())
        grads = {id(self): seed}
        for node in reversed(order):
            upstream = grads[id(node)]
            node.grad = upstream if node.grad is None else node.grad + upstream
            for parent, g in zip(node.parents, node.pull(upstream) if node.pull else ()):
                grads[id(parent)] = grads[id(parent)] + g if id(parent) in grads else g

    def _collect(self, order, seen):
        if id(self) not in seen:
            seen.add(id(self))
            for parent in self.parents:
                parent._collect(order, seen)
            order.append(self)

    def __add__(self, other):
        return Tensor(self.data + other.data, (self, other), lambda g: (g, g))

    def __neg__(self):
        return Tensor(-self.data, (self,), lambda g: (-g,))

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        a, b = self.data, other.data
        return Tensor(a * b, (self, other), lambda g: (g * b, g * a))

    def __matmul__(self, other):
        a, b = self.data, other.data
        for each in (a, b):
            if not isinstance(each.nested[0], list) or isinstance(each.nested[0][0], list):
                raise ValueError("matrices only")
        return Tensor(a @ b, (self, other), lambda g: (g @ b.T, a.T @ g))

    def sum(self):
        return Tensor(self.data.total(), (self,), lambda g: (self.data.map(lambda x: g.nested),))

    def tanh(self):
        out = self.data.map(math.tanh)
        return Tensor(out, (self,), lambda g: (g * out.map(lambda t: 1 - t * t),))
